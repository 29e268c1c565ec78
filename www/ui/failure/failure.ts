import { html } from "lit";
import { button } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { errorWords } from "../words/sentences.js";
import startSheet from "../start/start.css";

/** The engine could not be started: nothing works, so that is all there is to say. Event: `tk-reload`. */
export class Failure extends Component {
  static override properties = { code: { attribute: false } };
  static override styles = styled(startSheet);

  declare code: string;

  protected override render() {
    return html`<div class="start" role="alert">
      <h1>${this.t("load.failed")}</h1>
      <p>${errorWords(this.words, this.code)}</p>
      ${button(this.t("load.again"), "primary", () => this.dispatchEvent(new CustomEvent("tk-reload")))}
    </div>`;
  }
}
