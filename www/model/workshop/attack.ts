/** The exercise "Attack me": a face, whom of a gallery a recogniser finds by it, and what covers change about that. */

import { SAME_PERSON_FROM } from "../likeness.js";

/** Pixels to show: red, green, blue and alpha, row by row. */
export interface Pixels {
  readonly samples: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** How alike a face is to each entry of the gallery, in their order, -1 to 1. */
export type Likeness = ArrayLike<number>;

/** A face as it is seen, and what it gives away. */
export interface Look {
  readonly picture: Pixels;
  readonly aligned: Pixels;
  readonly landmarks: readonly (readonly [number, number])[];
  readonly numbers: ArrayLike<number>;
  readonly likeness: Likeness;
}

/** What undoing a cover made of the face. */
export interface Attempt {
  readonly undoing: string;
  readonly aligned: Pixels;
  readonly likeness: Likeness;
}

/** What the attacker who thinks has got out of a cover. */
export interface Thoughts {
  readonly undone: readonly Attempt[];
  readonly parrot: Likeness;
  /** How far the own face, and then others in the same photo, are from what is seen. */
  readonly samePhoto: ArrayLike<number>;
}

/** Covers in the order in which they are offered. Their names are `attack.cover.<id>`. */
export const COVERS = [
  { id: "none", kind: "none", strength: 0 },
  { id: "eye-bar", kind: "eye-bar", strength: 0 },
  { id: "mask", kind: "mask", strength: 0 },
  { id: "small-sticker", kind: "small-sticker", strength: 0 },
  { id: "blur-light", kind: "blur", strength: 0.05 },
  { id: "blur-strong", kind: "blur", strength: 0.2 },
  { id: "mosaic-16", kind: "mosaic", strength: 16 },
  { id: "mosaic-8", kind: "mosaic", strength: 8 },
  { id: "mosaic-4", kind: "mosaic", strength: 4 },
  { id: "soft", kind: "soft", strength: 0 },
  { id: "solid", kind: "solid", strength: 0 },
  { id: "own-mosaic", kind: "own-mosaic", strength: 0 },
  { id: "sticker", kind: "sticker", strength: 0 },
] as const;
export type Cover = (typeof COVERS)[number];
const [NO_COVER] = COVERS;

export interface Subject {
  /** The number of a picture of the gallery, or a photo of the participant's own. */
  readonly entry: number | "own";
  /** Entries that show the same person. */
  readonly right: readonly number[];
  /** The entry that is this very picture, if another one shows the person too: it would be found without any recognition. */
  readonly leftOut: number | null;
}

export type Engine =
  | { readonly kind: "off" }
  | { readonly kind: "loading"; readonly stage: "fetch" | "gallery"; readonly share: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly code: string };

export type Thinking =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly share: number }
  | { readonly kind: "done"; readonly thoughts: Thoughts }
  | { readonly kind: "failed"; readonly code: string };

export interface Attack {
  readonly engine: Engine;
  /** Answers to older questions are dropped. */
  readonly turn: number;
  /** A question is open. */
  readonly isBusy: boolean;
  readonly subject: Subject | null;
  /** The participant's photo with several faces, of which one is to be chosen. */
  readonly choice: { readonly picture: Pixels; readonly faces: readonly Face[] } | null;
  readonly cover: Cover;
  readonly clear: Look | null;
  readonly look: Look | null;
  readonly thinking: Thinking;
  /** Code of why a photo was not taken. */
  readonly problem: string | null;
}

/** `[x, y, width, height]` in pixels of the picture. */
export type Face = readonly [number, number, number, number];

export type AttackEvent =
  | { readonly kind: "prepare" }
  | { readonly kind: "loading"; readonly stage: "fetch" | "gallery"; readonly share: number }
  | { readonly kind: "ready" }
  | { readonly kind: "engine-failed"; readonly code: string }
  /** A picture of the gallery, or a photo of the participant's. */
  | { readonly kind: "take"; readonly subject: Subject }
  | { readonly kind: "opened"; readonly turn: number; readonly picture: Pixels; readonly faces: readonly Face[] }
  | { readonly kind: "choose"; readonly face: number }
  | { readonly kind: "seen"; readonly turn: number; readonly look: Look | null }
  | { readonly kind: "cover"; readonly cover: Cover }
  | { readonly kind: "covered"; readonly turn: number; readonly look: Look }
  | { readonly kind: "think" }
  | { readonly kind: "stop" }
  | { readonly kind: "thinking"; readonly turn: number; readonly share: number }
  | { readonly kind: "thought"; readonly turn: number; readonly thoughts: Thoughts }
  | { readonly kind: "failed"; readonly turn: number; readonly code: string };

/** `open` and the following are questions to the engine, answered with their turn. */
export type AttackEffect =
  | { readonly kind: "load" }
  | { readonly kind: "stop" }
  | { readonly kind: "open"; readonly turn: number; readonly entry: number | "own" }
  | { readonly kind: "choose"; readonly turn: number; readonly face: number; readonly entry: number | "own" }
  | { readonly kind: "cover"; readonly turn: number; readonly cover: Cover }
  | { readonly kind: "think"; readonly turn: number };

export const BEFORE: Attack = {
  engine: { kind: "off" },
  turn: 0,
  isBusy: false,
  subject: null,
  choice: null,
  cover: NO_COVER,
  clear: null,
  look: null,
  thinking: { kind: "idle" },
  problem: null,
};

interface Next {
  readonly state: Attack;
  readonly effects: readonly AttackEffect[];
}

const stay = (state: Attack): Next => ({ state, effects: [] });

export function stepAttack(state: Attack, event: AttackEvent): Next {
  if ("turn" in event && event.turn !== state.turn) {
    return stay(state);
  }
  switch (event.kind) {
    case "prepare":
      return { state: { ...state, engine: { kind: "loading", stage: "fetch", share: 0 } }, effects: [{ kind: "load" }] };
    case "loading":
      return stay(state.engine.kind === "loading" ? { ...state, engine: { kind: "loading", stage: event.stage, share: event.share } } : state);
    case "ready":
      return stay({ ...state, engine: { kind: "ready" } });
    case "engine-failed":
      return stay({ ...BEFORE, turn: state.turn + 1, engine: event.code === "aborted" ? { kind: "off" } : { kind: "failed", code: event.code } });
    case "take":
      return take(state, event.subject);
    case "opened":
      return opened(state, event.picture, event.faces);
    case "choose":
      return choose(state, event.face);
    case "seen":
      return stay(event.look === null ? refused(state, "no-face") : { ...state, isBusy: false, choice: null, clear: event.look, look: event.look });
    case "cover":
      return cover(state, event.cover);
    case "covered":
      return stay({ ...state, isBusy: false, look: event.look });
    case "think": {
      const turn = state.turn + 1;
      return { state: { ...state, turn, thinking: { kind: "running", share: 0 } }, effects: [{ kind: "think", turn }] };
    }
    case "stop":
      return { state: { ...state, turn: state.turn + 1, thinking: { kind: "idle" } }, effects: [{ kind: "stop" }] };
    case "thinking":
      return stay({ ...state, thinking: { kind: "running", share: event.share } });
    case "thought":
      return stay({ ...state, thinking: { kind: "done", thoughts: event.thoughts } });
    case "failed":
      return stay(failed(state, event.code));
  }
}

function take({ turn, engine }: Attack, subject: Subject): Next {
  const asked = { ...BEFORE, engine, turn: turn + 1, subject, isBusy: true };
  return { state: asked, effects: [{ kind: "stop" }, { kind: "open", turn: asked.turn, entry: subject.entry }] };
}

function opened(state: Attack, picture: Pixels, faces: readonly Face[]): Next {
  if (faces.length === 0) {
    return stay(refused(state, "no-face"));
  }
  const isSettled = faces.length === 1 || state.subject?.entry !== "own";
  return isSettled ? choose({ ...state, choice: null }, middle(picture, faces)) : stay({ ...state, isBusy: false, choice: { picture, faces } });
}

/** Of a picture of the gallery the face in the middle is meant. */
function middle({ width, height }: Pixels, faces: readonly Face[]): number {
  const off = ([x, y, w, h]: Face) => Math.hypot(x + w / 2 - width / 2, y + h / 2 - height / 2) / w;
  const offs = faces.map(off);
  return offs.indexOf(Math.min(...offs));
}

function choose(state: Attack, face: number): Next {
  const turn = state.turn + 1;
  const entry = state.subject?.entry ?? "own";
  return { state: { ...state, turn, isBusy: true }, effects: [{ kind: "choose", turn, face, entry }] };
}

function cover(state: Attack, wanted: Cover): Next {
  const turn = state.turn + 1;
  const asked: Attack = { ...state, turn, cover: wanted, isBusy: true, thinking: { kind: "idle" } };
  return { state: asked, effects: [{ kind: "stop" }, { kind: "cover", turn, cover: wanted }] };
}

function refused(state: Attack, problem: string): Attack {
  return { ...BEFORE, engine: state.engine, turn: state.turn, problem };
}

function failed(state: Attack, code: string): Attack {
  if (code === "crash" || code === "disposed") {
    return { ...BEFORE, turn: state.turn, engine: { kind: "failed", code } };
  }
  if (state.thinking.kind === "running") {
    return { ...state, thinking: code === "aborted" ? { kind: "idle" } : { kind: "failed", code } };
  }
  return refused(state, code);
}

/** Where the person stands among all. */
export interface Ranking {
  /** 1 is the first; null if nobody in the gallery is the person. */
  readonly place: number | null;
  readonly of: number;
  /** Of the person's entry that is most alike. */
  readonly likeness: number | null;
  /** Entries and how alike they are, most alike first. */
  readonly best: readonly { readonly entry: number; readonly likeness: number; readonly isRight: boolean }[];
}

export function rank(likeness: Likeness, { right, leftOut }: Subject): Ranking {
  const all = Array.from(likeness, (value, entry) => ({ entry, likeness: value, isRight: right.includes(entry) }));
  const best = all.filter(({ entry }) => entry !== leftOut).sort((a, b) => b.likeness - a.likeness);
  const at = best.findIndex(({ isRight }) => isRight);
  return { place: at < 0 ? null : at + 1, of: best.length, likeness: best[at]?.likeness ?? null, best };
}

/** The way of undoing by which the person comes nearest to the first place. */
export function bestAttempt(attempts: readonly Attempt[], subject: Subject): { readonly attempt: Attempt; readonly ranking: Ranking } | null {
  const ranked = attempts.map((attempt) => ({ attempt, ranking: rank(attempt.likeness, subject) }));
  const worth = ({ ranking }: (typeof ranked)[number]) => (ranking.place ?? Infinity) - (ranking.likeness ?? 0) / 10;
  return ranked.sort((a, b) => worth(a) - worth(b))[0] ?? null;
}

/** Grey levels below which two pictures count as the same: those of JPEG and rounding. */
const SAME = 0.01;

/** Of how many faces the own one could be under the cover, for somebody who has the very photo: 1 if it is told from all others. */
export function possibleFaces(samePhoto: ArrayLike<number>): number {
  const [own = 0, ...others] = Array.from(samePhoto);
  return 1 + others.filter((distance) => distance <= own + SAME).length;
}

/** A sentence of the locale files, and the numbers in it; `count` chooses the plural form. */
export interface Sentence {
  readonly key: string;
  readonly values: Readonly<Record<string, number>>;
}

/** What was seen of the cover: by the search, and by each of the attacks. */
export function seenWords({ look, subject }: Attack): Sentence | null {
  return look === null || subject === null ? null : placeWords((how) => `attack.seen_${how}`, rank(look.likeness, subject));
}

export function thoughtWords({ undone, parrot, samePhoto }: Thoughts, subject: Subject): readonly Sentence[] {
  const best = bestAttempt(undone, subject);
  const faces = possibleFaces(samePhoto);
  return [
    ...(best === null ? [] : [placeWords((how) => `attack.undone_${how}`, best.ranking)]),
    placeWords((how) => `attack.parrot_${how === "unsure" ? "first" : how}`, rank(parrot, subject)),
    { key: `attack.photo_${faces === 1 ? "told" : faces < samePhoto.length ? "some" : "not_told"}`, values: { faces, of: samePhoto.length } },
  ];
}

/** The product's own covers: what they show does not depend on the face under them. */
const OWN_COVERS: ReadonlySet<Cover["id"]> = new Set(["soft", "solid", "own-mosaic", "sticker"]);

/** The one sentence at the end: whether any of the attacks has found the person. */
export function verdict(look: Look, { undone, parrot, samePhoto }: Thoughts, subject: Subject, { id }: Cover): Sentence {
  const undoing = bestAttempt(undone, subject);
  const searches = [rank(look.likeness, subject), ...(undoing === null ? [] : [undoing.ranking]), rank(parrot, subject)];
  const first = searches.filter(({ place }) => place === 1).length;
  const isTold = possibleFaces(samePhoto) === 1;
  const found = first + (isTold ? 1 : 0);
  const values = { found, count: found, of: searches.length + 1 };
  if (first > 0 && !isTold && OWN_COVERS.has(id)) {
    return { key: "attack.verdict_luck", values: { found: first, count: first, of: searches.length } };
  }
  return { key: `attack.verdict_${id === "none" ? "open" : values.found > 0 ? "found" : "hidden"}`, values };
}

function placeWords(key: (how: string) => string, { place, of, likeness }: Ranking): Sentence {
  const values = { place: place ?? 0, of, likeness: Math.round((likeness ?? 0) * 100) / 100 };
  const isSure = (likeness ?? 0) >= SAME_PERSON_FROM;
  return { key: key(place === null ? "nobody" : place > 1 ? "later" : isSure ? "first" : "unsure"), values };
}
