// The rules of axe-core for WCAG 2.2 AA, with the size of targets, which they leave out by default.

import { createRequire } from "node:module";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Makes axe-core known to the page, whose policy must not be enforced. */
export const addAxe = (page) => page.addScriptTag({ path: AXE });

/** What the page breaks, with where and why. */
export const violations = (page) =>
  page.evaluate(async (tags) => {
    const rules = { "target-size": { enabled: true } };
    const { violations: found } = await axe.run(document, { runOnly: { type: "tag", values: tags }, rules });
    return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" ")}: ${failureSummary}`));
  }, TAGS);
