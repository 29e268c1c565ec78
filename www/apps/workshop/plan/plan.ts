import { html, nothing } from "lit";
import { STEPS } from "../../../model/workshop/plans.js";
import type { PlanName } from "../../../model/workshop/plans.js";
import type { Place } from "../../../model/workshop/tour.js";
import { button } from "../../../ui/base/controls.js";
import { Screen, screenStyles } from "../base/screen.js";
import planSheet from "./plan.css";

/** A lesson plan: what is needed, and its steps, each of which leads to its exercise. */
export class Plan extends Screen {
  static override properties = { place: { attribute: false } };
  static override styles = screenStyles(planSheet);

  declare place: Place;

  get #name(): PlanName {
    return this.place.plan ?? "15";
  }

  protected override slides() {
    const plan = this.#name;
    return [
      html`<h1 tabindex="-1">${this.t("plan.title", { minutes: Number(plan) })}</h1>
        <p class="lead">${this.t(`plan.${plan}.goal`)}</p>
        <div class="actions not-printed">
          <a class="button primary begin" href="#/${plan}/1">${this.t("plan.begin")}</a>
          ${this.isProjected ? nothing : button(this.t("plan.print"), "secondary print", () => print(), "print")}
        </div>`,
      html`<h2 tabindex="-1">${this.t("plan.before")}</h2>
        <ul class="before">
          ${["offline", "group", "consent", "projector", "handout"].map((name) => html`<li>${this.t(`plan.before.${name}`)}</li>`)}
        </ul>`,
      html`<h2 tabindex="-1">${this.t("plan.steps")}</h2>
        <ol class="steps">
          ${STEPS[plan].map(
            ({ name, minutes }, at) => html`<li>
              <span class="minutes">${this.t("plan.minutes", { count: minutes })}</span>
              <a href="#/${plan}/${at + 1}">${this.t(`plan.step.${name}`)}</a>
              <p>${this.t(`plan.step.${name}_words`)}</p>
            </li>`,
          )}
        </ol>`,
    ];
  }
}
