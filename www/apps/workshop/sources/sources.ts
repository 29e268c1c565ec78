import { html } from "lit";
import { Screen, screenStyles } from "../base/screen.js";
import { SOURCES } from "../data.js";
import sourcesSheet from "./sources.css";

/** Where the workshop's facts come from. Addresses are words, not links: nobody leaves the workshop by mistake. */
export class Sources extends Screen {
  static override styles = screenStyles(sourcesSheet);

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("sources.title")}</h1>
        <p class="lead">${this.t("sources.lead")}</p>
        <ol class="sources">
          ${SOURCES.map(
            ({ key, what, where, date, read }) => html`<li id=${key} class=${location.hash.endsWith(`/${key}`) ? "wanted" : ""}>
              <span lang="en">${what}</span>, <span>${date}</span>
              <span class="where" dir="ltr">${where}</span>
              <span class="read">${this.t(`sources.${read}`)}</span>
            </li>`,
          )}
        </ol>`,
    ];
  }

  protected override updated(): void {
    super.updated();
    this.renderRoot.querySelector(".wanted")?.scrollIntoView({ block: "center" });
  }
}
