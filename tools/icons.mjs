// Draws the icons that devices show for the installed page, from www/apps/page/icons/icon.svg, beside it. Needs Chromium.
//
//   node tools/icons.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { open } from "../tests/browser/chromium.mjs";

const FOLDER = new URL("../www/apps/page/icons/", import.meta.url);
const drawing = readFileSync(new URL("icon.svg", FOLDER), "utf8");
/** For systems that cut a shape of their own out of it, a circle at least: nothing of the figure lies outside that. */
const uncut = drawing.replace('rx="15"', "").replace('id="figure"', 'id="figure" transform="translate(6.4 6.4) scale(0.8)"');
/** On a home screen of iOS nothing may be see-through. */
const square = drawing.replace('rx="15"', "");

const { page, close } = await open({ deviceScaleFactor: 1 });
for (const [name, side, svg] of [
  ["icon-192.png", 192, drawing],
  ["icon-512.png", 512, drawing],
  ["maskable-512.png", 512, uncut],
  ["apple-touch-icon.png", 180, square],
]) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${side}px; height: ${side}px }</style>${svg}`);
  writeFileSync(new URL(name, FOLDER), await page.screenshot({ omitBackground: true }));
}
await close();
