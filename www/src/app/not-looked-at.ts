import type { FileReport } from "../api/index.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";

/** What identifies people besides their faces, and what nothing here has looked at. */
export function notLookedAt(report: FileReport | null, { t }: Context): HTMLElement[] {
  const hints = report?.hints ?? [];
  if (hints.length === 0) {
    return [];
  }
  const items = hints.map((hint) => h("li", {}, t(`hint.${hint}`)));
  return [h("div", { class: "unseen" }, h("p", {}, t("hint.lead")), h("ul", {}, ...items))];
}
