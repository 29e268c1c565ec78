/** Holds what the dialog "Look for me" knows, carries out what it asks for, and forgets all of it when the dialog is left. */

import { RECOGNISER_BYTES } from "../../engine/index.js";
import { ask, stepOnlyMe } from "../../model/only-me.js";
import type { Face, OnlyMe, OnlyMeEffect, OnlyMeEvent } from "../../model/only-me.js";
import type { Command, Session } from "../../model/session.js";
import { COMMAND } from "../../ui/base/element.js";
import { OnlyMeDialog, defineOnlyMe } from "../../ui/only-me/only-me.js";
import type { Words } from "../../ui/words/words.js";
import { codeOf } from "./effects.js";
import type { EffectRunner } from "./effects.js";

defineOnlyMe();

export class OnlyMeDesk {
  readonly #runner: EffectRunner;
  readonly #send: (command: Command) => void;
  readonly #forget: () => void;
  readonly #dialog = new OnlyMeDialog();
  readonly #work = new Map<number, AbortController>();
  #session: Session;
  /** Null once the dialog is left. */
  #state: OnlyMe | null;

  /** @param forget called when the dialog is left: what is held here, the own face's embedding among it, must not be held on to */
  constructor(own: Face, session: Session, words: Words, runner: EffectRunner, send: (command: Command) => void, forget: () => void) {
    this.#runner = runner;
    this.#send = send;
    this.#forget = forget;
    this.#session = session;
    this.#state = ask(own);
    this.#dialog.bytes = RECOGNISER_BYTES;
    this.#dialog.addEventListener(COMMAND, (event) => send((event as CustomEvent<Command>).detail));
    this.#dialog.addEventListener("tk-only-me", (event) => this.#dispatch((event as CustomEvent<OnlyMeEvent>).detail));
    this.#dialog.addEventListener("tk-left", () => this.#leave());
    this.show(session, words);
  }

  /** Opens the dialog in that element. */
  async open(place: HTMLElement): Promise<void> {
    place.append(this.#dialog);
    await this.#dialog.open();
  }

  /** Shows the session as it is now, and forgets what is not in it any more. */
  show(session: Session, words: Words): void {
    this.#dialog.words = words;
    this.#session = this.#dialog.session = session;
    this.#dispatch({ kind: "session" });
  }

  #dispatch(event: OnlyMeEvent): void {
    if (this.#state === null) {
      return;
    }
    const { state, effects } = stepOnlyMe(this.#state, event, this.#session);
    this.#state = state;
    effects.forEach((effect) => this.#run(effect));
    if (state === null) {
      this.#dialog.close();
    } else {
      this.#dialog.state = state;
    }
  }

  #run(effect: OnlyMeEffect): void {
    switch (effect.kind) {
      case "embed":
        void this.#embed(effect);
        break;
      case "stop":
        this.#work.get(effect.job)?.abort();
        break;
      case "send":
        this.#send(effect.command);
        break;
    }
  }

  async #embed({ job, file, regions }: Extract<OnlyMeEffect, { kind: "embed" }>): Promise<void> {
    const controller = new AbortController();
    this.#work.set(job, controller);
    try {
      const embeddings = await this.#runner.embed(file, regions, controller.signal);
      this.#dispatch({ kind: "embedded", job, regions: regions.map(({ id }) => id), embeddings });
    } catch (error) {
      this.#dispatch({ kind: "not-embedded", job, code: codeOf(error) });
    } finally {
      this.#work.delete(job);
    }
  }

  #leave(): void {
    this.#state = null;
    this.#work.forEach((controller) => controller.abort());
    this.#dialog.remove();
    this.#forget();
  }
}
