/** One face compared with many: how likely a false match becomes. */

/** About as many as live in Germany. */
export const MOST_CANDIDATES = 84_000_000;

/**
 * Chance of at least one false match, if each comparison is wrong by chance and independently: 1 − (1 − f)ⁿ.
 *
 * @param rate false match rate f of one comparison, from 0 to 1
 */
export function chanceOfFalseMatch(rate: number, candidates: number): number {
  return -Math.expm1(candidates * Math.log1p(-rate));
}

/** How many false matches are to be expected. */
export function expectedMatches(rate: number, candidates: number): number {
  return rate * candidates;
}

/** Round numbers between one candidate and a country, so that a slider has a stop at each: 1, 2, 5, 10, … and the country itself. */
export const CANDIDATES: readonly number[] = [...roundNumbers(MOST_CANDIDATES), MOST_CANDIDATES];

function roundNumbers(below: number): number[] {
  const found: number[] = [];
  for (let power = 1; power < below; power *= 10) {
    found.push(...[1, 2, 5].map((digit) => digit * power).filter((number) => number < below));
  }
  return found;
}

/** False match rates to choose from, one wrong in so many comparisons. */
export const ONE_IN: readonly number[] = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

export interface MatchPreset {
  /** Its words are `many.preset.<name>`. */
  readonly name: string;
  readonly candidates: number;
  /** One false match in so many comparisons. */
  readonly oneIn: number;
}

/** The number of candidates on the slider that is nearest. */
export function stopOf(candidates: number): number {
  const distances = CANDIDATES.map((number) => Math.abs(Math.log(number / candidates)));
  return distances.indexOf(Math.min(...distances));
}

export const MATCH_PRESETS: readonly MatchPreset[] = [
  { name: "passport", candidates: 1, oneIn: 10_000 },
  { name: "list", candidates: 20_000, oneIn: 1_000_000 },
  { name: "city", candidates: 1_000_000, oneIn: 1_000_000 },
  { name: "country", candidates: MOST_CANDIDATES, oneIn: 1_000_000 },
];
