import type { FileReport } from "../api/index.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";

/** What identifies people besides their faces and nothing here has looked at, and what of the file was passed over. */
export function notLookedAt(report: FileReport | null, { t }: Context): HTMLElement[] {
  if (report === null || report.hints.length === 0) {
    return [];
  }
  const { tiles, frames } = report.skipped;
  const skipped = [
    ...(frames > 0 ? [h("p", {}, t("skipped.frames", { count: frames }))] : []),
    ...(tiles > 0 ? [h("p", {}, t("skipped.tiles", { count: tiles }))] : []),
  ];
  const items = report.hints.map((hint) => h("li", {}, t(`hint.${hint}`)));
  return [h("div", { class: "unseen" }, ...skipped, h("p", {}, t("hint.lead")), h("ul", {}, ...items))];
}
