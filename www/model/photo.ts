/** One photo, from its choice to its proved copy. Plain data: the file and the pictures are known by numbers and addresses. */

import type { Check, Decision, FileReport, Identifiability, Proof, Region } from "../engine/generated/report.js";
import type { RegionRequest, Stage } from "../engine/generated/options.js";
import { centredBox, isSameBox } from "./geometry.js";
import type { Box, Size } from "./geometry.js";
import { begin, enter, redo, undo } from "./history.js";
import type { Change, History } from "./history.js";
import { NO_CHOICES, choose, redoChoice, undoChoice } from "./style-history.js";
import type { Settings, StyleHistory } from "./style-history.js";
import { erase } from "./eraser.js";
import { confirmed, failedBoxes, faintBoxes, fromPerson, fromProof, fromReport, fromShape, isCovered, match, reshape, scale, shownBox, toRequest } from "./regions.js";
import type { ListedRegion, Shape, Stroke } from "./regions.js";
import { outcomeOf } from "./outcome.js";
import type { Outcome } from "./outcome.js";
import type { Style } from "./style.js";

/** `search`: the photo is searched again, thoroughly. */
export type Task = "check" | "search" | "protect";

export type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "working"; readonly task: Task; readonly stage: Stage; readonly fraction: number }
  | { readonly kind: "review" }
  /**
   * `made`: the number of the work by which the copy was made. No other copy of the photo has it.
   * `saved`: the copy is on the person's disk, or was handed to the browser's downloads or another app.
   */
  | { readonly kind: "proved"; readonly made: number; readonly copy: Copy; readonly proof: Proof; readonly outcome: Outcome; readonly saved: boolean }
  | { readonly kind: "unproved"; readonly proof: Proof }
  /** It could not be covered; what was decided is kept. */
  | { readonly kind: "failed"; readonly code: string };

/** What is being done with a photo, or waits for its turn. */
export interface Work {
  readonly job: number;
  readonly task: Task;
  /** The engine has been asked for it. */
  readonly begun: boolean;
  /** A person has asked for it by itself: it does not wait, not even while the others are paused. */
  readonly urgent: boolean;
  /** Of the covers to be drawn, as it was chosen when they were asked for. */
  readonly style: Style | null;
}

/** How far the recogniser is with the photo's faces. */
export type Recognition =
  | { readonly kind: "none" }
  | { readonly kind: "working"; readonly job: number; readonly fraction: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly code: string };

/** A picture that can be shown. */
export interface Picture extends Size {
  readonly url: string;
}

/** A picture that the file holds besides its own. */
export interface LeakedPicture extends Picture {
  /** Its leak's place in the report. */
  readonly leak: number;
}

/** What can be saved. */
export interface Copy {
  /** Null once it has been saved and is kept here no longer. */
  readonly url: string | null;
  readonly name: string;
  readonly bytes: number;
  readonly after: Picture | null;
}

export interface Photo {
  /** Counts from 1; the saved copy is named after it. */
  readonly id: number;
  /** What the app knows the file by. */
  readonly file: number;
  readonly name: string;
  readonly phase: Phase;
  readonly work: Work | null;
  readonly report: FileReport | null;
  readonly before: Picture | null;
  /** Its pictures were let go of to save memory; they are made again when it is shown. */
  readonly isBare: boolean;
  /** The work by which they are made again. */
  readonly showing: number | null;
  readonly leaked: readonly LeakedPicture[];
  readonly history: History<readonly ListedRegion[]>;
  /** How covers are drawn, as it was chosen while this photo was decided about. */
  readonly choices: StyleHistory;
  readonly lastRegion: number;
  /** The region that alone was left open: the person's own face. */
  readonly own: number | null;
  /** The region that is being moved and resized. */
  readonly adjusted: number | null;
  /** As it was before that. */
  readonly adjustedFrom: ListedRegion | null;
  /** Set once it has been searched thoroughly: how many detections came and went. Its copy is then checked thoroughly, too. */
  readonly thorough: { readonly added: number; readonly dropped: number } | null;
  /** Code of why the last thorough search of it failed. */
  readonly searchFailure: string | null;
  readonly recognition: Recognition;
  /** What the recogniser made of faces, by the regions' ids. */
  readonly recognised: Readonly<Record<number, Identifiability>>;
}

/** What a person does to the regions. */
export type RegionChange =
  | { readonly kind: "decide"; readonly regions: readonly number[]; readonly decision: Decision }
  /** This region alone is left open and everybody else covered, or the other way round. */
  | { readonly kind: "only"; readonly region: number; readonly decision: "open" | "cover" }
  /** `at`: when, in milliseconds; several such changes in a row count as one. */
  | { readonly kind: "reshape"; readonly region: number; readonly box: Box; readonly at?: number }
  | { readonly kind: "scale"; readonly region: number; readonly factor: number; readonly at: number }
  /** Without a box, in the middle of the picture. */
  | { readonly kind: "add"; readonly box: Box | null }
  /** Like `add`, but nobody goes on shaping it. */
  | { readonly kind: "draw"; readonly shape: Shape }
  | ({ readonly kind: "erase" } & Stroke)
  | { readonly kind: "remove"; readonly region: number }
  /** What checks of a copy point at, each once. */
  | { readonly kind: "propose"; readonly boxes: readonly Box[]; readonly decision: Decision }
  | { readonly kind: "undo" }
  | { readonly kind: "redo" };

export function newPhoto(id: number, file: number, name: string, job: number): Photo {
  return {
    id,
    file,
    name,
    phase: { kind: "waiting" },
    work: { job, task: "check", begun: false, urgent: false, style: null },
    report: null,
    before: null,
    isBare: false,
    showing: null,
    leaked: [],
    history: begin([]),
    choices: NO_CHOICES,
    lastRegion: 0,
    own: null,
    adjusted: null,
    adjustedFrom: null,
    thorough: null,
    searchFailure: null,
    recognition: { kind: "none" },
    recognised: {},
  };
}

export function regionsOf(photo: Photo): readonly ListedRegion[] {
  return photo.history.present;
}

export function sizeOf({ report }: Photo): Size {
  return { width: report?.width || 1, height: report?.height || 1 };
}

/** What the engine is told about the regions. */
export function requestsOf(photo: Photo): RegionRequest[] {
  return regionsOf(photo).map((region) => toRequest(region, sizeOf(photo)));
}

export function coveredCount(photo: Photo): number {
  return regionsOf(photo).filter(isCovered).length;
}

export function foundCount(photo: Photo): number {
  return regionsOf(photo).filter((region) => region.origin === "found").length;
}

/** How identifiable the region's face is, as well as it is known. */
export function identifiabilityOf(photo: Photo, region: ListedRegion): Identifiability | null {
  return photo.recognised[region.id] ?? region.identifiability;
}

/** The face that a person has said is their own, as long as it is left open. */
export function ownFace(photo: Photo): ListedRegion | null {
  return regionsOf(photo).find((region) => region.id === photo.own && region.origin === "found" && !isCovered(region)) ?? null;
}

/** The report is there, so a person can decide. */
export function isDecidable({ report, phase }: Photo): boolean {
  return report !== null && phase.kind !== "working" && phase.kind !== "waiting";
}

/** A person is deciding about its regions. */
export function isUnderReview({ phase }: Pick<Photo, "phase">): boolean {
  return phase.kind === "review" || phase.kind === "failed";
}

/** Its camera or program can be told by how it is compressed. */
export function tellsCoding({ report }: Pick<Photo, "report">): boolean {
  return report !== null && report.leaks.some(({ kind }) => kind === "coding");
}

/** It waits for a thorough search, or is being searched. */
export function isSearching({ work }: Photo): boolean {
  return work?.task === "search";
}

/** A person is deciding, and a thorough search could still add something. */
export function isSearchable({ report, thorough, phase }: Photo): boolean {
  return report !== null && thorough === null && isUnderReview({ phase });
}

/** Pictures of it that are kept in memory. */
export function picturesOf({ before, leaked, phase }: Photo): string[] {
  const after = phase.kind === "proved" ? phase.copy.after : null;
  return [before, ...leaked, after].flatMap((picture) => (picture === null ? [] : [picture.url]));
}

/** Address of a picture of the copy: of a small one, if there is one. Null if the copy has left the memory, too. */
export function pictureOfCopy({ after, url }: Copy): string | null {
  return after?.url ?? url;
}

/** Lets go of its pictures. */
export function unpictured(photo: Photo): Photo {
  const { phase } = photo;
  const bare: Phase = phase.kind === "proved" ? { ...phase, copy: { ...phase.copy, after: null } } : phase;
  return { ...photo, before: null, leaked: [], isBare: true, phase: bare };
}

/** Found faces that the recogniser has not been shown. */
export function unrecognised(photo: Photo): ListedRegion[] {
  return regionsOf(photo).filter(({ origin, id }) => origin === "found" && photo.recognised[id] === undefined);
}

export function checked(photo: Photo, report: FileReport, before: Picture | null, leaked: readonly LeakedPicture[]): Photo {
  const regions = report.regions.map((region, index) => fromReport(index + 1, region));
  return { ...reviewed(photo), report, before, leaked, history: begin(regions), choices: NO_CHOICES, lastRegion: regions.length };
}

/**
 * Takes in a thorough search. What a person has decided stays. Of the detections that were not made again, those that were
 * uncertain go, and the others become uncertain. What was changed before cannot be undone any more: a region must not go with it
 * that nobody had seen then.
 */
export function searched(photo: Photo, report: FileReport): Photo {
  const earlier = regionsOf(photo);
  const matches = match(report.regions, earlier);
  const again = new Map(matches.flatMap((region, index) => (region === null ? [] : [[region, report.regions[index] as Region]])));
  const kept = earlier.flatMap((region) => {
    const face = again.get(region);
    return face !== undefined ? [confirmed(region, face)] : outlasts(region) ? [doubted(region)] : [];
  });
  const fresh = report.regions.filter((_, index) => matches[index] === null);
  const added = fresh.map((region, index) => fromReport(photo.lastRegion + index + 1, region));
  const seenAgain = [...again.keys()].filter(({ origin }) => origin === "found").map(({ id }) => id);
  return {
    ...reviewed(photo),
    report,
    history: begin([...kept, ...added]),
    choices: NO_CHOICES,
    lastRegion: photo.lastRegion + added.length,
    thorough: { added: added.length, dropped: earlier.length - kept.length },
    recognised: without(photo.recognised, seenAgain),
  };
}

/** The region stays if a more thorough search does not confirm it. */
function outlasts({ shaped, decision, origin, maybe }: ListedRegion): boolean {
  return shaped !== null || decision !== "undecided" || origin !== "found" || !maybe;
}

function doubted(region: ListedRegion): ListedRegion {
  return region.origin === "found" ? { ...region, maybe: true } : region;
}

/** Takes in what the recogniser made of these regions, as far as they are still there. */
export function recognised(photo: Photo, ids: readonly number[], identifiability: readonly Identifiability[]): Photo {
  const results = Object.fromEntries(ids.map((id, index) => [id, identifiability[index]])) as Record<number, Identifiability>;
  return { ...photo, recognised: { ...photo.recognised, ...results }, recognition: { kind: "done" } };
}

/** @param made the number of the work */
export function proved(photo: Photo, made: number, proof: Proof, copy: Copy | null): Photo {
  const outcome = outcomeOf(regionsOf(photo));
  const phase: Phase = copy === null ? { kind: "unproved", proof } : { kind: "proved", made, copy, proof, outcome, saved: false };
  return { ...photo, work: null, phase };
}

/** The engine has been asked for its work. Covering is shown as such at once, and a check once the engine has begun. */
export function working(photo: Photo): Photo {
  const work = photo.work && { ...photo.work, begun: true };
  const phase: Phase = work?.task === "protect" ? { kind: "working", task: "protect", stage: "decode", fraction: 0 } : photo.phase;
  return { ...photo, work, phase };
}

/** Somebody is left open in it, or will be. */
export function isAnyoneOpen(photo: Photo): boolean {
  return photo.report !== null && regionsOf(photo).some((region) => !isCovered(region));
}

/** Back to deciding, with every region covered; a search goes on. */
export function coverAll(photo: Photo): Photo {
  return changeRegions(isSearching(photo) ? photo : reviewed(photo), { kind: "decide", regions: regionsOf(photo).map(({ id }) => id), decision: "cover" });
}

/** Back to deciding; nothing is being done. */
export function reviewed(photo: Photo): Photo {
  return { ...photo, work: null, phase: { kind: "review" }, adjusted: null };
}

/** Boxes that the checks of its copy point at: `failed` must be decided about, `faint` may be. */
export function suspects(photo: Photo, checks: Check[]): { failed: Box[]; faint: Box[] } {
  return { failed: failedBoxes(checks), faint: faintBoxes(checks, regionsOf(photo)) };
}

export function changeRegions(photo: Photo, change: RegionChange): Photo {
  switch (change.kind) {
    case "decide":
      return enterRegions(photo, each(photo, change.regions, (region) => ({ ...region, decision: change.decision })));
    case "only":
      return { ...enterRegions(photo, regionsOf(photo).map((region) => onlyOne(region, change.region, change.decision))), own: change.decision === "open" ? change.region : null };
    case "reshape": {
      const sort = change.at === undefined ? null : { sort: `reshape ${change.region}`, at: change.at };
      return enterRegions(photo, each(photo, [change.region], (region) => reshape(region, change.box)), sort);
    }
    case "add": {
      const region = fromPerson(photo.lastRegion + 1, change.box ?? centredBox(sizeOf(photo)));
      return adjusting(include(photo, [region]), region.id);
    }
    case "scale": {
      const same = { sort: `scale ${change.region}`, at: change.at };
      return enterRegions(photo, each(photo, [change.region], (region) => scale(region, change.factor, sizeOf(photo))), same);
    }
    case "draw":
      return include(photo, [fromShape(photo.lastRegion + 1, change.shape, sizeOf(photo))]);
    case "erase":
      return erased(photo, change);
    case "remove":
      return enterRegions(photo, regionsOf(photo).filter(({ id }) => id !== change.region));
    case "propose":
      return propose(photo, change.boxes, change.decision);
    case "undo":
      return withHistory(photo, undo(photo.history));
    case "redo":
      return withHistory(photo, redo(photo.history));
  }
}

/** An area that a person has drawn is no face: what was decided about it stays. */
function onlyOne(region: ListedRegion, chosen: number, decision: "open" | "cover"): ListedRegion {
  if (region.id === chosen) {
    return { ...region, decision };
  }
  return region.origin === "added" ? region : { ...region, decision: decision === "open" ? "cover" : "open" };
}

/** The region is moved and resized from now on; null if none is any more. */
export function adjusting(photo: Photo, id: number | null): Photo {
  return { ...photo, adjusted: id, adjustedFrom: regionsOf(photo).find((region) => region.id === id) ?? null };
}

/** The region that was moved and resized is where it was before. What was decided about it meanwhile stays. */
export function unadjusted(photo: Photo): Photo {
  const { adjusted, adjustedFrom } = photo;
  const moved = regionsOf(photo).find(({ id }) => id === adjusted);
  if (moved === undefined || adjustedFrom === null || isSameBox(shownBox(moved), shownBox(adjustedFrom))) {
    return adjusting(photo, null);
  }
  return adjusting(enterRegions(photo, each(photo, [moved.id], ({ decision }) => ({ ...adjustedFrom, decision }))), null);
}

function each(photo: Photo, ids: readonly number[], change: (region: ListedRegion) => ListedRegion): ListedRegion[] {
  return regionsOf(photo).map((region) => (ids.includes(region.id) ? change(region) : region));
}

function enterRegions(photo: Photo, regions: readonly ListedRegion[], change: Change | null = null): Photo {
  return withHistory({ ...photo, choices: { ...photo.choices, future: [] } }, enter(photo.history, regions, change));
}

function include(photo: Photo, added: ListedRegion[]): Photo {
  return { ...enterRegions(photo, [...regionsOf(photo), ...added]), lastRegion: photo.lastRegion + added.length };
}

/** What erases nothing is no change that could be undone. */
function erased(photo: Photo, eraser: Stroke): Photo {
  const { regions, lastRegion } = erase(regionsOf(photo), eraser, photo.lastRegion, sizeOf(photo));
  return regions === regionsOf(photo) ? photo : { ...enterRegions(photo, regions), lastRegion };
}

/** A box becomes a region, unless it is one from an earlier try. */
function propose(photo: Photo, boxes: readonly Box[], decision: Decision): Photo {
  const isKnown = (box: Box) => regionsOf(photo).some((region) => isSameBox(shownBox(region), box));
  const known = regionsOf(photo).map((region) =>
    boxes.some((box) => isSameBox(shownBox(region), box)) ? { ...region, decision } : region,
  );
  const added = boxes.filter((box) => !isKnown(box)).map((box, index) => fromProof(photo.lastRegion + index + 1, box, decision));
  return { ...enterRegions(photo, [...known, ...added]), lastRegion: photo.lastRegion + added.length };
}

function withHistory(photo: Photo, history: Photo["history"]): Photo {
  const isThere = history.present.some(({ id }) => id === photo.adjusted);
  return { ...photo, history, adjusted: isThere ? photo.adjusted : null };
}

export function canUndo({ history, choices }: Photo): boolean {
  return history.past.length > 0 || choices.past.length > 0;
}

export function canRedo({ history, choices }: Photo): boolean {
  return history.future.length > 0 || choices.future.length > 0;
}

/** Takes in how covers are to be drawn. What was undone before cannot be done again any more. */
export function chooseStyle(photo: Photo, from: Settings, to: Settings): Photo {
  const { history } = photo;
  return { ...photo, history: { ...history, future: [], last: null }, choices: choose(photo.choices, history.past.length, from, to) };
}

/** Undoes a choice, or makes it again, if that is what comes next. */
export function changeChoice(photo: Photo, kind: "undo" | "redo"): { photo: Photo; settings: Settings } | null {
  const changed = (kind === "undo" ? undoChoice : redoChoice)(photo.choices, photo.history.past.length);
  return changed && { photo: { ...photo, choices: changed.choices }, settings: changed.settings };
}

function without<T>(record: Readonly<Record<number, T>>, ids: readonly number[]): Record<number, T> {
  return Object.fromEntries(Object.entries(record).filter(([id]) => !ids.includes(Number(id)))) as Record<number, T>;
}
