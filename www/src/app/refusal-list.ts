import type { Context } from "./context.js";
import { h, iconButton } from "./dom.js";
import { leakFacts } from "./file-facts.js";
import type { Refusal } from "./session.js";
import { errorWords } from "./words.js";

/** What could not be used, each by name with a sentence. */
export class RefusalList {
  readonly element: HTMLDetailsElement;
  readonly #context: Context;
  readonly #summary = h("summary");
  readonly #list = h("ul");
  readonly #items = new Map<Refusal, HTMLElement>();

  constructor(context: Context) {
    this.#context = context;
    this.element = h("details", { class: "refusals", open: true, hidden: true }, this.#summary, this.#list);
    this.sync();
  }

  /** Shows the session's refusals as they are now. */
  sync(): void {
    const { session, t, announce } = this.#context;
    const kept = new Set(session.refusals);
    for (const [refusal, item] of this.#items) {
      if (!kept.has(refusal)) {
        item.remove();
        this.#items.delete(refusal);
      }
    }
    for (const refusal of session.refusals.filter((each) => !this.#items.has(each))) {
      this.#append(refusal);
      announce(`${refusal.name}: ${errorWords(this.#context, refusal.code)}`);
    }
    this.#summary.replaceChildren(t("refusals.title", { count: session.refusals.length }));
    this.element.hidden = session.refusals.length === 0;
  }

  #append(refusal: Refusal): void {
    const { t, session } = this.#context;
    const { name } = refusal;
    const leaks = refusal.report?.leaks ?? [];
    const again = () => iconButton(t("refusals.again", { name }), "again", { class: "quiet", onclick: () => session.retry(refusal) });
    const item = h(
      "li",
      { class: "refusal" },
      h(
        "div",
        { class: "refusal-words" },
        h("p", {}, h("strong", {}, name), " ", h("span", {}, errorWords(this.#context, refusal.code))),
        leaks.length > 0 ? leakFacts(this.#context, leaks, new Map(), null) : null,
      ),
      refusal.file ? again() : null,
      iconButton(t("refusals.dismiss", { name }), "cross", { class: "quiet", onclick: () => session.dismiss(refusal) }),
    );
    this.#items.set(refusal, item);
    this.#list.append(item);
  }
}
