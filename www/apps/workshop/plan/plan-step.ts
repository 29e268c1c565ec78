import { html } from "lit";
import { STEPS } from "../../../model/workshop/plans.js";
import type { Place } from "../../../model/workshop/tour.js";
import { Component, styled } from "../../../ui/base/element.js";
import stepSheet from "./plan-step.css";

/** Above the screen while a lesson plan is followed: which step it is, and what the trainer says and does. */
export class PlanStep extends Component {
  static override properties = { place: { attribute: false }, isProjected: { attribute: false } };
  static override styles = styled(stepSheet);

  declare place: Place;
  declare isProjected: boolean;

  protected override render() {
    const { plan, step } = this.place;
    const steps = STEPS[plan ?? "15"];
    const found = steps[step ?? 0];
    if (found === undefined) {
      return html``;
    }
    const { name, minutes } = found;
    const place = this.t("plan.place", { step: (step ?? 0) + 1, steps: steps.length, minutes });
    return html`<section class=${this.isProjected ? "compact" : ""} aria-label=${place}>
      <p class="place"><a href="#/${plan}">${this.t("plan.name", { minutes: Number(plan) })}</a> <span>${place}</span></p>
      <p class="title">${this.t(`plan.step.${name}`)}</p>
      <details ?open=${!this.isProjected}>
        <summary>${this.t("plan.notes")}</summary>
        <p class="say">${this.t(`plan.step.${name}_words`)}</p>
      </details>
    </section>`;
  }
}
