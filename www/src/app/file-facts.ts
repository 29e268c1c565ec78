import type { Leak, Severity } from "../api/index.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";
import type { Photo } from "./photo.js";

const ORDER: Record<Severity, number> = { high: 0, medium: 1, low: 2 };

/** What the file says besides its pixels, and how it was read or will be written. */
export function fileFacts(photo: Photo, context: Context): HTMLElement[] {
  const { t } = context;
  const leaks = [...(photo.report?.leaks ?? [])].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const notes = photo.report?.notes ?? [];
  const facts: HTMLElement[] = [];
  if (leaks.length > 0) {
    const summary = h("summary", {}, t("leaks.title", { count: leaks.length }));
    const list = h("ul", { class: "leaks" }, ...leaks.map((leak) => leakItem(context, leak)));
    facts.push(h("details", { class: "facts" }, summary, h("p", { class: "muted" }, t("leaks.lead")), list));
  }
  if (notes.length > 0) {
    facts.push(h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, t(`note.${note.code}`)))));
  }
  return facts;
}

function leakItem({ t }: Context, leak: Leak): HTMLElement {
  return h(
    "li",
    { class: `leak severity-${leak.severity}` },
    h("span", { class: "leak-kind" }, t(`leak.${leak.kind}`)),
    h("span", { class: "leak-severity" }, t(`severity.${leak.severity}`)),
    h("span", { class: "leak-value" }, leak.value),
    h("span", { class: "leak-where" }, leak.where),
  );
}
