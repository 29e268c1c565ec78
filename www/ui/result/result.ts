import { html, nothing } from "lit";
import type { Check, Decision, Part } from "../../engine/generated/report.js";
import type { Box } from "../../model/geometry.js";
import { doneKey, isWorthShowing, outcomeOf } from "../../model/outcome.js";
import type { Outcome } from "../../model/outcome.js";
import { regionsOf, sizeOf, suspects } from "../../model/photo.js";
import type { Copy, Phase, Photo } from "../../model/photo.js";
import { button, icon } from "../base/controls.js";
import { Component, styled } from "../base/element.js";
import { pictureFrame } from "../base/picture.js";
import pictureSheet from "../base/picture.css";
import workspaceSheet from "../base/workspace.css";
import { notChecked, openedSmaller, reportActions } from "../facts/facts.js";
import factsSheet from "../facts/facts.css";
import { checkMeaning, checkWords, openWords, regionName } from "../words/sentences.js";
import { suspect } from "./compare.js";
import resultSheet from "./result.css";

/** What became of a photo: a proved copy, or none because its proof failed. Event: `tk-use`. */
export class Result extends Component {
  static override properties = { photo: { attribute: false }, shareable: { attribute: false }, use: { attribute: false } };
  static override styles = styled(workspaceSheet, pictureSheet, factsSheet, resultSheet);

  declare photo: Photo;
  /** The system can share the copy. */
  declare shareable: boolean;
  /** Words of a button in the place of those that save the copy, for an app that takes it over itself. */
  declare use: string | undefined;

  protected override render() {
    const { phase } = this.photo;
    switch (phase.kind) {
      case "proved":
        return this.#proved(phase);
      case "unproved":
        return this.#unproved(phase);
      default:
        return nothing;
    }
  }

  /** A proved copy: what was checked, before and after, and the way to save it. */
  #proved({ copy, proof, outcome }: Extract<Phase, { kind: "proved" }>) {
    const { photo, words } = this;
    const { report } = photo;
    const { faint } = suspects(photo, proof.checks);
    return html`<div class="canvas">
        <tk-compare .words=${words} .photo=${photo} .copy=${copy} .outcome=${outcome} .suspects=${faint}></tk-compare>
      </div>
      <div class="panel">
        <h1 tabindex="-1" class="verdict good">${icon("check")}<span>${this.t(doneKey(outcome))}</span></h1>
        ${openedSmaller(words, report)} ${this.#leftOpen(outcome)} ${this.#checklist(proof.checks, outcome)} ${this.#partList(proof.parts)}
        ${faint.length > 0 ? this.#maybeFaces(faint) : nothing} ${notChecked(words, report)}
        <p class="caveat">${this.t("result.caveat")}</p>
        <div class="actions">${button(this.t("result.change"), "secondary", () => this.#reopen(), "adjust")}</div>
        ${this.use === undefined ? reportActions(words, photo, (command) => this.send(command)) : nothing}
        <div class="action-bar">${this.#saving(copy)}</div>
      </div>`;
  }

  /**
   * A copy whose proof failed. There is nothing to save. What the checks point at can be covered, left open because a
   * person sees that it is no face, or decided about one by one.
   */
  #unproved({ proof }: Extract<Phase, { kind: "unproved" }>) {
    const { photo } = this;
    const { failed } = suspects(photo, proof.checks);
    const count = failed.length;
    const change = () => {
      this.#propose(failed, "cover");
      this.#reopen();
    };
    const again = (decision: Decision) => () => {
      this.#propose(failed, decision);
      this.send({ kind: "protect", photo: photo.id });
    };
    const label = this.t("canvas.photo", { number: photo.id });
    return html`<div class="canvas">${pictureFrame(photo, label, failed.map((box) => suspect(box, photo)))}</div>
      <div class="panel">
        <h1 tabindex="-1" class="verdict bad">${icon("alert")}<span>${this.t("result.failed_title")}</span></h1>
        <p>${this.t("result.failed_lead")}</p>
        ${this.#checklist(proof.checks, outcomeOf(regionsOf(photo)))}
        ${count > 0 ? html`<p class="muted">${this.t("result.failed_boxes", { count })}</p>` : nothing}
        <div class="actions">
          ${button(this.t("result.change"), "secondary", change, "adjust")}
          ${count > 0 ? button(this.t("result.no_faces"), "secondary", again("open"), "open") : nothing}
        </div>
        ${count > 0
          ? html`<div class="action-bar">${button(this.t("result.cover_and_retry", { count }), "primary", again("cover"))}</div>`
          : nothing}
      </div>`;
  }

  /** How many regions the person has left open; behind that, which ones. */
  #leftOpen(outcome: Outcome) {
    const words = openWords(this.words, outcome);
    const regions = [...outcome.openFaces, ...outcome.openSpots];
    return words.length === 0
      ? nothing
      : html`<details class="facts left-open">
          <summary>${icon("open")}<span>${words.join(". ")}</span></summary>
          <p class="muted">${this.t("result.open_marked")}</p>
          <ul>${regions.map((region) => html`<li>${regionName(this.words, region, sizeOf(this.photo))}</li>`)}</ul>
        </details>`;
  }

  /** A line for each check; behind it, what it means and what it cannot show. */
  #checklist(checks: Check[], outcome: Outcome) {
    const telling = checks.filter((check) => isWorthShowing(check, outcome));
    return html`<ul class="checks">${telling.map((check) => this.#check(check, outcome))}</ul>`;
  }

  #check(check: Check, outcome: Outcome) {
    const result = this.t(check.ok ? "check.passed" : "check.not_passed");
    const words = checkWords(this.words, check, outcome);
    const line = html`${icon(check.ok ? "check" : "cross")}<span><span class="visually-hidden">${result}</span> ${words}</span>`;
    const meaning = checkMeaning(this.words, check);
    const more = meaning === null
      ? html`<div class="check-line">${line}</div>`
      : html`<details>
          <summary class="check-line">${line}</summary>
          <p>${meaning.means}</p>
          <p><strong>${this.t("check.cannot_show")}</strong> ${meaning.limits}</p>
        </details>`;
    return html`<li class="check ${check.ok ? "passed" : "failed"}">${more}</li>`;
  }

  /** Every byte of the new file, by what it belongs to. */
  #partList(parts: Part[]) {
    const count = parts.reduce((sum, part) => sum + part.bytes, 0);
    return html`<details class="facts">
      <summary>${this.t("result.parts")}</summary>
      <p class="muted">${this.t("result.parts_lead", { count })}</p>
      <ul class="parts">${parts.map(({ name, bytes }) => html`<li>${this.t("result.part", { name, bytes })}</li>`)}</ul>
    </details>`;
  }

  #maybeFaces(boxes: Box[]) {
    return html`<div class="note">
      <p>${this.t("result.maybe", { count: boxes.length })}</p>
      ${button(this.t("result.maybe_cover"), "secondary", () => this.#propose(boxes, "cover"), "add")}
    </div>`;
  }

  /** Once it has been saved and was let go of, the copy can be made again. */
  #saving({ url, name }: Copy) {
    if (this.use !== undefined) {
      return button(this.use, "primary", () => this.dispatchEvent(new CustomEvent("tk-use")), "check");
    }
    const { id } = this.photo;
    if (url === null) {
      return html`<p>${this.t("saving.gone")}</p>${button(this.t("saving.again"), "secondary", () => this.send({ kind: "protect", photo: id }), "again")}`;
    }
    const share = () => this.send({ kind: "share", photos: [id] });
    return html`<a class="button primary save" href=${url} download=${name} @click=${(event: MouseEvent) => this.#save(event)}>
        ${icon("save")}<span>${this.t("result.save")}</span>
      </a>
      ${this.shareable ? button(this.t("result.share"), "secondary", share, "share") : nothing}`;
  }

  /** A double click saves once. */
  #save(event: MouseEvent): void {
    if (event.detail > 1) {
      event.preventDefault();
    } else {
      this.send({ kind: "saving", photo: this.photo.id });
    }
  }

  #propose(boxes: Box[], decision: Decision): void {
    this.send({ kind: "regions", photo: this.photo.id, change: { kind: "propose", boxes, decision } });
  }

  #reopen(): void {
    this.send({ kind: "reopen", photo: this.photo.id });
  }
}
