import { html, nothing } from "lit";
import { button } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import footSheet from "./foot.css";

/** Below everything: how many requests there were, and the way to check that. Event: `tk-check`. */
export class Foot extends Component {
  static override properties = { requests: { attribute: false }, workshop: { attribute: false } };
  static override styles = styled(footSheet);

  /** Since the page was ready. */
  declare requests: number;
  /** Its address, if it lies beside the page. */
  declare workshop: string | null;

  protected override render() {
    return html`<span class="requests">${this.t("trust.requests", { count: this.requests })}</span>
      ${button(this.t("trust.title"), "quiet check-it", () => this.dispatchEvent(new CustomEvent("tk-check")))}
      ${this.workshop === null ? nothing : html`<a class="button quiet workshop" href=${this.workshop}>${this.t("foot.workshop")}</a>`}`;
  }
}
