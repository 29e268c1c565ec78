import { html } from "lit";
import { EXERCISES, PLANS } from "../../../model/workshop/plans.js";
import type { Exercise } from "../../../model/workshop/plans.js";
import { alarm, button, done } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import { hasScreen } from "../screens.js";
import startSheet from "./start.css";

/** Whether everything that a session without a network needs is there. */
type Readiness = { readonly kind: "unknown" | "ready" | "failed" } | { readonly kind: "loading"; readonly share: number };

/** What is seen first: what this is, the lesson plans, and a card for each exercise. */
export class Start extends Screen {
  static override properties = { readiness: { state: true } };
  static override styles = screenStyles(startSheet);

  declare private readiness: Readiness;

  constructor() {
    super();
    this.readiness = { kind: "unknown" };
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("shop.title")}</h1>
        <p class="lead">${this.t("shop.lead")}</p>
        <h2>${this.t("shop.exercises")}</h2>
        <ul class="cards">
          ${EXERCISES.filter(hasScreen).map((name) => this.#card(name))}
        </ul>`,
      html`<h2 tabindex="-1">${this.t("shop.plans")}</h2>
        <p class="text">${this.t("shop.plans_words")}</p>
        <ul class="plans">
          ${PLANS.map((plan) => html`<li><a class="button primary" href="#/${plan}">${this.t("plan.name", { minutes: Number(plan) })}</a></li>`)}
          <li><a class="button secondary" href="#/kit">${this.t("shop.printables")}</a></li>
        </ul>
        <p class="hint">${this.t("shop.printables_words")}</p>
        <p class="hint">${this.t("shop.keys")}</p>
        <h3>${this.t("shop.session")}</h3>
        <p class="text">${this.t("shop.session_words")}</p>
        <div role="status">${this.#ready()}</div>`,
    ];
  }

  #ready() {
    const { readiness } = this;
    switch (readiness.kind) {
      case "unknown":
        return button(this.t("shop.session_fetch"), "secondary fetch", () => void this.#fetch(), "save");
      case "loading":
        return html`<label>${this.t("shop.session_loading")} <progress max="1" .value=${readiness.share}></progress></label>`;
      case "ready":
        return done(this.t("shop.session_ready"));
      case "failed":
        return html`${alarm(this.t("shop.failed"))} ${button(this.t("shop.again"), "secondary fetch", () => void this.#fetch(), "again")}`;
    }
  }

  async #fetch(): Promise<void> {
    this.readiness = { kind: "loading", share: 0 };
    try {
      const { fetchEverything } = await import("../ready.js");
      await fetchEverything((share) => (this.readiness = { kind: "loading", share }));
      this.readiness = { kind: "ready" };
    } catch (error) {
      console.warn(error);
      this.readiness = { kind: "failed" };
    }
  }

  #card(name: Exercise) {
    return html`<li class="card exercise">
      <h3><a href="#/${name}">${this.t(`card.${name}`)}</a></h3>
      <p>${this.t(`card.${name}_words`)}</p>
    </li>`;
  }
}
