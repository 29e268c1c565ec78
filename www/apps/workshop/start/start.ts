import { html } from "lit";
import { EXERCISES, PLANS } from "../../../model/workshop/plans.js";
import type { Exercise } from "../../../model/workshop/plans.js";
import { Screen, screenStyles } from "../base/screen.js";
import { hasScreen } from "../screens.js";
import startSheet from "./start.css";

/** What is seen first: what this is, the lesson plans, and a card for each exercise. */
export class Start extends Screen {
  static override styles = screenStyles(startSheet);

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
        <p class="hint">${this.t("shop.keys")}</p>`,
    ];
  }

  #card(name: Exercise) {
    return html`<li class="card exercise">
      <h3><a href="#/${name}">${this.t(`card.${name}`)}</a></h3>
      <p>${this.t(`card.${name}_words`)}</p>
    </li>`;
  }
}
