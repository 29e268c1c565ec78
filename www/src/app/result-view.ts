import type { Check, Part, Proof } from "../api/index.js";
import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";
import { notLookedAt } from "./not-looked-at.js";
import { doneKey, isTelling, outcomeOf } from "./outcome.js";
import type { Outcome } from "./outcome.js";
import type { Photo, SavedCopy } from "./photo.js";
import type { Box, Region } from "./regions.js";
import { failedBoxes, faintBoxes } from "./regions.js";
import { canShare, share } from "./save.js";
import { pictureFrame, place } from "./stage.js";
import { badgeWords, checkMeaning, checkWords, openWords, regionName } from "./words.js";

interface View {
  stage: HTMLElement;
  panel: HTMLElement;
}

/** A proved copy: what was checked, before and after, and the way to save it. */
export function provedView(photo: Photo, saved: SavedCopy, context: Context): View {
  const { t, session } = context;
  const maybe = faintBoxes(saved.proof.checks, photo.regions);
  const panel = h(
    "div",
    { class: "panel" },
    h("h1", { tabindex: -1, class: "verdict good" }, icon("check"), h("span", {}, t(doneKey(saved.outcome)))),
    leftOpen(photo, saved.outcome, context),
    checklist(saved.proof.checks, saved.outcome, context),
    partList(saved.proof.parts, context),
    maybe.length > 0 ? maybeFaces(photo, maybe, context) : null,
    ...notLookedAt(photo.report, context),
    h("p", { class: "caveat" }, t("result.caveat")),
    h("div", { class: "actions" }, button(t("result.change"), { class: "secondary", onclick: () => session.reopen(photo) }, "adjust")),
    h("div", { class: "action-bar" }, ...saving(saved, context)),
  );
  return { stage: compare(photo, saved, maybe, context), panel };
}

/**
 * A copy whose proof failed. There is nothing to save. What the checks point at can be covered, left open because a
 * person sees that it is no face, or decided about one by one.
 */
export function unprovedView(photo: Photo, proof: Proof, context: Context): View {
  const { t, session } = context;
  const boxes = failedBoxes(proof.checks);
  const include = (covered: boolean) => boxes.forEach((box) => photo.propose(box, covered));
  const decide = () => {
    include(true);
    session.reopen(photo);
  };
  const again = (covered: boolean) => () => {
    include(covered);
    void session.protect(photo);
  };
  const panel = h(
    "div",
    { class: "panel" },
    h("h1", { tabindex: -1, class: "verdict bad" }, icon("alert"), h("span", {}, t("result.failed_title"))),
    h("p", {}, t("result.failed_lead")),
    checklist(proof.checks, outcomeOf(photo.regions), context),
    boxes.length > 0 ? h("p", { class: "muted" }, t("result.failed_boxes", { count: boxes.length })) : null,
    h(
      "div",
      { class: "actions" },
      button(t("result.change"), { class: "secondary", onclick: decide }, "adjust"),
      boxes.length > 0 ? button(t("result.no_faces"), { class: "secondary", onclick: again(false) }, "open") : null,
    ),
    boxes.length > 0
      ? h("div", { class: "action-bar" }, button(t("result.cover_and_retry", { count: boxes.length }), { class: "primary", onclick: again(true) }))
      : null,
  );
  const label = t("stage.photo", { number: photo.number });
  return { stage: pictureFrame(photo, label, ...boxes.map((box) => suspect(photo, box))), panel };
}

/** How many regions the person has left open; behind that, which ones. */
function leftOpen(photo: Photo, outcome: Outcome, context: Context): HTMLElement | null {
  const words = openWords(context, outcome);
  if (words.length === 0) {
    return null;
  }
  const regions = [...outcome.openFaces, ...outcome.openSpots];
  const names = regions.map((region) => h("li", {}, regionName(context, region, photo.size)));
  const summary = h("summary", {}, icon("open"), h("span", {}, words.join(". ")));
  return h("details", { class: "facts left-open" }, summary, h("p", { class: "muted" }, context.t("result.open_marked")), h("ul", {}, ...names));
}

/** A line for each check; behind it, what it means and what it cannot show. */
function checklist(checks: Check[], outcome: Outcome, context: Context): HTMLElement {
  const telling = checks.filter((check) => isTelling(check, outcome));
  return h("ul", { class: "checks" }, ...telling.map((check) => checkItem(check, outcome, context)));
}

function checkItem(check: Check, outcome: Outcome, context: Context): HTMLElement {
  const { t } = context;
  const result = h("span", { class: "visually-hidden" }, t(check.ok ? "check.passed" : "check.not_passed"));
  const line = [icon(check.ok ? "check" : "cross"), h("span", {}, result, " ", checkWords(context, check, outcome))];
  const meaning = checkMeaning(context, check);
  const attributes = { class: check.ok ? "check passed" : "check failed" };
  if (meaning === null) {
    return h("li", attributes, h("div", { class: "check-line" }, ...line));
  }
  const limits = h("p", {}, h("strong", {}, t("check.cannot_show")), " ", meaning.limits);
  const details = h("details", {}, h("summary", { class: "check-line" }, ...line), h("p", {}, meaning.means), limits);
  return h("li", attributes, details);
}

/** Every byte of the new file, by what it belongs to. */
function partList(parts: Part[], { t }: Context): HTMLElement {
  const count = parts.reduce((sum, part) => sum + part.bytes, 0);
  const items = parts.map((part) => h("li", {}, t("result.part", { name: part.name, bytes: part.bytes })));
  return h(
    "details",
    { class: "facts" },
    h("summary", {}, t("result.parts")),
    h("p", { class: "muted" }, t("result.parts_lead", { count })),
    h("ul", { class: "parts" }, ...items),
  );
}

function maybeFaces(photo: Photo, boxes: Box[], { t, session }: Context): HTMLElement {
  const cover = () => {
    boxes.forEach((box) => photo.propose(box));
    session.reopen(photo);
  };
  return h(
    "div",
    { class: "note" },
    h("p", {}, t("result.maybe", { count: boxes.length })),
    button(t("result.maybe_cover"), { class: "secondary", onclick: cover }, "add"),
  );
}

function saving(saved: SavedCopy, context: Context): HTMLElement[] {
  const { t } = context;
  const link = h(
    "a",
    { class: "button primary", id: "save", href: saved.url, download: saved.file.name, onclick: () => context.announce(t("result.saving", { name: saved.file.name })) },
    icon("save"),
    h("span", {}, t("result.save")),
  );
  if (!canShare([saved.file])) {
    return [link];
  }
  return [link, button(t("result.share"), { class: "secondary", onclick: () => void share([saved.file]) }, "share")];
}

/** The original over the copy, cut at a line that a slider moves. */
function compare(photo: Photo, saved: SavedCopy, maybe: Box[], { t }: Context): HTMLElement {
  const { covered, openFaces, openSpots } = saved.outcome;
  const before = photo.before && h("img", { class: "before", src: photo.before.url, alt: t("result.before_alt"), draggable: "false" });
  const after = saved.after && h("img", { src: saved.after.url, alt: t(covered > 0 ? "result.after_alt" : "result.after_alt_cleaned"), draggable: "false" });
  const open = [...openFaces, ...openSpots].map((region) => openMark(photo, region));
  const frame = h("div", { class: "picture compare" }, after, before, ...open, ...maybe.map((box) => suspect(photo, box)));
  frame.style.setProperty("--ratio", String(photo.size.width / photo.size.height));
  const slider = h("input", { type: "range", min: 0, max: 100, value: 0, "aria-label": t("result.slider"), id: "compare" });
  const show = () => {
    frame.style.setProperty("--cut", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", t("result.slider_value", { count: Number(slider.value) }));
  };
  const jump = (value: number) => () => {
    slider.value = String(value);
    show();
  };
  slider.addEventListener("input", show);
  show();
  return h(
    "div",
    { class: "compare-frame" },
    frame,
    h(
      "div",
      { class: "compare-bar" },
      button(t("result.after"), { class: "quiet", onclick: jump(0) }),
      slider,
      button(t("result.before"), { class: "quiet", onclick: jump(100) }),
    ),
  );
}

/** Shows in the picture what the person has left open. The panel names it for those who don't see that. */
function openMark(photo: Photo, region: Region): HTMLElement {
  const mark = h("div", { class: "box open-mark", "aria-hidden": "true" }, h("span", { class: "badge" }, badgeWords(region)));
  place(mark, region.box, photo.size);
  return mark;
}

function suspect(photo: Photo, box: Box): HTMLElement {
  const mark = h("div", { class: "suspect", "aria-hidden": "true" });
  place(mark, box, photo.size);
  return mark;
}
