import { html, nothing } from "lit";
import type { Offline } from "../../../model/offline.js";
import type { Place } from "../../../model/workshop/tour.js";
import { button, icon } from "../../../ui/base/controls.js";
import { Component, styled } from "../../../ui/base/element.js";
import barSheet from "./bar.css";

/** Below every screen: the way on and back, the projector, the next participant. Events: `tk-page`, `tk-project`, `tk-reset`. */
export class Bar extends Component {
  static override properties = {
    place: { attribute: false },
    isProjected: { attribute: false },
    hasNext: { attribute: false },
    hasBack: { attribute: false },
    files: { attribute: false },
    where: { attribute: false },
  };
  static override styles = styled(barSheet);

  declare place: Place;
  declare isProjected: boolean;
  declare hasNext: boolean;
  declare hasBack: boolean;
  /** "Part 1 of 3", on a projector. */
  declare where: string;
  /** Whether the browser keeps the workshop's files. */
  declare files: Offline["files"];

  protected override render() {
    return html`<nav aria-label=${this.t("shop.nav")}>
        ${this.place.screen === "start" ? nothing : html`<a class="button quiet home" href="#/">${this.t("shop.home")}</a>`}
        <span class="pages">
          ${this.hasBack ? button(this.t("shop.back"), "secondary back", () => this.#page(-1), "left") : nothing}
          <span class="where">${this.where}</span>
          ${this.hasNext ? button(this.t("shop.next"), "secondary next", () => this.#page(1), "right") : nothing}
        </span>
      </nav>
      <span class="tools">
        ${button(this.t(this.isProjected ? "shop.projector_off" : "shop.projector"), "quiet project", () => this.#send("tk-project"), "larger")}
        ${button(this.t("shop.reset"), "quiet reset", () => this.#send("tk-reset"), "again")}
        ${this.isProjected ? nothing : this.#toPage()}
      </span>
      ${this.isProjected ? nothing : html`<p class="kept">${this.#kept()}</p>`}`;
  }

  #toPage() {
    return html`<a class="button quiet page" href="../?lang=${this.words.language}">${icon("photos")}<span>${this.t("shop.to_page")}</span></a>`;
  }

  #kept() {
    return this.files === "kept" ? html`<span class="offline-ready">${this.t("shop.offline_ready")}</span>` : this.files === "none" ? this.t("offline.none") : nothing;
  }

  #page(by: 1 | -1): void {
    this.dispatchEvent(new CustomEvent("tk-page", { detail: by }));
  }

  #send(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}
