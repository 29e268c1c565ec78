/** Many people pass a camera, few of them are wanted: how many alarms there are, and how many of them are wrong. */

export interface Setting {
  /** Share of the wanted who are reported, from 0 to 1. */
  readonly hits: number;
  /** Share of all others who are reported. */
  readonly falseAlarms: number;
  readonly people: number;
  /** How many of the people are wanted. */
  readonly wanted: number;
}

export interface Outcome {
  readonly right: number;
  readonly wrong: number;
  /** Wanted people who pass unnoticed. */
  readonly missed: number;
  readonly alarms: number;
  /** Share of the alarms that are wrong; 0 if there is none. */
  readonly wrongShare: number;
}

/** What is to be expected. */
export function outcomeOf({ hits, falseAlarms, people, wanted }: Setting): Outcome {
  const present = Math.min(wanted, people);
  const right = present * hits;
  const wrong = (people - present) * falseAlarms;
  const alarms = right + wrong;
  return { right, wrong, missed: present - right, alarms, wrongShare: alarms === 0 ? 0 : wrong / alarms };
}

export const FIGURES = 1000;

/** Whole figures in the proportions of the parts, in their order: as many in all as there are figures. */
export function figuresOf(parts: readonly number[], figures = FIGURES): number[] {
  const sum = parts.reduce((a, b) => a + b, 0);
  if (sum === 0) {
    return parts.map(() => 0);
  }
  const exact = parts.map((part) => (part / sum) * figures);
  const counts = exact.map(Math.floor);
  const left = figures - counts.reduce((a, b) => a + b, 0);
  const byRest = exact.map((value, at) => ({ at, rest: value - Math.floor(value) })).sort((a, b) => b.rest - a.rest);
  byRest.slice(0, left).forEach(({ at }) => (counts[at] = (counts[at] ?? 0) + 1));
  return counts;
}

export interface Preset extends Setting {
  /** Its words are `base.preset.<name>` and `base.preset.<name>_words`. */
  readonly name: string;
}

/**
 * Published figures, and two made-up cases. Where nobody has published how many were missed, all who were rightly reported are counted as
 * all who were wanted; the words of the preset say so.
 */
export const PRESETS: readonly Preset[] = [
  { name: "suedkreuz", hits: 0.8, falseAlarms: 0.001, people: 90_000, wanted: 10 },
  { name: "suedkreuz_report", hits: 0.849, falseAlarms: 0.0067, people: 90_000, wanted: 10 },
  { name: "london", hits: 1, falseAlarms: 10 / (3_147_436 - 2_067), people: 3_147_436, wanted: 2_067 },
  { name: "laboratory", hits: 0.89, falseAlarms: 0.00017, people: 90_000, wanted: 10 },
  { name: "stadium", hits: 1, falseAlarms: 2_297 / (170_000 - 173), people: 170_000, wanted: 173 },
  { name: "demonstration", hits: 0.8, falseAlarms: 0.001, people: 20_000, wanted: 2 },
];
