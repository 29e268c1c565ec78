/**
 * Looking for a person's own face in the other photos: `(state, event) → state and effects`. The recogniser only suggests; each suggestion
 * is shown, and nothing is left open but by the person. Of what is computed, only the own face's embedding is kept, while it is compared.
 */

import { SAME_PERSON_FROM } from "./likeness.js";
import { isUnderReview, ownFace, regionsOf } from "./photo.js";
import type { Photo } from "./photo.js";
import { isCovered } from "./regions.js";
import type { ListedRegion } from "./regions.js";
import type { Command, Session } from "./session.js";

/** What a face is compared by; null if it could not be made. */
export type Embedding = Float32Array | null;

export interface Face {
  readonly photo: number;
  readonly region: number;
}

export interface Suggestion extends Face {
  /** The person has been shown it. */
  readonly isShown: boolean;
}

export type Stage =
  /** Nothing has been computed. */
  | { readonly kind: "asking" }
  | {
      readonly kind: "looking";
      readonly job: number;
      /** The own face's embedding, once it is there. */
      readonly own: Embedding;
      /** Photos that are still to be looked at; the first of them is being looked at. */
      readonly left: readonly number[];
      readonly all: number;
      readonly faces: readonly Face[];
      /** How many photos could not be compared. */
      readonly failures: number;
    }
  /** `at`: the suggestion that is shown. */
  | { readonly kind: "found"; readonly suggestions: readonly Suggestion[]; readonly at: number; readonly failures: number }
  /** `code`: why the own face could not be compared; null if its photo does not show enough of it. */
  | { readonly kind: "failed"; readonly code: string | null };

export interface OnlyMe {
  readonly own: Face;
  readonly stage: Stage;
  readonly lastJob: number;
}

export type OnlyMeEvent =
  | { readonly kind: "look" | "stop" | "open-all" | "take-back" }
  /** The next suggestion is shown, or the one before. */
  | { readonly kind: "turn"; readonly by: 1 | -1 }
  /** About the suggestion that is shown. */
  | { readonly kind: "decide"; readonly decision: "open" | "cover" }
  | { readonly kind: "embedded"; readonly job: number; readonly regions: readonly number[]; readonly embeddings: readonly Embedding[] }
  | { readonly kind: "not-embedded"; readonly job: number; readonly code: string }
  /** The session is another one: what it has no more is forgotten. */
  | { readonly kind: "session" };

export type OnlyMeEffect =
  | { readonly kind: "embed"; readonly job: number; readonly file: number; readonly regions: readonly ListedRegion[] }
  | { readonly kind: "stop"; readonly job: number }
  | { readonly kind: "send"; readonly command: Command };

interface Step {
  /** Null once there is no own face any more. */
  readonly state: OnlyMe | null;
  readonly effects: readonly OnlyMeEffect[];
}

export function ask(own: Face): OnlyMe {
  return { own, stage: { kind: "asking" }, lastJob: 0 };
}

export function stepOnlyMe(state: OnlyMe, event: OnlyMeEvent, session: Session): Step {
  const { stage } = state;
  switch (event.kind) {
    case "look":
      return look(state, session);
    case "stop":
      return { state: ask(state.own), effects: stopping(stage) };
    case "turn":
      return only(stage.kind === "found" ? { ...state, stage: turned(stage, event.by) } : state);
    case "decide":
      return decide(state, shownFaces(stage), event.decision);
    case "open-all":
      return decide(state, canOpenAll(state) ? toBeOpened(state, session) : [], "open");
    case "take-back":
      return decide(state, opened(state, session), "undecided");
    case "embedded":
      return isAwaited(stage, event.job) ? embedded(state, stage, event, session) : only(state);
    case "not-embedded":
      return isAwaited(stage, event.job) ? notEmbedded(state, stage, event.code, session) : only(state);
    case "session":
      return inSession(state, session);
  }
}

/** Photos that can be looked at: a person is deciding about them, and their faces can be shown. */
export function candidates({ photos }: Session, own: Face): Photo[] {
  return photos.filter((photo) => photo.id !== own.photo && canBeShown(photo) && faces(photo).length > 0);
}

/** How many other photos cannot be looked at. */
export function leftOut({ photos }: Session, own: Face): number {
  return photos.filter((photo) => photo.id !== own.photo && !canBeShown(photo)).length;
}

/** All suggestions have been shown. */
export function canOpenAll({ stage }: OnlyMe): boolean {
  return stage.kind === "found" && stage.suggestions.every(({ isShown }) => isShown);
}

/** Suggestions that nobody has decided about. */
export function toBeOpened({ stage }: OnlyMe, session: Session): readonly Face[] {
  return suggestionsOf(stage).filter((face) => regionOf(session, face)?.decision === "undecided");
}

/** Suggestions that have been left open. */
export function opened({ stage }: OnlyMe, session: Session): readonly Face[] {
  return suggestionsOf(stage).filter((face) => regionOf(session, face)?.decision === "open");
}

export function photoOf({ photos }: Session, { photo }: Face): Photo | undefined {
  return photos.find(({ id }) => id === photo);
}

export function regionOf(session: Session, face: Face): ListedRegion | undefined {
  const photo = photoOf(session, face);
  return photo && regionsOf(photo).find(({ id }) => id === face.region);
}

function only(state: OnlyMe): Step {
  return { state, effects: [] };
}

function canBeShown(photo: Photo): boolean {
  return isUnderReview(photo) && photo.before !== null;
}

function faces(photo: Photo): ListedRegion[] {
  return regionsOf(photo).filter(({ origin }) => origin === "found");
}

function suggestionsOf(stage: Stage): readonly Suggestion[] {
  return stage.kind === "found" ? stage.suggestions : [];
}

function shownFaces(stage: Stage): readonly Face[] {
  return stage.kind === "found" ? stage.suggestions.slice(stage.at, stage.at + 1) : [];
}

function stopping(stage: Stage): OnlyMeEffect[] {
  return stage.kind === "looking" ? [{ kind: "stop", job: stage.job }] : [];
}

/** Only with the recogniser that the person has switched on. */
function look(state: OnlyMe, session: Session): Step {
  const photo = photoOf(session, state.own);
  const region = regionOf(session, state.own);
  if (session.recogniser.kind !== "on" || state.stage.kind === "looking" || photo === undefined || region === undefined) {
    return only(state);
  }
  const job = state.lastJob + 1;
  const left = candidates(session, state.own).map(({ id }) => id);
  const stage: Stage = { kind: "looking", job, own: null, left, all: left.length, faces: [], failures: 0 };
  return { state: { ...state, stage, lastJob: job }, effects: [{ kind: "embed", job, file: photo.file, regions: [region] }] };
}

type Looking = Extract<Stage, { kind: "looking" }>;

function isAwaited(stage: Stage, job: number): stage is Looking {
  return stage.kind === "looking" && stage.job === job;
}

/** The first answer is about the own face, all others are about the faces of a photo. */
function embedded(state: OnlyMe, stage: Looking, { regions, embeddings }: Extract<OnlyMeEvent, { kind: "embedded" }>, session: Session): Step {
  if (stage.own === null) {
    const own = embeddings[0] ?? null;
    return own === null ? only({ ...state, stage: { kind: "failed", code: null } }) : goOn(state, { ...stage, own }, session);
  }
  const region = mostAlike(stage.own, regions, embeddings);
  const [photo, ...left] = stage.left;
  const found = region === null || photo === undefined ? [] : [{ photo, region }];
  return goOn(state, { ...stage, left, faces: [...stage.faces, ...found] }, session);
}

function notEmbedded(state: OnlyMe, stage: Looking, code: string, session: Session): Step {
  if (stage.own === null) {
    return only({ ...state, stage: { kind: "failed", code } });
  }
  return goOn(state, { ...stage, left: stage.left.slice(1), failures: stage.failures + 1 }, session);
}

/** Looks at the next photo that is still there. After the last one, the own face's embedding is forgotten. */
function goOn(state: OnlyMe, stage: Looking, session: Session): Step {
  const there = new Map(candidates(session, state.own).map((photo) => [photo.id, photo]));
  const left = stage.left.filter((id) => there.has(id));
  const photo = there.get(left[0] ?? 0);
  if (photo === undefined) {
    const suggestions = stage.faces.filter((face) => canBeOpened(session, face)).map((face, index) => ({ ...face, isShown: index === 0 }));
    return only({ ...state, stage: { kind: "found", suggestions, at: 0, failures: stage.failures } });
  }
  const job = state.lastJob + 1;
  return { state: { ...state, stage: { ...stage, job, left }, lastJob: job }, effects: [{ kind: "embed", job, file: photo.file, regions: faces(photo) }] };
}

/** A person is in a photo once: the face that is most alike, if any is alike enough. */
function mostAlike(own: Float32Array, regions: readonly number[], embeddings: readonly Embedding[]): number | null {
  let best: number | null = null;
  let most = SAME_PERSON_FROM;
  for (const [index, embedding] of embeddings.entries()) {
    const likeness = embedding === null ? -1 : cosine(own, embedding);
    if (likeness >= most) {
      [best, most] = [regions[index] ?? null, likeness];
    }
  }
  return best;
}

/** Of vectors of length 1. */
function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

function canBeOpened(session: Session, face: Face): boolean {
  const region = regionOf(session, face);
  return isThere(session, face) && region !== undefined && isCovered(region);
}

function isThere(session: Session, face: Face): boolean {
  const photo = photoOf(session, face);
  return photo !== undefined && canBeShown(photo) && regionOf(session, face) !== undefined;
}

function turned(stage: Extract<Stage, { kind: "found" }>, by: number): Stage {
  const at = Math.min(Math.max(stage.at + by, 0), Math.max(stage.suggestions.length - 1, 0));
  return { ...stage, at, suggestions: stage.suggestions.map((each, index) => (index === at ? { ...each, isShown: true } : each)) };
}

/** Each is undone in its photo, as any other decision. */
function decide(state: OnlyMe, decided: readonly Face[], decision: "open" | "cover" | "undecided"): Step {
  const effects = decided.map(({ photo, region }): OnlyMeEffect => ({
    kind: "send",
    command: { kind: "regions", photo, change: { kind: "decide", regions: [region], decision } },
  }));
  return { state, effects };
}

/** Without the recogniser, nothing that it gave is kept; without the own face, nothing at all. */
function inSession(state: OnlyMe, session: Session): Step {
  const { own, stage } = state;
  const photo = photoOf(session, own);
  if (photo === undefined || ownFace(photo)?.id !== own.region) {
    return { state: null, effects: stopping(stage) };
  }
  if (session.recogniser.kind !== "on" && stage.kind !== "asking") {
    return { state: ask(own), effects: stopping(stage) };
  }
  if (stage.kind !== "found" || stage.suggestions.every((face) => isThere(session, face))) {
    return only(state);
  }
  const suggestions = stage.suggestions.filter((face) => isThere(session, face));
  return only({ ...state, stage: turned({ ...stage, suggestions }, 0) });
}
