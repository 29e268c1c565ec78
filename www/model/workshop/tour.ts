/** Where in the workshop one is, and paging through it: `(state, event) → state and effects`. The address is the only memory. */

import { EXERCISES, PLANS, STEPS } from "./plans.js";
import type { PlanName, ScreenName, Step } from "./plans.js";

export interface Place {
  readonly screen: ScreenName;
  /** The lesson plan that is followed, and the number of the step in it, from 0 on. */
  readonly plan: PlanName | null;
  readonly step: number | null;
}

export interface Tour {
  readonly place: Place;
  /** In the projector mode one part of a screen is shown at a time. */
  readonly isProjected: boolean;
  readonly slide: number;
  /** How many parts the screen has. */
  readonly slides: number;
  /** One is paging backwards, so the next screen is entered at its end. */
  readonly isGoingBack: boolean;
  /** How often the workshop was reset: each time everything that is shown is made anew. */
  readonly resets: number;
}

export type TourEvent =
  | { readonly kind: "arrive"; readonly hash: string }
  | { readonly kind: "counted"; readonly slides: number }
  | { readonly kind: "page"; readonly by: 1 | -1 }
  | { readonly kind: "project"; readonly on: boolean }
  | { readonly kind: "reset" };

/** `go`: to that address. `focus`: to the heading. */
export type TourEffect = { readonly kind: "go"; readonly hash: string } | { readonly kind: "focus" };

interface Next {
  readonly state: Tour;
  readonly effects: readonly TourEffect[];
}

const START: Place = { screen: "start", plan: null, step: null };
/** Until the screen has said how many parts it has. */
const LAST = Number.MAX_SAFE_INTEGER;

export const ARRIVED: Tour = { place: START, isProjected: false, slide: 0, slides: LAST, isGoingBack: false, resets: 0 };

const isPlan = (name: string): name is PlanName => (PLANS as readonly string[]).includes(name);
const isScreen = (name: string): name is ScreenName => ([...EXERCISES, "kit", "sources"] as string[]).includes(name);

/** What an address stands for: `#/base-rates` a screen, `#/15` a plan, `#/15/2` a step of it. Any other is the start. */
export function placeOf(hash: string): Place {
  const [name = "", number] = hash.replace(/^#\/?/, "").split("/");
  if (!isPlan(name)) {
    return isScreen(name) ? { screen: name, plan: null, step: null } : START;
  }
  const at = Number(number) - 1;
  const found: Step | undefined = STEPS[name][at];
  return found === undefined ? { screen: "plan", plan: name, step: null } : { screen: found.screen, plan: name, step: at };
}

export function hashOf({ screen, plan, step }: Place): string {
  if (plan !== null) {
    return step === null ? `#/${plan}` : `#/${plan}/${step + 1}`;
  }
  return screen === "start" ? "#/" : `#/${screen}`;
}

/** Where paging leads from the last part, or back from the first; null at both ends. */
export function neighbour({ screen, plan, step }: Place, by: 1 | -1): Place | null {
  if (plan !== null) {
    const at = (step ?? -1) + by;
    const found = STEPS[plan][at];
    if (found === undefined) {
      return at === -1 ? { screen: "plan", plan, step: null } : null;
    }
    return { screen: found.screen, plan, step: at };
  }
  const order: readonly ScreenName[] = ["start", ...EXERCISES];
  const at = order.indexOf(screen);
  const found = at < 0 ? undefined : order[at + by];
  return found === undefined ? null : { screen: found, plan: null, step: null };
}

export function stepTour(state: Tour, event: TourEvent): Next {
  switch (event.kind) {
    case "arrive":
      return arrive(state, placeOf(event.hash));
    case "counted":
      return { state: { ...state, slides: event.slides, slide: Math.min(state.slide, event.slides - 1) }, effects: [] };
    case "page":
      return page(state, event.by);
    case "project":
      return { state: { ...state, isProjected: event.on, slide: 0 }, effects: [] };
    case "reset":
      return { state: { ...state, slide: 0, resets: state.resets + 1 }, effects: [{ kind: "focus" }] };
  }
}

function arrive(state: Tour, place: Place): Next {
  if (hashOf(place) === hashOf(state.place)) {
    return { state, effects: [] };
  }
  const slide = state.isProjected && state.isGoingBack ? LAST : 0;
  return { state: { ...state, place, slide, slides: LAST, isGoingBack: false }, effects: [{ kind: "focus" }] };
}

function page(state: Tour, by: 1 | -1): Next {
  const slide = state.slide + by;
  if (state.isProjected && slide >= 0 && slide < state.slides) {
    return { state: { ...state, slide }, effects: [{ kind: "focus" }] };
  }
  const place = neighbour(state.place, by);
  return place === null ? { state, effects: [] } : { state: { ...state, isGoingBack: by === -1 }, effects: [{ kind: "go", hash: hashOf(place) }] };
}
