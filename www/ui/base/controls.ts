/** Parts of templates that are used everywhere. */

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";

/** Outlines on a 24 x 24 grid, drawn with a stroke of the text's colour. */
const ICONS = {
  add: "M12 5v14M5 12h14",
  again: "M5 12a7 7 0 1 0 2.5-5.4L5 9M5 4.5V9h4.5",
  adjust: "M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5",
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.5m0 2.4v.1",
  brush: "M19.5 4.5 10 14M8.5 12.5l3 3M8 13c-2.5 0-3.5 2-3.5 4 0 1.5-.5 2-1.5 2.5 3.5.8 8 0 8-3.5",
  camera: "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  check: "M5 12.5 10 17.5 19.5 7",
  cross: "M6 6l12 12M18 6 6 18",
  down: "M12 5v14m-6-6 6 6 6-6",
  ellipse: "M12 18.5c5 0 9-2.9 9-6.5s-4-6.5-9-6.5-9 2.9-9 6.5 4 6.5 9 6.5z",
  eraser: "M9 19.5h11M13.5 5 20 11.5l-8 8H8L4.5 16a1.5 1.5 0 0 1 0-2zM9 9.5l6.5 6.5",
  finer: "M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  grow: "M4 12h16M8 8l-4 4 4 4M16 8l4 4-4 4",
  language: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17",
  larger: "M10 14 4 20m0-5v5h5M14 10l6-6m-5 0h5v5",
  left: "M19 12H5m6-6-6 6 6 6",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  minus: "M5 12h14",
  open: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  pan: "M12 3v18M3 12h18M9.5 5.5 12 3l2.5 2.5M9.5 18.5 12 21l2.5-2.5M5.5 9.5 3 12l2.5 2.5M18.5 9.5 21 12l-2.5 2.5",
  photos: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.5v.1",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  rectangle: "M3.5 6h17v12h-17z",
  redo: "M15 5l5 5-5 5M20 10H9.5a5 5 0 0 0 0 10H13",
  right: "M5 12h14m-6-6 6 6-6 6",
  save: "M12 4v11m-5-5 5 5 5-5M5 19.5h14",
  select: "M6 3.5 18.5 12l-5.5 1.2-2.8 5.3z",
  share: "M12 15V4m-4 4 4-4 4 4M6 12v8h12v-8",
  shorter: "M12 3v7m-3-3 3 3 3-3M12 21v-7m-3 3 3-3 3 3",
  slimmer: "M3 12h7m-3-3 3 3-3 3M21 12h-7m3-3-3 3 3 3",
  smaller: "M20 4l-6 6m0-5v5h5M4 20l6-6m-5 0h5v5",
  taller: "M12 4v16M8 8l4-4 4 4M8 16l4 4 4-4",
  thicker: "M12 19a7 7 0 1 0 0-14 7 7 0 0 0 0 14z",
  undo: "M9 5l-5 5 5 5M4 10h10.5a5 5 0 0 1 0 10H11",
  unfold: "M7 9.5l5 5 5-5",
  up: "M12 19V5m-6 6 6-6 6 6",
  wait: "M12 4a8 8 0 1 0 8 8M12 7.5V12l3 2",
} as const;

export type IconName = keyof typeof ICONS;

/** They point the way that one reads. Those that move something in a picture point to where it goes, in any language. */
const MIRRORED: ReadonlySet<IconName> = new Set(["undo", "redo"]);

/** Decoration: what it means stands in words beside it or in the button's name. */
export function icon(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 24 24" class=${MIRRORED.has(name) ? "icon mirrored" : "icon"} aria-hidden="true"><path d=${ICONS[name]}></path></svg>`;
}

/** `classes`: of the button. */
export function button(words: string, classes: string, act: (event: Event) => void, iconName?: IconName): TemplateResult {
  return html`<button type="button" class=${classes} @click=${act}>${iconName ? icon(iconName) : nothing}<span>${words}</span></button>`;
}

/**
 * A button of an icon alone; `label` is its name for assistive technology and its tooltip. One that is `off` keeps the focus, and
 * what it does must do no harm.
 */
export function iconButton(label: string, iconName: IconName, classes: string, act: (event: Event) => void, off = false): TemplateResult {
  return html`<button type="button" class=${classes} aria-label=${label} title=${label} aria-disabled=${off} @click=${act}>${icon(iconName)}</button>`;
}

/** A sentence about something that went wrong. */
export function alarm(words: string): TemplateResult {
  return html`<p class="alarm">${icon("alert")}<span>${words}</span></p>`;
}

/** A sentence about something that is done. */
export function done(words: string): TemplateResult {
  return html`<p class="switch-done">${icon("check")}<span>${words}</span></p>`;
}
