import { html, nothing } from "lit";
import type { PropertyValues } from "lit";
import { candidates, canOpenAll, leftOut, opened, photoOf, regionOf, toBeOpened } from "../../model/only-me.js";
import type { Face, OnlyMe, OnlyMeEvent, Stage } from "../../model/only-me.js";
import { sizeOf } from "../../model/photo.js";
import type { Session } from "../../model/session.js";
import { alarm, button } from "../base/controls.js";
import dialogSheet from "../base/dialog.css";
import { Component, styled } from "../base/element.js";
import { define } from "../define.js";
import { crop } from "../region-list/crop.js";
import { failureWords, regionName } from "../words/sentences.js";
import onlyMeSheet from "./only-me.css";

type Of<K extends Stage["kind"]> = Extract<Stage, { kind: K }>;

/**
 * Where else the person might be: one face after the other, to be left open or kept covered. Fetched when it is first opened.
 *
 * Events: `tk-only-me` (detail: what the person wants), `tk-left` (the dialog is closed).
 */
export class OnlyMeDialog extends Component {
  static override properties = { state: { attribute: false }, session: { attribute: false }, bytes: { attribute: false } };
  static override styles = styled(dialogSheet, onlyMeSheet);

  declare state: OnlyMe;
  declare session: Session;
  /** Of the recogniser, which is fetched when it is first switched on. */
  declare bytes: number;

  /** Shows the dialog. The browser gives the focus back when it is closed. */
  async open(): Promise<void> {
    await this.updateComplete;
    this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
  }

  protected override render() {
    const { recogniser } = this.session;
    return html`<dialog aria-label=${this.t("me.title")} @close=${() => this.dispatchEvent(new CustomEvent("tk-left"))}>
      <h1 tabindex="-1" autofocus>${this.t("me.title")}</h1>
      ${this.#stage()}
      <tk-switch class="recogniser" .words=${this.words} .feature=${"recogniser"} .state=${recogniser} .bytes=${this.bytes} .empty=${true}></tk-switch>
      <p class="hint">${this.t("me.memory")}</p>
      <div class="actions">${this.#look()} ${button(this.t("me.done"), "secondary close", () => this.close())}</div>
    </dialog>`;
  }

  /** Focus on what is gone goes to the heading. */
  protected override updated(changed: PropertyValues): void {
    const before = changed.get("state") as OnlyMe | undefined;
    const root = this.renderRoot as ShadowRoot;
    if (before !== undefined && before.stage.kind !== this.state.stage.kind && root.activeElement === null) {
      void this.focusHeading();
    }
  }

  #stage() {
    const { stage } = this.state;
    switch (stage.kind) {
      case "asking":
        return html`<p>${this.t("me.lead")}</p>
          ${this.#wrong()} ${this.#leftOut()}`;
      case "looking":
        return this.#looking(stage);
      case "found":
        return this.#found(stage);
      case "failed":
        return alarm(stage.code === null ? this.t("me.unclear") : failureWords(this.words, "recogniser", stage.code));
    }
  }

  /** Only the person begins it, once the recogniser is there. */
  #look() {
    const { state, session } = this;
    const count = candidates(session, state.own).length;
    const canLook = session.recogniser.kind === "on" && count > 0 && (state.stage.kind === "asking" || state.stage.kind === "failed");
    return canLook ? button(this.t("me.look", { count }), "primary look", () => this.#want({ kind: "look" })) : nothing;
  }

  #wrong() {
    return html`<p class="wrong">${this.t("me.wrong")}</p>`;
  }

  #leftOut() {
    const count = leftOut(this.session, this.state.own);
    return count === 0 ? nothing : html`<p class="hint">${this.t("me.left_out", { count })}</p>`;
  }

  #looking({ all, left }: Of<"looking">) {
    const done = all - left.length;
    return html`<p role="status">${this.t("me.looking", { done, all })}</p>
      <progress max=${Math.max(all, 1)} .value=${done} aria-label=${this.t("me.title")}></progress>
      <div class="actions">${button(this.t("working.cancel"), "secondary stop", () => this.#want({ kind: "stop" }))}</div>`;
  }

  #found({ suggestions, at, failures }: Of<"found">) {
    const face = suggestions[at];
    const failed = failures === 0 ? nothing : alarm(this.t("me.failures", { count: failures }));
    const shown = face === undefined ? html`<p role="status">${this.t("me.nobody")}</p>` : this.#suggestion(face, at, suggestions.length);
    return html`${shown} ${failed} ${this.#leftOut()}`;
  }

  #suggestion(face: Face, at: number, all: number) {
    const decision = regionOf(this.session, face)?.decision;
    const choice = (which: "open" | "cover") =>
      html`<button type="button" class="secondary ${which}" aria-pressed=${decision === which} @click=${() => this.#want({ kind: "decide", decision: which })}>
        ${this.t(`me.${which}`)}
      </button>`;
    return html`<h2>${this.t("me.found", { count: all })}</h2>
      <div class="faces">${this.#face(this.state.own, this.t("me.own"))} ${this.#face(face, this.#nameOf(face))}</div>
      <p role="status">${this.t("me.question", { at: at + 1, all })} <span class="visually-hidden">${this.#nameOf(face)}</span></p>
      ${this.#wrong()}
      <div class="actions choice">${choice("open")} ${choice("cover")}</div>
      <div class="actions">
        ${this.#button(this.t("me.back"), "quiet back", { kind: "turn", by: -1 }, at === 0)}
        ${this.#button(this.t("me.next"), "quiet next", { kind: "turn", by: 1 }, at === all - 1)}
      </div>
      ${this.#all(all)}`;
  }

  /** At once only what was shown one by one, and only what nobody has decided about. */
  #all(all: number) {
    const { state, session } = this;
    const rest = toBeOpened(state, session).length;
    const open = opened(state, session).length;
    const mayOpen = canOpenAll(state);
    return html`<p role="status" class="muted">${this.t("me.count", { count: open, all })}</p>
      ${mayOpen ? nothing : html`<p class="hint">${this.t("me.see_all")}</p>`}
      <div class="actions">
        ${this.#button(this.t("me.open_all", { count: rest }), "secondary open-all", { kind: "open-all" }, !mayOpen || rest === 0)}
        ${this.#button(this.t("me.take_back", { count: open }), "quiet take-back", { kind: "take-back" }, open === 0)}
      </div>`;
  }

  /** One that is `off` keeps the focus; what it asks for changes nothing then. */
  #button(words: string, classes: string, event: OnlyMeEvent, off: boolean) {
    return html`<button type="button" class=${classes} aria-disabled=${off} @click=${() => this.#want(event)}>${words}</button>`;
  }

  #face(face: Face, words: string) {
    const photo = photoOf(this.session, face);
    const region = regionOf(this.session, face);
    return photo === undefined || region === undefined ? nothing : html`<figure>${crop(this.words, photo, region)}<figcaption>${words}</figcaption></figure>`;
  }

  #nameOf(face: Face): string {
    const photo = photoOf(this.session, face);
    const region = regionOf(this.session, face);
    return photo && region ? `${this.t("canvas.photo", { number: photo.id })}: ${regionName(this.words, region, sizeOf(photo))}` : "";
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog") as HTMLDialogElement;
  }

  #want(event: OnlyMeEvent): void {
    this.dispatchEvent(new CustomEvent<OnlyMeEvent>("tk-only-me", { detail: event }));
  }
}

export function defineOnlyMe(): void {
  define({ "tk-only-me": OnlyMeDialog });
}
