/**
 * The screens, each fetched when it is first shown. To add one: a folder with a class that extends `Screen`, a line here, its name in
 * `model/workshop/plans.ts`, its words in `locales/`, and, if it is an exercise, words `card.<name>` for the start.
 */

import type { ScreenName } from "../../model/workshop/plans.js";
import type { Screen } from "./base/screen.js";

type ScreenClass = new () => Screen;

const SCREENS: Partial<Record<ScreenName, () => Promise<ScreenClass>>> & { start: () => Promise<ScreenClass> } = {
  start: async () => (await import("./start/start.js")).Start,
};

/** What is shown can be chosen on the start. */
export function hasScreen(name: ScreenName): boolean {
  return SCREENS[name] !== undefined;
}

/** Makes a new element of the screen, or of the start if there is none. @throws Error if its code is not to be had */
export async function makeScreen(name: ScreenName): Promise<Screen> {
  const type = await (SCREENS[name] ?? SCREENS.start)();
  const tag = `tk-shop-${hasScreen(name) ? name : "start"}`;
  if (customElements.get(tag) === undefined) {
    customElements.define(tag, type);
  }
  return new type();
}
