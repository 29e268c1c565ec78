import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import type { Method, Sticker } from "../../engine/generated/options.js";
import type { Decision } from "../../engine/generated/report.js";
import { looksLikeCrowd } from "../../model/crowd.js";
import { coveredCount, foundCount, ownFace, regionsOf, tellsCoding } from "../../model/photo.js";
import type { Photo, RegionChange } from "../../model/photo.js";
import type { Preview } from "../../model/preview.js";
import type { Command, Feature, OnDemand } from "../../model/session.js";
import { alarm, button, done, icon } from "../base/controls.js";
import { COMMAND, Component, styled } from "../base/element.js";
import workspaceSheet from "../base/workspace.css";
import type { Canvas } from "../canvas/canvas.js";
import { fileFacts, notChecked, openedSmaller, reportActions } from "../facts/facts.js";
import factsSheet from "../facts/facts.css";
import type { RegionList } from "../region-list/region-list.js";
import type { SwitchCard } from "../switch/switch.js";
import { errorWords, failureWords, foundWords, givenAwayWords, maybeWords, searchWords } from "../words/sentences.js";
import reviewSheet from "./review.css";

/** What can be switched on here, and what is fetched when that first happens. */
export type Features = Partial<Record<Feature, { state: OnDemand; bytes: number }>>;

/** A photo with its regions, while a person decides about them. */
export class Review extends Component {
  static override properties = {
    photo: { attribute: false },
    preview: { attribute: false },
    method: { attribute: false },
    colour: { attribute: false },
    sticker: { attribute: false },
    recompress: { attribute: false },
    features: { attribute: false },
    reportable: { attribute: false },
    others: { attribute: false },
    marked: { state: true },
    picking: { state: true },
  };
  static override styles = styled(workspaceSheet, factsSheet, reviewSheet);

  declare photo: Photo;
  declare preview: Preview | null;
  declare method: Method;
  declare colour: string;
  declare sticker: Sticker;
  declare recompress: boolean;
  declare features: Features;
  /** The report can be saved and printed. */
  declare reportable: boolean;
  /** How many other photos there are in which the person could be looked for. */
  declare others: number;
  /** The region that the pointer or the focus is on. */
  declare private marked: number | null;
  /** The next face that is chosen is the only one to be left open, or to be covered. */
  declare private picking: "open" | "cover" | null;
  /** The area that was asked for, which gets the focus when it is there. */
  #awaited: number | null = null;

  constructor() {
    super();
    this.reportable = false;
    this.others = 0;
    this.marked = this.picking = null;
    this.addEventListener(COMMAND, (event) => this.#pick(event as CustomEvent<Command>), { capture: true });
    this.addEventListener("keydown", (event) => this.#typed(event));
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("photo") as Photo | undefined;
    if (before !== undefined && before.adjusted !== null && this.photo.adjusted === null) {
      this.marked = null;
    }
  }

  protected override updated(): void {
    const { adjusted } = this.photo;
    if (adjusted !== null && adjusted === this.#awaited) {
      this.#awaited = null;
      void this.#canvas?.focusRegion(adjusted);
    }
  }

  protected override render() {
    const { photo, words } = this;
    const marked = this.marked ?? photo.adjusted;
    const point = (event: CustomEvent<number | null>) => (this.marked = event.detail);
    const regions = regionsOf(photo);
    const covered = coveredCount(photo);
    const maybe = maybeWords(words, photo);
    return html`<div class="canvas">
        <tk-canvas
          .words=${words}
          .photo=${photo}
          .preview=${this.preview}
          .marked=${marked}
          @tk-point=${point}
          @tk-finish=${this.#finish}
        ></tk-canvas>
      </div>
      <div class="panel">
        <h1 tabindex="-1">${foundWords(words, photo)}</h1>
        <p class="gives">${givenAwayWords(words, photo)}</p>
        ${openedSmaller(words, photo.report)}
        ${photo.phase.kind === "failed" ? alarm(errorWords(words, photo.phase.code)) : nothing}
        <p class="muted">${this.t(regions.length > 0 ? "review.lead" : "review.no_faces")}</p>
        ${maybe === null ? nothing : html`<p class="maybe-words"><span class="badge" aria-hidden="true">?</span><span>${maybe}</span></p>`}
        <p class="look">${icon("open")}<span>${this.t("review.look")}</span></p>
        ${button(this.t("faces.add"), "secondary add-area", () => this.#addInTheMiddle(), "add")} ${this.#thorough()}
        <div class="list-head">
          <p class="count">${this.t("faces.count", { count: covered, all: regions.length })}</p>
          <div class="for-everybody">
            ${button(this.t("faces.all"), "quiet", () => this.#decideAll("cover"))}
            ${button(this.t("faces.none"), "quiet", () => this.#decideAll("open"))}
          </div>
        </div>
        ${this.#onlyOne()}
        <tk-region-list .words=${words} .photo=${photo} .marked=${marked} @tk-point=${point} @tk-remove=${this.#remove}></tk-region-list>
        ${foundCount(photo) > 0 ? html`<p class="hint">${this.t("level.hint")}</p>${this.#recogniser()}` : nothing}
        <tk-methods .words=${words} .method=${this.method} .colour=${this.colour} .sticker=${this.sticker}></tk-methods>
        ${tellsCoding(photo) ? html`<tk-recompress .words=${words} .wanted=${this.recompress}></tk-recompress>` : nothing}
        ${this.preview?.failed ? alarm(this.t("method.no_preview")) : nothing} ${fileFacts(words, photo)} ${notChecked(words, photo.report)}
        ${this.reportable ? reportActions(words, photo, (command) => this.send(command)) : nothing}
        <div class="action-bar">
          <button type="button" class="primary protect" @click=${() => this.#send("protect")}>
            ${this.t(covered > 0 ? "review.go" : "review.go_without", { count: covered })}
          </button>
        </div>
      </div>`;
  }

  #card(feature: Feature, content: unknown) {
    const offered = this.features[feature];
    if (offered === undefined) {
      return nothing;
    }
    const { state, bytes } = offered;
    return html`<tk-switch class=${feature} .words=${this.words} .feature=${feature} .state=${state} .bytes=${bytes} .empty=${content === nothing}
      >${content}</tk-switch
    >`;
  }

  /** The switch for thorough searching, and how the search of this photo ended. */
  #thorough() {
    const { photo, words } = this;
    const ended = searchWords(words, photo);
    const ending = ended === null ? nothing : photo.searchFailure === null ? done(ended) : alarm(ended);
    if (photo.thorough !== null) {
      return this.#card("thorough", ending);
    }
    if (this.features.thorough?.state.kind === "on") {
      const missing = html`<p>${this.t("thorough.missing")}</p>${button(this.t("thorough.search"), "secondary", () => this.#send("search"))}`;
      return this.#card("thorough", html`${ending}${missing}`);
    }
    const isCrowd = photo.report !== null && looksLikeCrowd(photo.report);
    const go = () => this.#switch("thorough");
    return this.#card("thorough", isCrowd ? html`<p>${this.t("thorough.crowd")}</p>${button(this.t("thorough.go"), "secondary", go)}` : nothing);
  }

  /** The switch for trying to recognise, and how it went for this photo. */
  #recogniser() {
    return this.#card("recogniser", this.features.recogniser?.state.kind === "on" ? this.#recognition() : nothing);
  }

  #recognition() {
    const { recognition } = this.photo;
    switch (recognition.kind) {
      case "none":
        return html`<p>${this.t("recogniser.nobody")}</p>`;
      case "working":
        return html`<p>${this.t("recogniser.working", { percent: Math.round(100 * recognition.fraction) })}</p>`;
      case "done":
        return done(this.t("recogniser.done"));
      case "failed":
        return html`${alarm(failureWords(this.words, "recogniser", recognition.code))}
        ${button(this.t("recogniser.again"), "secondary", () => this.#switch("recogniser"))}`;
    }
  }

  /** Two ways to decide about everybody by choosing one. */
  #onlyOne() {
    const { picking } = this;
    if (picking !== null) {
      return html`<div class="note picking">
        <p role="status">${this.t(`faces.pick_${picking}`)}</p>
        ${button(this.t("faces.pick_stop"), "secondary", () => (this.picking = null))}
      </div>`;
    }
    const start = (decision: "open" | "cover") => button(this.t(`faces.only_${decision}`), `quiet only-${decision}`, () => (this.picking = decision));
    return foundCount(this.photo) < 2 ? nothing : html`<div class="actions only-one">${start("open")} ${start("cover")}${this.#elsewhere()}</div>`;
  }

  /** Whoever left only themselves open may be in the other photos, too. */
  #elsewhere() {
    const go = () => this.dispatchEvent(new CustomEvent("tk-look-for-me"));
    return this.others > 0 && ownFace(this.photo) !== null ? button(this.t("me.title"), "secondary look-for-me", go) : nothing;
  }

  /** The decision about the face that is chosen becomes one about all. */
  #pick(event: CustomEvent<Command>): void {
    const { detail } = event;
    const decision = this.picking;
    if (decision === null || detail.kind !== "regions" || detail.change.kind !== "decide" || detail.change.regions.length !== 1) {
      return;
    }
    const [region] = detail.change.regions;
    event.stopImmediatePropagation();
    this.picking = null;
    this.#change({ kind: "only", region: region as number, decision });
  }

  get #canvas(): Canvas | null {
    return this.renderRoot.querySelector("tk-canvas");
  }

  get #list(): RegionList | null {
    return this.renderRoot.querySelector("tk-region-list");
  }

  #send(kind: Extract<Command, { photo: number }>["kind"] & ("protect" | "search")): void {
    this.send({ kind, photo: this.photo.id });
  }

  #switch(feature: Feature): void {
    this.send({ kind: "switch", feature, wanted: true });
    this.renderRoot.querySelector<SwitchCard>(`tk-switch.${feature}`)?.focusSwitch(); // The button pressed is about to go.
  }

  #change(change: RegionChange): void {
    this.send({ kind: "regions", photo: this.photo.id, change });
  }

  #decideAll(decision: Decision): void {
    this.#change({ kind: "decide", regions: regionsOf(this.photo).map(({ id }) => id), decision });
  }

  #addInTheMiddle(): void {
    this.#awaited = this.photo.lastRegion + 1;
    this.#change({ kind: "add", box: null });
  }

  #remove(event: CustomEvent<number>): void {
    this.#change({ kind: "remove", region: event.detail });
    this.renderRoot.querySelector<HTMLElement>(".add-area")?.focus();
  }

  #finish({ detail }: CustomEvent<{ drop: boolean }>): void {
    const { adjusted } = this.photo;
    this.send({ kind: "adjust", photo: this.photo.id, region: null, drop: detail.drop });
    if (adjusted !== null) {
      this.#list?.focusAdjust(adjusted);
    }
  }

  /** Whoever is in the middle of drawing takes that back first. */
  #typed(event: KeyboardEvent): void {
    const kind = undoKey(event);
    if (kind !== null) {
      event.preventDefault();
      if (!this.#canvas?.stop()) {
        this.#change({ kind });
      }
    }
  }
}

function undoKey({ ctrlKey, metaKey, shiftKey, key }: KeyboardEvent): "undo" | "redo" | null {
  if (!ctrlKey && !metaKey) {
    return null;
  }
  const letter = key.toLowerCase();
  if (letter === "z") {
    return shiftKey ? "redo" : "undo";
  }
  return letter === "y" ? "redo" : null;
}
