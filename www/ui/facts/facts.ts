/** What a file says besides its pixels, and what nobody has checked. Templates, to be shown with facts.css. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { FileReport, Leak, LeakKind, Severity } from "../../engine/generated/report.js";
import { tellsCoding } from "../../model/photo.js";
import type { LeakedPicture, Photo } from "../../model/photo.js";
import type { Command } from "../../model/session.js";
import { button } from "../base/controls.js";
import { leakWords } from "../words/sentences.js";
import type { Words } from "../words/words.js";

const ORDER: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** Leaks that are looked through for faces, if they can be opened. */
const PICTURES: readonly LeakKind[] = ["thumbnail", "preview", "second-image"];

/** It has a place of its own. */
const SMALLER = "opened-smaller";

/** That the copy has fewer pixels than the photo, as it was opened in half its size: both sizes. */
export function openedSmaller(words: Words, report: FileReport | null) {
  if (!report?.full_size) {
    return nothing;
  }
  const { full_size, width, height } = report;
  const size = (across: number, down: number) => `${words.number(across)} × ${words.number(down)}`;
  return html`<p class="note">${words.t(`note.${SMALLER}`, { full: size(...full_size), half: size(width, height) })}</p>`;
}

/** What the file says besides its pixels, and how it was read or will be written. */
export function fileFacts(words: Words, { report, leaked }: Photo) {
  if (report === null) {
    return nothing;
  }
  const leaks = report.leaks;
  const notes = report.notes.filter(({ code }) => code !== SMALLER);
  const lead = html`<p class="muted">${words.t(tellsCoding({ report }) ? "leaks.lead_coding" : "leaks.lead")}</p>`;
  return html`${leaks.length > 0 ? leakFacts(words, leaks, leaked, lead) : nothing}
  ${notes.length > 0 ? html`<ul class="notes">${notes.map(({ code }) => html`<li>${words.t(`note.${code}`)}</li>`)}</ul>` : nothing}`;
}

/** What a file gives away, worst first, behind its number. What it says in several places stands there once. */
export function leakFacts(words: Words, leaks: Leak[], pictures: readonly LeakedPicture[], lead: TemplateResult | typeof nothing) {
  const items = distinct(words, leaks, pictures);
  items.sort((a, b) => ORDER[a.leak.severity] - ORDER[b.leak.severity]);
  return html`<details class="facts">
    <summary>${words.t("leaks.title", { count: items.length })}</summary>
    ${lead}
    <ul class="leaks">${items.map((item) => leakItem(words, item))}</ul>
  </details>`;
}

/** What identifies people besides their faces and nothing here has checked, and what of the file was passed over. */
export function notChecked(words: Words, report: FileReport | null) {
  if (report === null || report.not_checked.length === 0) {
    return nothing;
  }
  const { tiles, frames } = report.skipped;
  return html`<div class="unseen">
    ${frames > 0 ? html`<p>${words.t("skipped.frames", { count: frames })}</p>` : nothing}
    ${tiles > 0 ? html`<p>${words.t("skipped.tiles", { count: tiles })}</p>` : nothing}
    <p>${words.t("unchecked.lead")}</p>
    <ul>${report.not_checked.map((code) => html`<li>${words.t(`unchecked.${code}`)}</li>`)}</ul>
  </div>`;
}

/** Ways to take the photo's report along. It holds no picture. */
export function reportActions(words: Words, { id }: Photo, send: (command: Command) => void) {
  return html`<div class="actions report-actions">
    ${button(words.t("report.save"), "quiet save-report", () => send({ kind: "save-report", photo: id }), "save")}
    ${button(words.t("report.print"), "quiet print-report", () => send({ kind: "print" }), "print")}
  </div>`;
}

/** A thing that the file says. */
interface Said {
  leak: Leak;
  words: string;
  /** Everywhere it is said. */
  places: Set<string>;
  picture: LeakedPicture | undefined;
}

function distinct(words: Words, leaks: Leak[], pictures: readonly LeakedPicture[]): Said[] {
  const said = new Map<string, Said>();
  for (const [place, leak] of leaks.entries()) {
    const picture = pictures.find((each) => each.leak === place);
    const sentence = leakWords(words, leak);
    const key = JSON.stringify([leak.kind, leak.severity, sentence, leak.faces, picture && place]);
    const known = said.get(key) ?? { leak, words: sentence, places: new Set<string>(), picture };
    known.places.add(leak.where);
    said.set(key, known);
  }
  return [...said.values()];
}

function leakItem(words: Words, { leak, words: sentence, places, picture }: Said) {
  return html`<li class="leak severity-${leak.severity}">
    <span class="leak-kind">${words.t(`leak.${leak.kind}`)}</span>
    <span class="leak-severity">${words.t(`severity.${leak.severity}`)}</span>
    <span class="leak-value"><bdi>${sentence}</bdi></span>
    <span class="leak-where"><bdi>${[...places].join(", ")}</bdi></span>
    <span class="leak-why">${words.t(`why.${leak.kind}`)}</span>
    ${picture ? leakedPicture(words, leak, picture) : PICTURES.includes(leak.kind) ? html`<span class="leak-faces">${facesIn(words, leak)}</span>` : nothing}
  </li>`;
}

/** Of all pictures in a file only the first few are shown. */
function facesIn(words: Words, { faces: count }: Leak) {
  if (count === null) {
    return words.t("leaks.unseen");
  }
  return count > 0 ? words.t("leaks.faces", { count }) : words.t("leaks.no_faces");
}

function leakedPicture(words: Words, leak: Leak, picture: LeakedPicture) {
  return html`<figure class="leak-picture">
    <img src=${picture.url} width=${picture.width} height=${picture.height} alt=${words.t("leaks.picture_alt")} draggable="false">
    <figcaption>${facesIn(words, leak)}</figcaption>
  </figure>`;
}
