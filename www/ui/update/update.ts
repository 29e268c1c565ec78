import { html, nothing } from "lit";
import type { Offline } from "../../model/offline.js";
import { alarm, button } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import updateSheet from "./update.css";

/** What is to be said about the version of the page in use. Event: `tk-version` (detail: `take-over` or `later`). */
export class Update extends Component {
  static override properties = { offline: { attribute: false }, hasPhotos: { attribute: false } };
  static override styles = styled(updateSheet);

  declare offline: Offline;
  /** There are photos, which a reload takes away. */
  declare hasPhotos: boolean;

  protected override render() {
    const { version, files } = this.offline;
    return html`<div role="status">
      ${version === "waiting" ? this.#offer() : nothing}
      ${version === "replaced" ? alarm(this.t("update.replaced")) : nothing}
      ${files === "full" ? alarm(this.t("offline.full")) : nothing}
    </div>`;
  }

  #offer() {
    const send = (wish: "take-over" | "later") => () => this.dispatchEvent(new CustomEvent("tk-version", { detail: wish }));
    return html`<div class="offer">
      <p>${this.t("update.waiting")} ${this.hasPhotos ? this.t("update.photos") : nothing}</p>
      <div class="actions">
        ${button(this.t("update.now"), "secondary update-now", send("take-over"))}
        ${button(this.t("update.later"), "secondary update-later", send("later"))}
      </div>
    </div>`;
  }
}
