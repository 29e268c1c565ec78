/**
 * The screens, each fetched when it is first shown. To add one: a folder with a class that extends `Screen`, a line here, its name in
 * `model/workshop/plans.ts`, its words in `locales/`, and, if it is an exercise, words `card.<name>` for the start.
 */

import type { ScreenName } from "../../model/workshop/plans.js";
import type { Screen } from "./base/screen.js";

type ScreenClass = new () => Screen;

const SCREENS: Partial<Record<ScreenName, () => Promise<ScreenClass>>> & { start: () => Promise<ScreenClass> } = {
  start: async () => (await import("./start/start.js")).Start,
  attack: async () => (await import("./attack/attack.js")).AttackMe,
  "one-to-many": async () => (await import("./one-to-many/one-to-many.js")).OneToMany,
  "base-rates": async () => (await import("./base-rates/base-rates.js")).BaseRates,
  unequal: async () => (await import("./unequal/unequal.js")).Unequal,
  metadata: async () => (await import("./metadata/metadata.js")).Metadata,
  who: async () => (await import("./who/who.js")).Who,
  quiz: async () => (await import("./quiz/quiz.js")).Quiz,
  timed: async () => (await import("./timed/timed.js")).Timed,
  overlooked: async () => (await import("./overlooked/overlooked.js")).Overlooked,
  kit: async () => (await import("./kit/kit.js")).Kit,
  sources: async () => (await import("./sources/sources.js")).Sources,
  plan: async () => (await import("./plan/plan.js")).Plan,
  talk: async () => (await import("./talk/talk.js")).Talk,
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
