/** Where the element's photos are worked on: the page's state and components, in a list and a dialog of the element's shadow root. */

import { html, nothing, render } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { THOROUGH_BYTES } from "../../engine/index.js";
import type { Tarnkappe, TarnkappeOptions } from "../../engine/index.js";
import type { Photo } from "../../model/photo.js";
import { EMPTY, selectedPhoto, step } from "../../model/session.js";
import type { Announcement, Command, Event as SessionEvent, Refusal, Session } from "../../model/session.js";
import { button, iconButton } from "../../ui/base/controls.js";
import { COMMAND } from "../../ui/base/element.js";
import type { Component } from "../../ui/base/element.js";
import { defineLater } from "../../ui/define-later.js";
import { defineComponents } from "../../ui/define.js";
import { errorWords, standingWords } from "../../ui/words/sentences.js";
import type { Words } from "../../ui/words/words.js";
import { workspace } from "../../ui/workspace.js";
import { EffectRunner } from "../page/effects.js";
import { loadAnyWords } from "../page/languages.js";
import { fromFile } from "../page/source.js";
import { borrowEngine } from "./engines.js";
import type { Loan } from "./engines.js";
import type { Desk, Place, Problem, Standing } from "./state.js";

/** @throws TarnkappeError if the engine does not start, Error if there are no words */
export async function openDesk(place: Place, options: TarnkappeOptions, language: string): Promise<Desk> {
  const loan = borrowEngine(options);
  try {
    const [engine, words] = await Promise.all([loan.engine, loadAnyWords(language)]);
    defineComponents();
    defineLater();
    return new PhotoDesk(place, engine, loan, words, options.onLoaded === undefined);
  } catch (error) {
    loan.giveBack();
    throw error;
  }
}

class PhotoDesk implements Desk {
  readonly #place: Place;
  readonly #loan: Loan;
  readonly #runner: EffectRunner;
  /** Parts of the program can still be fetched. */
  readonly #canLoad: boolean;
  #session: Session = EMPTY;
  #words: Words;
  #language: string;
  /** Photos that were covered without waiting for a person, and those whose copy a person has accepted. */
  readonly #begun = new Set<number>();
  readonly #accepted = new Set<number>();
  /** What was last said to assistive technology. */
  #spoken = "";
  #isClosed = false;

  constructor(place: Place, engine: Tarnkappe, loan: Loan, words: Words, canLoad: boolean) {
    this.#canLoad = canLoad;
    this.#place = place;
    this.#loan = loan;
    this.#words = words;
    this.#language = words.language;
    this.#runner = new EffectRunner(Promise.resolve(engine), (event) => this.#dispatch(event), {
      announce: (announcement) => this.#announce(announcement),
      choose: () => undefined,
      chooseFolder: () => undefined,
      take: () => undefined,
      print: () => undefined,
    });
    const { list, dialog } = place;
    for (const surface of [list, dialog]) {
      surface.addEventListener(COMMAND, this.#commanded);
    }
    dialog.addEventListener("close", this.#shown);
  }

  add(files: readonly File[]): void {
    if (files.length === 0) {
      return;
    }
    const named = files.map((file) => ({ file: this.#runner.keep(fromFile(file)), name: file.name }));
    this.#dispatch({ kind: "set-method", method: this.#place.wishes().method });
    const first = this.#session.lastPhoto + 1;
    this.#dispatch({ kind: "add", files: named, refused: [] });
    if (!this.#place.wishes().auto) {
      this.#open(first);
    }
  }

  refresh(language: string): void {
    if (language !== this.#language) {
      this.#language = language;
      void this.#speak(language);
    }
    this.#render();
  }

  clear(): void {
    this.#dispatch({ kind: "clear", sure: true });
    this.#begun.clear();
    this.#accepted.clear();
    this.#place.dialog.close();
  }

  close(): void {
    this.clear();
    this.#isClosed = true;
    const { list, dialog } = this.#place;
    for (const surface of [list, dialog]) {
      surface.removeEventListener(COMMAND, this.#commanded);
      render(nothing, surface);
    }
    dialog.removeEventListener("close", this.#shown);
    this.#loan.giveBack();
  }

  readonly #commanded = (event: Event): void => {
    event.stopPropagation(); // It is no concern of the page's.
    this.#dispatch((event as CustomEvent<Command>).detail);
  };

  readonly #shown = (): void => this.#render();

  #dispatch(event: SessionEvent): void {
    const { state, effects } = step(this.#session, event);
    this.#session = state;
    effects.forEach((effect) => this.#runner.run(effect));
    if (this.#isClosed) {
      return;
    }
    this.#report(event);
    this.#goOn();
    this.#render();
    this.#place.changed();
  }

  /** Tells the page what became of a photo. */
  #report(event: SessionEvent): void {
    switch (event.kind) {
      case "checked":
        this.#place.tell("tarnkappe-report", { report: event.report });
        break;
      case "protected": {
        this.#accepted.delete(event.photo); // It is another copy than the one that was looked at.
        const [file] = event.copy === null || event.copy.url === null ? [] : this.#runner.filesOf([event.copy.url]);
        if (file === undefined) {
          this.#place.tell("tarnkappe-error", { code: "unproved" });
        } else {
          this.#place.tell("tarnkappe-protected", { file, proof: event.proof });
        }
        break;
      }
      case "failed":
        this.#place.tell("tarnkappe-error", { code: event.code });
        break;
    }
  }

  /** Covers what nobody is to be waited for, once each. */
  #goOn(): void {
    if (!this.#place.wishes().auto) {
      return;
    }
    const next = this.#session.photos.find(({ id, phase }) => phase.kind === "review" && !this.#begun.has(id));
    if (next !== undefined) {
      this.#begun.add(next.id);
      this.#dispatch({ kind: "protect", photo: next.id });
    }
  }

  get standing(): Standing {
    const urls = this.#session.photos.flatMap(({ phase }) => (phase.kind === "proved" && phase.copy.url !== null ? [phase.copy.url] : []));
    const copies = this.#runner.filesOf(urls);
    return { copies, problem: this.#problem(copies) };
  }

  #problem(copies: readonly File[]): Problem | null {
    const { photos, refusals } = this.#session;
    const { maxFiles, maxSize } = this.#place.wishes();
    const kinds = photos.map(({ phase }) => phase.kind);
    if (photos.length > maxFiles) {
      return "too_many";
    }
    if (refusals.length > 0) {
      return "refused";
    }
    if (kinds.some((kind) => kind === "unproved" || kind === "failed")) {
      return "failed";
    }
    if (copies.some(({ size }) => size > maxSize)) {
      return "too_large";
    }
    if (kinds.includes("review") || photos.some((photo) => this.#mustBeSeen(photo))) {
      return "undecided";
    }
    return kinds.every((kind) => kind === "proved") ? null : "busy";
  }

  #mustBeSeen({ id, phase }: Photo): boolean {
    const { auto, review } = this.#place.wishes();
    return auto && review && phase.kind === "proved" && !this.#accepted.has(id);
  }

  async #speak(language: string): Promise<void> {
    const words = await loadAnyWords(language).catch(() => this.#words);
    if (language === this.#language) {
      this.#words = words;
      this.#render();
    }
  }

  #announce(announcement: Announcement): void {
    const words = this.#words;
    switch (announcement.what) {
      case "stage":
        this.#spoken = words.t(`stage.${announcement.stage}`);
        break;
      case "phase": {
        const photo = this.#session.photos.find(({ id }) => id === announcement.photo);
        this.#spoken = photo === undefined ? "" : standingWords(words, photo);
        break;
      }
      case "refusal":
        this.#spoken = `${announcement.refusal.name}: ${errorWords(words, announcement.refusal.code)}`;
        break;
    }
  }

  #render(): void {
    const { list, dialog } = this.#place;
    render(this.#rows(), list);
    const photo = selectedPhoto(this.#session);
    if (dialog.open && photo === null) {
      dialog.close();
    }
    const root = dialog.getRootNode() as ShadowRoot;
    const hadFocus = dialog.open && dialog.contains(root.activeElement);
    render(dialog.open && photo !== null ? this.#dialog(photo) : nothing, dialog);
    if (hadFocus && !dialog.contains(root.activeElement)) {
      void dialog.querySelector<Component>(".workspace")?.focusHeading();
    }
  }

  #rows() {
    const { photos, refusals } = this.#session;
    this.#place.list.setAttribute("aria-label", this.#words.t("element.list"));
    return html`${repeat(photos, ({ id }) => `photo ${id}`, (photo) => this.#row(photo))}
    ${repeat(refusals, ({ id }) => `refusal ${id}`, (refusal) => this.#refused(refusal))}`;
  }

  #row(photo: Photo) {
    const words = this.#words;
    const { id, name, phase, before } = photo;
    const isDone = phase.kind === "proved" && !this.#mustBeSeen(photo);
    const isBad = phase.kind === "unproved" || phase.kind === "failed";
    const picture = phase.kind === "proved" ? (phase.copy.after ?? null) : before;
    const isBusy = phase.kind === "waiting" || phase.kind === "working";
    return html`<li class=${isBad ? "row bad" : "row"} part="row">
      ${picture === null ? html`<span class="blank"></span>` : html`<img src=${picture.url} alt="">`}
      <div class="row-words"><bdi>${name}</bdi><p>${standingWords(words, photo)}</p></div>
      ${isBusy ? nothing : button(words.t(isDone ? "element.look" : "element.decide"), "decide", () => this.#open(id))}
      ${iconButton(words.t("element.remove", { name }), "cross", "icon-only", () => this.#remove(photo))}
    </li>`;
  }

  #refused({ id, name, code, file }: Refusal) {
    const words = this.#words;
    return html`<li class="row bad" part="row">
      <span class="blank"></span>
      <div class="row-words"><bdi>${name}</bdi><p>${errorWords(words, code)}</p></div>
      ${file === null ? nothing : button(words.t("element.again"), "again", () => this.#dispatch({ kind: "retry", refusal: id }))}
      ${iconButton(words.t("element.remove", { name }), "cross", "icon-only", () => this.#dispatch({ kind: "dismiss", refusal: id }))}
    </li>`;
  }

  #dialog(photo: Photo) {
    const words = this.#words;
    this.#place.dialog.setAttribute("aria-label", words.t("element.title"));
    const close = () => this.#place.dialog.close();
    return html`<div class="dialog-head">
        <p>${words.t("element.title")}</p>
        ${iconButton(words.t("element.close"), "cross", "icon-only", close)}
      </div>
      <p class="spoken" role="status">${this.#spoken}</p>
      ${keyed(photo.id, this.#workspace(photo))}`;
  }

  #workspace(photo: Photo) {
    const words = this.#words;
    return workspace(words, this.#session, photo, {
      // Biometric data is computed in the page itself only, not on behalf of somebody else's website.
      features: this.#canLoad ? { thorough: { state: this.#session.thorough, bytes: THOROUGH_BYTES } } : {},
      result: html`<tk-result class="workspace" .words=${words} .photo=${photo} .use=${words.t("element.use")} @tk-use=${() => this.#accept(photo)}></tk-result>`,
    });
  }

  #open(id: number): void {
    this.#dispatch({ kind: "select", photo: id });
    const { dialog } = this.#place;
    if (!dialog.open && dialog.isConnected) {
      dialog.showModal();
    }
    this.#render();
  }

  #remove({ id }: Photo): void {
    this.#dispatch({ kind: "remove", photo: id, sure: true });
  }

  /** On to the next photo that somebody has to decide about, if there is one. */
  #accept({ id }: Photo): void {
    this.#accepted.add(id);
    const next = this.#session.photos.find((photo) => photo.phase.kind !== "proved" || this.#mustBeSeen(photo));
    if (next === undefined) {
      this.#place.dialog.close();
    } else {
      this.#dispatch({ kind: "select", photo: next.id });
    }
    this.#place.changed();
  }
}
