/** Lesson plans: which step shows which screen, and how long it takes. The words of each step are in the locale files. */

/** In the order in which they are shown and paged through. */
export const EXERCISES = ["attack", "one-to-many", "base-rates", "unequal", "metadata", "who", "quiz", "timed", "overlooked"] as const;
export type Exercise = (typeof EXERCISES)[number];

/** `talk`: a step without an exercise, of which only the words are shown. */
export type ScreenName = "start" | Exercise | "kit" | "sources" | "plan" | "talk";

export const PLANS = ["15", "45", "90"] as const;
export type PlanName = (typeof PLANS)[number];

export interface Step {
  /** Its words are `plan.step.<name>` and so on. */
  readonly name: string;
  readonly minutes: number;
  readonly screen: Exercise | "kit" | "talk";
}

const step = (name: string, minutes: number, screen: Step["screen"] = "talk"): Step => ({ name, minutes, screen });

export const STEPS: Readonly<Record<PlanName, readonly Step[]>> = {
  "15": [
    step("hook", 2, "attack"),
    step("vote", 2, "quiz"),
    step("attack", 5, "attack"),
    step("why", 3, "base-rates"),
    step("action", 2, "kit"),
    step("question", 1),
  ],
  "45": [
    step("ground_rules", 4),
    step("activity", 10, "attack"),
    step("discussion", 6, "quiz"),
    step("input", 10, "base-rates"),
    step("practice", 10, "timed"),
    step("synthesis", 5, "kit"),
  ],
  "90": [
    step("ground_rules", 5),
    step("activity", 15, "attack"),
    step("discussion", 10, "quiz"),
    step("numbers", 10, "base-rates"),
    step("unequal", 5, "unequal"),
    step("break", 5),
    step("metadata", 7, "metadata"),
    step("practice", 10, "timed"),
    step("overlooked", 8, "overlooked"),
    step("rights", 10, "who"),
    step("synthesis", 5, "kit"),
  ],
};

export function minutesOf(plan: PlanName): number {
  return STEPS[plan].reduce((sum, { minutes }) => sum + minutes, 0);
}
