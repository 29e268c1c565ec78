import { html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { THOROUGH_BYTES } from "../../../engine/index.js";
import type { Photo } from "../../../model/photo.js";
import { EMPTY, selectedPhoto, step } from "../../../model/session.js";
import type { Command, Event as SessionEvent, Session } from "../../../model/session.js";
import { alarm } from "../../../ui/base/controls.js";
import { COMMAND, Component, styled } from "../../../ui/base/element.js";
import { defineLater } from "../../../ui/define-later.js";
import { defineComponents } from "../../../ui/define.js";
import { errorWords } from "../../../ui/words/sentences.js";
import { workspace } from "../../../ui/workspace.js";
import { EffectRunner } from "../../page/effects.js";
import { fromFile } from "../../page/source.js";
import { theEngine } from "../engine.js";
import deskSheet from "./desk.css";

/** Of an event: the photo, whenever something about it has changed. Null if it could not be taken in. */
export const PHOTO = "tk-photo";

/**
 * The page's flow for one photo: checked, decided about, covered and proved. Nothing can be saved. When the element leaves the document,
 * the photo and all pictures of it are given up.
 */
export class Desk extends Component {
  static override properties = { file: { attribute: false }, session: { state: true } };
  static override styles = styled(deskSheet);

  /** The photo. Another one takes its place. */
  declare file: File | null;
  declare private session: Session;
  readonly #runner = new EffectRunner(theEngine(), (event) => this.#dispatch(event), {
    announce: () => undefined, // The screen says what matters for its task.
    choose: () => undefined,
    chooseFolder: () => undefined,
    take: () => undefined,
    print: () => undefined,
  });
  #shown: File | null = null;
  #hadFocus = false;

  constructor() {
    super();
    defineComponents();
    defineLater();
    this.file = null;
    this.session = EMPTY;
    this.addEventListener(COMMAND, (event) => this.#dispatch((event as CustomEvent<Command>).detail));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dispatch({ kind: "clear", sure: true });
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.matches(":focus-within");
    if (this.file !== this.#shown) {
      this.#shown = this.file;
      this.#take(this.file);
    }
  }

  #take(file: File | null): void {
    this.#dispatch({ kind: "clear", sure: true });
    if (file !== null) {
      this.#dispatch({ kind: "add", files: [{ file: this.#runner.keep(fromFile(file)), name: file.name }], refused: [] });
    }
  }

  #dispatch(event: SessionEvent): void {
    const { state, effects } = step(this.session, event);
    this.session = state;
    effects.forEach((effect) => this.#runner.run(effect));
    this.dispatchEvent(new CustomEvent<Photo | null>(PHOTO, { detail: selectedPhoto(state) }));
  }

  protected override render() {
    const { refusals } = this.session;
    const photo = selectedPhoto(this.session);
    return html`${refusals.map(({ code }) => alarm(errorWords(this.words, code)))} ${photo === null ? nothing : keyed(photo.id, this.#workspace(photo))}`;
  }

  /** What had the focus may be gone: then the new heading gets it. */
  protected override updated(): void {
    if (this.#hadFocus && !this.matches(":focus-within")) {
      void this.renderRoot.querySelector<Component>(".workspace")?.focusHeading();
    }
  }

  #workspace(photo: Photo) {
    const { words } = this;
    return workspace(words, this.session, photo, {
      features: { thorough: { state: this.session.thorough, bytes: THOROUGH_BYTES } },
      result: html`<tk-result class="workspace" .words=${words} .photo=${photo} .use=${words.t("desk.done")} @tk-use=${this.#done}></tk-result>`,
    });
  }

  readonly #done = (): void => {
    this.dispatchEvent(new CustomEvent("tk-done"));
  };
}

/** Makes it known to the browser. */
export function defineDesk(): void {
  if (customElements.get("tk-shop-desk") === undefined) {
    customElements.define("tk-shop-desk", Desk);
  }
}
