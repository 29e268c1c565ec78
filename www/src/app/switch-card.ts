import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";
import type { OnDemand } from "./session.js";

/** What a card switches, and what it says. Sentences are those of the locale files under `name`. */
export interface Switched {
  /** Also the switch's id. */
  name: "thorough" | "recognise";
  /** What is fetched when it is first switched on. */
  bytes: number;
  state(): OnDemand;
  set(wanted: boolean): Promise<void>;
  failureWords(code: string): string;
  /** What else to show while it is on or off. */
  content(on: boolean): HTMLElement[];
}

/** A switch for something that needs networks which are fetched only then: what it costs, and how that goes on. */
export class SwitchCard {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #switched: Switched;
  readonly #switch: HTMLInputElement;
  readonly #bar = h("progress", { max: 1 });
  readonly #progress = h("p");
  readonly #more = h("div", { class: "switch-more" });
  #shown: OnDemand["kind"];

  constructor(context: Context, switched: Switched) {
    const { t } = context;
    const { name, bytes } = switched;
    this.#context = context;
    this.#switched = switched;
    this.#shown = switched.state().kind;
    this.#switch = h("input", {
      type: "checkbox",
      id: name,
      "aria-labelledby": `${name}-name`,
      "aria-describedby": `${name}-words`,
      onchange: () => void switched.set(this.#switch.checked),
    });
    this.#bar.setAttribute("aria-label", t(`${name}.load`));
    const words = h(
      "span",
      { class: "card-words" },
      h("strong", { id: `${name}-name` }, t(`${name}.name`)),
      h("span", { id: `${name}-words` }, t(`${name}.words`, { size: megabytes(bytes) })),
    );
    this.element = h("div", { class: `switch-card ${name}` }, h("label", { class: "card-switch" }, words, this.#switch), this.#more);
    this.render();
  }

  /** Shows the state as it is now, and tells assistive technology if it is another one. */
  sync(): void {
    const state = this.#switched.state();
    if (state.kind !== this.#shown) {
      this.#shown = state.kind;
      this.#announce(state);
      this.render();
    } else if (state.kind === "loading") {
      this.#showProgress(state);
    }
  }

  render(): void {
    const state = this.#switched.state();
    const hadFocus = this.#more.contains(document.activeElement);
    this.#switch.checked = state.kind === "on" || state.kind === "loading";
    const content = this.#content(state);
    this.#more.replaceChildren(...content);
    this.#more.hidden = content.length === 0;
    if (hadFocus) {
      this.#switch.focus();
    }
  }

  #content(state: OnDemand): HTMLElement[] {
    const { name, set, content, failureWords } = this.#switched;
    switch (state.kind) {
      case "loading":
        this.#showProgress(state);
        return [this.#progress, this.#bar, act(this.#context, `${name}.cancel`, () => set(false))];
      case "failed":
        return [alarm(failureWords(state.code)), act(this.#context, `${name}.again`, () => set(true))];
      case "on":
      case "off":
        return content(state.kind === "on");
    }
  }

  #showProgress({ loaded, total }: { loaded: number; total: number }): void {
    this.#bar.value = loaded / total;
    const values = { loaded: megabytes(loaded), total: megabytes(total) };
    this.#progress.replaceChildren(this.#context.t(`${this.#switched.name}.loading`, values));
  }

  #announce(state: OnDemand): void {
    const { t, announce } = this.#context;
    if (state.kind === "loading") {
      announce(t(`${this.#switched.name}.load`));
    } else if (state.kind === "failed") {
      announce(this.#switched.failureWords(state.code));
    }
  }
}

/** A sentence about something that went wrong. */
export function alarm(words: string): HTMLElement {
  return h("p", { class: "alarm" }, icon("alert"), h("span", {}, words));
}

/** A sentence about something that is done. */
export function done(words: string): HTMLElement {
  return h("p", { class: "switch-done" }, icon("check"), h("span", {}, words));
}

export function act({ t }: Context, key: string, run: () => Promise<void>): HTMLElement {
  return button(t(key), { class: "secondary", onclick: () => void run() });
}

/** In millions of bytes, to one decimal. */
function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
