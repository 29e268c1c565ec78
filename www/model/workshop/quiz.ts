/** "Is this blurred enough?": covered pictures, what a person guesses, and what an attack says. */

import type { Pixels } from "./attack.js";

/** What an attack on one covered picture found, by real computation. */
export interface AttackResult {
  /** Of the covered picture: the same name as in {@link QUESTIONS}. */
  readonly name: string;
  /** The covered picture. */
  readonly picture: Pixels;
  /** At which place of the list of all people the right person stands, from 1 on; null until the attack is over. */
  readonly rank: number | null;
  /** How many people are in the list. */
  readonly people: number;
}

/** Computes the answers. The screen `attack` supplies one; without it, the quiz shows what `make attack` has measured. */
export interface AttackResults {
  /** Called with each result as it comes, first with pictures alone. @throws Error if the recogniser is not to be had */
  run(names: readonly string[], onResult: (result: AttackResult) => void): Promise<void>;
  /** Nobody waits for further results. */
  stop(): void;
}

export interface Question {
  /** Its words are `quiz.question.<name>`. */
  readonly name: string;
  /** Of 100 people, how many were found again at the first place by the best attack, as `make attack` measured; see docs/threats.md. */
  readonly found: number;
}

/** The questions' names, ordered so that a guess by looks alone fails. */
export const COVERED = ["eye_bar", "mosaic_16", "blur_light", "blur_strong", "mosaic_8", "solid"] as const;

/** What counts as enough: hardly anybody is found, and the same as under one colour, where the hair gives people away. */
const ENOUGH = 5;

export type Guess = "enough" | "not-enough";

export interface Quiz {
  readonly at: number;
  readonly guesses: readonly Guess[];
}

export const BEGUN: Quiz = { at: 0, guesses: [] };

export function isRight({ found }: Question, guess: Guess): boolean {
  return (guess === "enough") === found <= ENOUGH;
}

/** `guess`: about the question at hand, once. `next`: the next question, once the one at hand was answered. */
export type QuizEvent = { readonly kind: "guess"; readonly guess: Guess } | { readonly kind: "next" };

export function stepQuiz(state: Quiz, event: QuizEvent): Quiz {
  const isAnswered = state.guesses.length > state.at;
  switch (event.kind) {
    case "guess":
      return isAnswered || state.at >= COVERED.length ? state : { ...state, guesses: [...state.guesses, event.guess] };
    case "next":
      return isAnswered ? { ...state, at: state.at + 1 } : state;
  }
}

export function score({ guesses }: Quiz, questions: readonly Question[]): number {
  return guesses.filter((guess, at) => isRight(questions[at] as Question, guess)).length;
}
