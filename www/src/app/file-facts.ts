import type { Leak, Severity } from "../api/index.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";
import type { Photo, Shown } from "./photo.js";
import { leakWords } from "./words.js";

const ORDER: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** What the file says besides its pixels, and how it was read or will be written. */
export function fileFacts(photo: Photo, context: Context): HTMLElement[] {
  const { t } = context;
  const leaks = photo.report?.leaks ?? [];
  const notes = photo.report?.notes ?? [];
  const facts: HTMLElement[] = [];
  if (leaks.length > 0) {
    facts.push(leakFacts(context, leaks, photo.leaked, h("p", { class: "muted" }, t("leaks.lead"))));
  }
  if (notes.length > 0) {
    facts.push(h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, t(`note.${note.code}`)))));
  }
  return facts;
}

/**
 * What a file gives away, worst first, behind its number. What it says in several places stands there once. `pictures`: by
 * the place of their leak.
 */
export function leakFacts(context: Context, leaks: Leak[], pictures: Map<number, Shown>, lead: HTMLElement | null): HTMLElement {
  const items = distinct(context, leaks, pictures);
  items.sort((a, b) => ORDER[a.leak.severity] - ORDER[b.leak.severity]);
  const summary = h("summary", {}, context.t("leaks.title", { count: items.length }));
  const list = h("ul", { class: "leaks" }, ...items.map((item) => leakItem(context, item)));
  return h("details", { class: "facts" }, summary, lead, list);
}

/** A thing that the file says. */
interface Said {
  leak: Leak;
  words: string;
  /** Everywhere it is said. */
  places: Set<string>;
  picture: Shown | undefined;
}

function distinct(context: Context, leaks: Leak[], pictures: Map<number, Shown>): Said[] {
  const said = new Map<string, Said>();
  for (const [place, leak] of leaks.entries()) {
    const picture = pictures.get(place);
    const words = leakWords(context, leak);
    const key = JSON.stringify([leak.kind, leak.severity, words, picture && place]);
    const known = said.get(key) ?? { leak, words, places: new Set<string>(), picture };
    known.places.add(leak.where);
    said.set(key, known);
  }
  return [...said.values()];
}

function leakItem(context: Context, { leak, words, places, picture }: Said): HTMLElement {
  const { t } = context;
  return h(
    "li",
    { class: `leak severity-${leak.severity}` },
    h("span", { class: "leak-kind" }, t(`leak.${leak.kind}`)),
    h("span", { class: "leak-severity" }, t(`severity.${leak.severity}`)),
    h("span", { class: "leak-value" }, words),
    h("span", { class: "leak-where" }, [...places].join(", ")),
    h("span", { class: "leak-why" }, t(`why.${leak.kind}`)),
    picture ? leakedPicture(context, leak, picture) : null,
  );
}

function leakedPicture({ t }: Context, leak: Leak, picture: Shown): HTMLElement {
  const count = leak.faces ?? 0;
  return h(
    "figure",
    { class: "leak-picture" },
    h("img", { src: picture.url, width: picture.width, height: picture.height, alt: t("leaks.picture_alt") }),
    h("figcaption", {}, count > 0 ? t("leaks.faces", { count }) : t("leaks.no_faces")),
  );
}
