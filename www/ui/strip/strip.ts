import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Photo, Picture } from "../../model/photo.js";
import { undone } from "../../model/session.js";
import type { Session } from "../../model/session.js";
import { button, icon } from "../base/controls.js";
import type { IconName } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { phaseWords } from "../words/sentences.js";
import stripSheet from "./strip.css";

const PHASE_ICONS: Record<Photo["phase"]["kind"], IconName> = {
  waiting: "wait",
  working: "wait",
  review: "open",
  proved: "check",
  unproved: "alert",
  failed: "alert",
};

/** All photos in a row, each with its state, and what can be done with all of them. */
export class Strip extends Component {
  static override properties = { session: { attribute: false }, canShare: { attribute: false } };
  static override styles = styled(stripSheet);

  declare session: Session;
  /** Whether the system can share the copies of these photos. */
  declare canShare: (photos: readonly number[]) => boolean;

  protected override render() {
    const { photos } = this.session;
    return html`<nav aria-label=${this.t("strip.label")}>
      <ul class="tiles">
        ${repeat(
          photos,
          ({ id }) => id,
          (photo) => this.#tile(photo),
        )}
      </ul>
      <div class="actions">${this.#actions()}</div>
    </nav>`;
  }

  #tile(photo: Photo) {
    const { id, name, phase } = photo;
    const words = this.t("strip.photo", { number: id, name, state: phaseWords(this.words, photo) });
    return html`<li>
      <button
        type="button"
        class="tile"
        aria-current=${id === this.session.selected}
        aria-label=${words}
        title=${words}
        @click=${() => this.send({ kind: "select", photo: id })}
      >
        <tk-thumbnail .picture=${pictureOf(photo)}>${id}</tk-thumbnail>
        <span class="tile-state state-${phase.kind}">${icon(PHASE_ICONS[phase.kind])}</span>
      </button>
    </li>`;
  }

  #actions() {
    const open = undone(this.session);
    const proved = this.session.photos.filter(({ phase }) => phase.kind === "proved").map(({ id }) => id);
    const count = proved.length;
    const several = count > 1;
    return html`${button(this.t("strip.add"), "quiet", () => this.send({ kind: "choose" }), "add")}
    ${open.length > 1
      ? button(this.t("strip.protect_all", { count: open.length }), "quiet protect-all", () => this.send({ kind: "protect-all" }))
      : nothing}
    ${several ? button(this.t("strip.save_all", { count }), "quiet save-all", () => this.send({ kind: "save", photos: proved }), "save") : nothing}
    ${several && this.canShare(proved)
      ? button(this.t("strip.share_all"), "quiet", () => this.send({ kind: "share", photos: proved }), "share")
      : nothing}
    ${button(this.t("strip.clear"), "quiet clear", () => this.send({ kind: "clear" }), "cross")}`;
  }
}

function pictureOf({ phase, before }: Photo): Picture | null {
  return (phase.kind === "proved" ? phase.copy.after : null) ?? before;
}
