import { html } from "lit";
import { STEPS } from "../../../model/workshop/plans.js";
import type { Place } from "../../../model/workshop/tour.js";
import { Screen } from "../base/screen.js";

/** A step of a lesson plan without an exercise: what the group sees meanwhile. */
export class Talk extends Screen {
  static override properties = { place: { attribute: false } };

  declare place: Place;

  protected override slides() {
    const { plan, step } = this.place;
    const name = plan === null || step === null ? "question" : (STEPS[plan][step]?.name ?? "question");
    return [html`<h1 tabindex="-1">${this.t(`plan.step.${name}_shown`)}</h1>`];
  }
}
