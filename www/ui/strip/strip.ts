import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { foundCount, isAnyoneOpen, isDecidable } from "../../model/photo.js";
import type { Photo, Picture } from "../../model/photo.js";
import { copiesAreMany, progressOf } from "../../model/queue.js";
import { savable, unsaved } from "../../model/saving.js";
import { undone } from "../../model/session.js";
import type { Command, Session } from "../../model/session.js";
import { standingOf } from "../../model/standing.js";
import type { Standing } from "../../model/standing.js";
import { alarm, button, done, icon } from "../base/controls.js";
import type { IconName } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { errorWords, standingWords } from "../words/sentences.js";
import stripSheet from "./strip.css";

const ICONS: Record<Standing, IconName> = {
  waiting: "wait",
  working: "wait",
  clean: "check",
  faces: "open",
  look: "alert",
  proved: "check",
  saved: "save",
};

/** So many photos are shown at a time, however many there are. */
const PAGE = 100;

/** From so many seconds on, minutes are told. */
const MINUTE = 60;

/** What can be done at the press of a button. One that is off stays where it is, so that no press goes astray. */
interface Action {
  readonly words: string;
  readonly classes: string;
  readonly icon: IconName;
  readonly command: Command;
  readonly off?: boolean;
  /** On a small screen it is folded. */
  readonly rare?: boolean;
}

/** All photos, each with its state, how far they are, and what can be done with all of them. */
export class Strip extends Component {
  static override properties = {
    session: { attribute: false },
    canShare: { attribute: false },
    canSaveToFolder: { attribute: false },
    first: { state: true },
    unfolded: { state: true },
  };
  static override styles = styled(stripSheet);

  declare session: Session;
  /** Whether the system can share the copies of these photos. */
  declare canShare: (photos: readonly number[]) => boolean;
  declare canSaveToFolder: boolean;
  /** Place of the first photo that is shown. */
  declare private first: number;
  /** What is rare is shown on small screens, too. */
  declare private unfolded: boolean;

  constructor() {
    super();
    this.canSaveToFolder = this.unfolded = false;
    this.first = 0;
  }

  /** The photo that is selected is always among those that are shown, until a person turns the page. */
  protected override willUpdate(changed: PropertyValues): void {
    const { photos, selected } = this.session;
    const before = changed.get("session") as Session | undefined;
    if (before?.selected !== selected || this.first >= photos.length) {
      const at = photos.findIndex(({ id }) => id === selected);
      this.first = Math.max(at - (at % PAGE), 0);
    }
  }

  protected override updated(changed: PropertyValues): void {
    if ((changed.get("session") as Session | undefined)?.selected !== this.session.selected) {
      this.#showSelected();
    }
    const dialog = this.renderRoot.querySelector("dialog");
    if (this.session.asking !== null && dialog?.open === false) {
      dialog.showModal();
    } else if (this.session.asking === null && dialog?.open) {
      dialog.close();
    }
  }

  protected override render() {
    const isSeveral = this.session.photos.length > 1;
    const actions = isSeveral ? this.#actionsForAll() : this.#actions();
    return html`<nav aria-label=${this.t("strip.label")}>
      ${isSeveral ? this.#progress() : nothing} ${this.#tiles()} ${this.#pages()}
      <div class="actions ${isSeveral ? "for-all" : ""} ${this.unfolded ? "unfolded" : ""}">
        ${this.#buttons(actions.filter(({ rare }) => !rare))} ${isSeveral ? this.#more() : nothing} ${this.#buttons(actions.filter(({ rare }) => rare))}
      </div>
      ${this.#notice()} ${this.#question()}
    </nav>`;
  }

  #buttons(actions: readonly Action[]) {
    return repeat(
      actions,
      ({ classes }) => classes,
      (action) => this.#action(action),
    );
  }

  #more() {
    const turn = () => (this.unfolded = !this.unfolded);
    return html`<button type="button" class="quiet more" aria-expanded=${this.unfolded} @click=${turn}>${icon("unfold")}<span>${this.t("strip.more")}</span></button>`;
  }

  #action({ words, classes, icon: name, command, off = false, rare = false }: Action) {
    return html`<button type="button" class="quiet ${classes} ${rare ? "rare" : ""}" aria-disabled=${off} @click=${() => off || this.send(command)}>
      ${icon(name)}<span>${words}</span>
    </button>`;
  }

  #progress() {
    const { photos, pace, paused } = this.session;
    const { done: ready, all, secondsLeft } = progressOf(photos, pace);
    const isIdle = ready === all;
    const words = [
      this.t("strip.progress", { done: ready, all }),
      ...(paused ? [this.t("strip.paused")] : isIdle || secondsLeft === null ? [] : [this.#timeLeft(secondsLeft)]),
      ...(copiesAreMany(photos, false) && !isIdle ? [this.t("strip.full")] : []),
    ];
    return html`<div class="progress">
      <progress max=${all} .value=${ready} aria-label=${this.t("working.label")}></progress>
      <p>${words.join(" · ")}</p>
      ${this.#control(paused ? "resume" : "pause", isIdle && !paused)} ${this.#control("cancel", isIdle)}
    </div>`;
  }

  #control(name: "pause" | "resume" | "cancel", off: boolean) {
    const command: Command = { kind: name === "cancel" ? "cancel-all" : name };
    return html`<button type="button" class="quiet ${name === "cancel" ? "cancel-all" : "pause"}" aria-disabled=${off} @click=${() => off || this.send(command)}>
      ${this.t(`strip.${name}`)}
    </button>`;
  }

  #timeLeft(seconds: number): string {
    return seconds < MINUTE ? this.t("strip.seconds_left") : this.t("strip.minutes_left", { count: Math.round(seconds / MINUTE) });
  }

  #tiles() {
    const shown = this.session.photos.slice(this.first, this.first + PAGE);
    return html`<ul class="tiles">
      ${repeat(
        shown,
        ({ id }) => id,
        (photo) => this.#tile(photo),
      )}
    </ul>`;
  }

  #tile(photo: Photo) {
    const { id, name, phase } = photo;
    const standing = standingOf(photo);
    const words = this.t("strip.photo", { number: id, name, state: standingWords(this.words, photo) });
    const count = isDecidable(photo) ? foundCount(photo) : 0;
    const picture = pictureOf(photo);
    return html`<li>
      <button
        type="button"
        class="tile"
        aria-current=${id === this.session.selected}
        aria-label=${words}
        title=${words}
        @click=${() => this.send({ kind: "select", photo: id })}
      >
        <tk-thumbnail .picture=${picture}>${picture === null ? this.words.number(id) : nothing}</tk-thumbnail>
        <span class="tile-state state-${phase.kind} is-${standing}">
          ${icon(ICONS[standing])}${count > 0 ? html`<span>${this.words.number(count)}</span>` : nothing}
        </span>
      </button>
    </li>`;
  }

  /** Scrolls the row of photos alone, not the page. */
  #showSelected(): void {
    const tiles = this.renderRoot.querySelector(".tiles");
    const [view, tile] = [tiles, tiles?.querySelector("[aria-current=true]")].map((each) => each?.getBoundingClientRect());
    if (view !== undefined && tile !== undefined) {
      tiles?.scrollBy(way(tile.left, tile.right, view.left, view.right), way(tile.top, tile.bottom, view.top, view.bottom));
    }
  }

  #pages() {
    const { length } = this.session.photos;
    if (length <= PAGE) {
      return nothing;
    }
    const last = Math.min(this.first + PAGE, length);
    const turn = (by: number) => () => (this.first = Math.min(Math.max(this.first + by, 0), length - 1));
    return html`<div class="pages">
      <p>${this.t("strip.page", { from: this.first + 1, to: last, all: length })}</p>
      <button type="button" class="quiet" aria-disabled=${this.first === 0} @click=${turn(-PAGE)}>${this.t("strip.earlier")}</button>
      <button type="button" class="quiet" aria-disabled=${last === length} @click=${() => last < length && turn(PAGE)()}>${this.t("strip.later")}</button>
    </div>`;
  }

  #actions(): Action[] {
    return [
      { words: this.t("strip.add"), classes: "add", icon: "add", command: { kind: "choose" } },
      { words: this.t("strip.clear"), classes: "clear", icon: "cross", command: { kind: "clear" } },
    ];
  }

  /** In an order that does not change while photos are worked on; what a person brings about by a choice of theirs stands at the end. */
  #actionsForAll(): Action[] {
    const { photos, selected, saving } = this.session;
    const [needing, open, count] = [photos.filter((photo) => standingOf(photo) === "look").length, undone(this.session).length, savable(photos).length];
    const copies = photos.filter(({ phase }) => phase.kind === "proved" && phase.copy.url !== null).map(({ id }) => id);
    const isOff = saving !== null || count === 0;
    const all: (Action | false)[] = [
      { words: this.t("strip.next", { count: needing }), classes: "next", icon: "alert", command: { kind: "next" }, off: needing === 0 },
      { words: this.#all("strip.protect_all", open), classes: "protect-all", icon: "check", command: { kind: "protect-all" }, off: open === 0 },
      { words: this.#all("strip.save_all", count), classes: "save-all", icon: "save", command: { kind: "save-all", to: "zip" }, off: isOff },
      copies.length > 0 && this.canShare(copies) && { words: this.t("strip.share_all"), classes: "share-all", icon: "share", command: { kind: "share", photos: copies } },
      this.canSaveToFolder && {
        words: this.t("strip.save_folder"),
        classes: "save-folder",
        icon: "save",
        command: { kind: "save-all", to: "folder" },
        off: isOff,
        rare: true,
      },
      { words: this.t("strip.add"), classes: "add", icon: "add", command: { kind: "choose" }, rare: true },
      selected !== null && { words: this.t("strip.remove", { number: selected }), classes: "remove", icon: "cross", command: { kind: "remove", photo: selected }, rare: true },
      { words: this.t("strip.clear"), classes: "clear", icon: "cross", command: { kind: "clear" }, rare: true },
      photos.some(isAnyoneOpen) && { words: this.t("strip.cover_everyone"), classes: "cover-everyone", icon: "check", command: { kind: "cover-everyone" }, rare: true },
    ];
    return all.filter((each) => each !== false);
  }

  /** A button that is off because there is nothing to do it with gives no number. */
  #all(key: string, count: number): string {
    return count === 0 ? this.t(`${key}_none`) : this.t(key, { count });
  }

  #notice() {
    const { saving, notice } = this.session;
    if (saving !== null) {
      return html`<p class="saving-words">${this.t("strip.saving", { done: saving.done, all: saving.all })}</p>`;
    }
    if (notice === null) {
      return nothing;
    }
    return html`<div class="notice">${notice.kind === "saved" ? done(this.t("saving.done", { count: notice.count })) : alarm(errorWords(this.words, notice.code))}</div>`;
  }

  /** Asks before copies are lost that are not saved. */
  #question() {
    const { asking, photos } = this.session;
    const keep = () => this.send({ kind: "keep" });
    const count = unsaved(photos).length;
    const sure: Command = asking?.kind === "remove" ? { ...asking, sure: true } : { kind: "clear", sure: true };
    const content = () =>
      html`<p>${asking?.kind === "remove" ? this.t("ask.remove") : this.t("ask.clear", { count })}</p>
        <div class="actions">
          ${button(this.t("ask.keep"), "primary keep", keep)}
          ${button(this.t(asking?.kind === "remove" ? "ask.remove_anyway" : "ask.clear_anyway"), "secondary sure", () => this.send(sure))}
        </div>`;
    return html`<dialog aria-label=${this.t("strip.clear")} @cancel=${(event: Event) => (event.preventDefault(), keep())}>
      ${asking === null ? nothing : content()}
    </dialog>`;
  }
}

/** How far what lies from `start` to `end` is from being seen. */
function way(start: number, end: number, first: number, last: number): number {
  return Math.min(start - first, 0) + Math.max(end - last, 0);
}

function pictureOf({ phase, before }: Photo): Picture | null {
  return (phase.kind === "proved" ? phase.copy.after : null) ?? before;
}
