import { THOROUGH_BYTES } from "../api/index.js";
import type { Context } from "./context.js";
import { looksLikeCrowd } from "./crowd.js";
import { button, h, icon } from "./dom.js";
import type { Photo } from "./photo.js";
import type { Thorough } from "./session.js";
import { searchWords, thoroughFailureWords } from "./words.js";

/** The switch for thorough searching, what it costs, and what becomes of it. */
export class ThoroughCard {
  readonly element: HTMLElement;
  readonly #photo: Photo;
  readonly #context: Context;
  readonly #switch: HTMLInputElement;
  readonly #bar = h("progress", { max: 1 });
  readonly #progress = h("p");
  readonly #more = h("div", { class: "thorough-more" });
  #shown: Thorough["kind"];

  constructor(photo: Photo, context: Context) {
    const { t, session } = context;
    this.#photo = photo;
    this.#context = context;
    this.#shown = session.thorough.kind;
    this.#switch = h("input", {
      type: "checkbox",
      id: "thorough",
      "aria-labelledby": "thorough-name",
      "aria-describedby": "thorough-words",
      onchange: () => void session.setThorough(this.#switch.checked),
    });
    this.#bar.setAttribute("aria-label", t("stage.load"));
    const words = h(
      "span",
      { class: "card-words" },
      h("strong", { id: "thorough-name" }, t("thorough.name")),
      h("span", { id: "thorough-words" }, t("thorough.words", { size: megabytes(THOROUGH_BYTES) })),
    );
    this.element = h("div", { class: "thorough" }, h("label", { class: "thorough-switch" }, words, this.#switch), this.#more);
    this.#render();
  }

  /** Shows the session's state as it is now, and tells assistive technology if it is another one. */
  sync(): void {
    const { thorough } = this.#context.session;
    if (thorough.kind !== this.#shown) {
      this.#shown = thorough.kind;
      this.#announce(thorough);
      this.#render();
    } else if (thorough.kind === "loading") {
      this.#showProgress(thorough);
    }
  }

  #render(): void {
    const { thorough } = this.#context.session;
    const hadFocus = this.#more.contains(document.activeElement);
    this.#switch.checked = thorough.kind === "on" || thorough.kind === "loading";
    const content = this.#content(thorough);
    this.#more.replaceChildren(...content);
    this.#more.hidden = content.length === 0;
    if (hadFocus) {
      this.#switch.focus();
    }
  }

  #content(thorough: Thorough): HTMLElement[] {
    const { session } = this.#context;
    switch (thorough.kind) {
      case "loading":
        this.#showProgress(thorough);
        return [this.#progress, this.#bar, this.#act("thorough.cancel", () => session.setThorough(false))];
      case "failed":
        return [this.#alarm(thoroughFailureWords(this.#context, thorough.code)), this.#act("thorough.again", () => session.setThorough(true))];
      case "on":
        return this.#photo.thorough ? this.#ending() : [...this.#ending(), ...this.#missing()];
      case "off":
        return this.#photo.thorough ? this.#ending() : this.#suggestion();
    }
  }

  /** How the search of this photo ended. */
  #ending(): HTMLElement[] {
    const words = searchWords(this.#context, this.#photo);
    if (words === null) {
      return [];
    }
    return [this.#photo.searchFailure === null ? h("p", { class: "thorough-done" }, icon("check"), h("span", {}, words)) : this.#alarm(words)];
  }

  /** The search of this photo was stopped or has failed. */
  #missing(): HTMLElement[] {
    const { t, session } = this.#context;
    return [h("p", {}, t("thorough.missing")), this.#act("thorough.search", () => session.search(this.#photo))];
  }

  #suggestion(): HTMLElement[] {
    const { t, session } = this.#context;
    if (this.#photo.report === null || !looksLikeCrowd(this.#photo.report)) {
      return [];
    }
    return [h("p", {}, t("thorough.crowd")), this.#act("thorough.go", () => session.setThorough(true))];
  }

  #showProgress({ loaded, total }: { loaded: number; total: number }): void {
    this.#bar.value = loaded / total;
    this.#progress.replaceChildren(this.#context.t("thorough.loading", { loaded: megabytes(loaded), total: megabytes(total) }));
  }

  #announce(thorough: Thorough): void {
    const { t, announce } = this.#context;
    if (thorough.kind === "loading") {
      announce(t("stage.load"));
    } else if (thorough.kind === "failed") {
      announce(thoroughFailureWords(this.#context, thorough.code));
    }
  }

  #alarm(words: string): HTMLElement {
    return h("p", { class: "alarm" }, icon("alert"), h("span", {}, words));
  }

  #act(key: string, act: () => Promise<void>): HTMLElement {
    return button(this.#context.t(key), { class: "secondary", onclick: () => void act() });
  }
}

/** In millions of bytes, to one decimal. */
function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
