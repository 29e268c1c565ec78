/**
 * The photos of one visit and what is done with them: `(state, event) → state and effects`. Effects are plain data, which the app
 * carries out. Every piece of work has a number of its own, so that an answer that comes too late is not taken for another one.
 */

import type { FileReport, Identifiability, Proof } from "../engine/generated/report.js";
import type { Method, RegionRequest, Stage, Sticker } from "../engine/generated/options.js";
import * as photos from "./photo.js";
import type { Copy, LeakedPicture, Photo, Picture, RegionChange, Task } from "./photo.js";
import { answered, isUpToDate, nextPreview } from "./preview.js";
import type { Drawing, Preview, PreviewEffect } from "./preview.js";
import type { ListedRegion } from "./regions.js";
import { isQueued, nextInLine, paced } from "./queue.js";
import type { Pace } from "./queue.js";
import { handedOver, holdsGivenUp, lost, savable, saved, unsaved, written } from "./saving.js";
import type { Saving, SavingEffect, Target } from "./saving.js";
import { smallSide } from "./small.js";
import { nextToLookAt } from "./standing.js";
import { styleOf } from "./style.js";
import type { Style } from "./style.js";
import type { Settings } from "./style-history.js";

/** More photos than this are not taken at a time. */
const MOST_PHOTOS = 10_000;

/** Pictures of so many photos are kept; those of others are made again when they are shown. */
const MOST_PICTURED = 250;

/** A file that could not be used, to be shown to the person. */
export interface Refusal {
  readonly id: number;
  readonly name: string;
  readonly code: string;
  /** What to try again with; folders have none. */
  readonly file: number | null;
  /** What the file gives away although it could not be opened. */
  readonly report: FileReport | null;
}

/** Something that can be switched on. What it needs is fetched when that first happens. */
export type OnDemand =
  | { readonly kind: "off" }
  | { readonly kind: "loading"; readonly job: number; readonly loaded: number; readonly total: number }
  /** It could not be fetched. */
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "on" };

/** `thorough`: photos are searched thoroughly. `recogniser`: faces are shown to the recogniser. */
export type Feature = "thorough" | "recogniser";

export type Notice = { readonly kind: "saved"; readonly count: number } | { readonly kind: "error"; readonly code: string };

export type Question = { readonly kind: "clear" } | { readonly kind: "remove"; readonly photo: number };

export interface Session {
  readonly photos: readonly Photo[];
  readonly refusals: readonly Refusal[];
  readonly selected: number | null;
  readonly method: Method;
  /** Of solid covers: six hexadecimal digits. */
  readonly colour: string;
  readonly sticker: Sticker;
  /** Photos that tell their camera by how they are compressed are compressed again. */
  readonly recompress: boolean;
  /** What the covers of the selected photo will look like; null if nobody decides about it. */
  readonly preview: Preview | null;
  readonly thorough: OnDemand;
  readonly recogniser: OnDemand;
  /** Only what a person asks for by itself is begun. */
  readonly paused: boolean;
  readonly pace: Pace | null;
  /** Copies that are being saved. */
  readonly saving: Saving | null;
  /** How the last saving or sharing ended. */
  readonly notice: Notice | null;
  /** What a person is to confirm, since copies would be lost. */
  readonly asking: Question | null;
  readonly lastPhoto: number;
  readonly lastRefusal: number;
  readonly lastJob: number;
}

export const EMPTY: Session = {
  photos: [],
  refusals: [],
  selected: null,
  method: "soft",
  colour: "262c34",
  sticker: "smile",
  recompress: false,
  preview: null,
  thorough: { kind: "off" },
  recogniser: { kind: "off" },
  paused: false,
  pace: null,
  saving: null,
  notice: null,
  asking: null,
  lastPhoto: 0,
  lastRefusal: 0,
  lastJob: 0,
};

export interface NamedFile {
  readonly file: number;
  readonly name: string;
}

/** What a person asks for. Those at the end concern the app alone. */
export type Command =
  | { readonly kind: "add"; readonly files: readonly NamedFile[]; readonly refused: readonly { readonly name: string; readonly code: string }[] }
  | { readonly kind: "select"; readonly photo: number }
  | { readonly kind: "next" | "pause" | "resume" | "cancel-all" | "cover-everyone" }
  /** `sure`: also if copies that are not saved are lost. */
  | { readonly kind: "clear"; readonly sure?: boolean }
  | { readonly kind: "remove"; readonly photo: number; readonly sure?: boolean }
  /** Nothing is lost after all. */
  | { readonly kind: "keep" }
  | { readonly kind: "cancel"; readonly photo: number }
  | { readonly kind: "retry" | "use-preview" | "dismiss"; readonly refusal: number }
  | { readonly kind: "retry-all" | "dismiss-all" }
  | { readonly kind: "set-method"; readonly method: Method }
  | { readonly kind: "set-colour"; readonly colour: string }
  | { readonly kind: "set-sticker"; readonly sticker: Sticker }
  | { readonly kind: "set-recompress"; readonly wanted: boolean }
  | { readonly kind: "switch"; readonly feature: Feature; readonly wanted: boolean }
  | { readonly kind: "search" | "protect" | "reopen"; readonly photo: number }
  | { readonly kind: "protect-all" }
  | { readonly kind: "regions"; readonly photo: number; readonly change: RegionChange }
  /** `drop`: what was done to the region that was adjusted is taken back. */
  | { readonly kind: "adjust"; readonly photo: number; readonly region: number | null; readonly drop?: boolean }
  | { readonly kind: "choose" | "choose-folder" | "take" | "print" }
  | { readonly kind: "save-all"; readonly to: Target }
  | { readonly kind: "share"; readonly photos: readonly number[] }
  | { readonly kind: "save-report"; readonly photo: number }
  /** The browser has been asked to download the copy. */
  | { readonly kind: "saving"; readonly photo: number };

/** What became of the effects. */
export type Answer =
  | { readonly kind: "progress"; readonly photo: number; readonly job: number; readonly stage: Stage; readonly fraction: number }
  | {
      readonly kind: "checked";
      readonly photo: number;
      readonly job: number;
      readonly report: FileReport;
      readonly before: Picture | null;
      readonly leaked: readonly LeakedPicture[];
    }
  /** The pictures of a photo that were let go of; null if they are not to be had. */
  | { readonly kind: "shown"; readonly photo: number; readonly job: number; readonly before: Picture | null; readonly leaked: readonly LeakedPicture[] }
  | { readonly kind: "searched"; readonly photo: number; readonly job: number; readonly report: FileReport }
  | { readonly kind: "protected"; readonly photo: number; readonly job: number; readonly proof: Proof; readonly copy: Copy | null }
  | { readonly kind: "failed"; readonly photo: number; readonly job: number; readonly code: string; readonly report: FileReport | null }
  | { readonly kind: "recognising"; readonly photo: number; readonly job: number; readonly fraction: number }
  | {
      readonly kind: "recognised";
      readonly photo: number;
      readonly job: number;
      readonly regions: readonly number[];
      readonly identifiability: readonly Identifiability[];
    }
  | { readonly kind: "not-recognised"; readonly photo: number; readonly job: number; readonly code: string }
  /** Null if it could not be drawn. */
  | { readonly kind: "drawn"; readonly photo: number; readonly job: number; readonly drawing: Drawing | null }
  | { readonly kind: "loading"; readonly feature: Feature; readonly job: number; readonly loaded: number; readonly total: number }
  | { readonly kind: "loaded"; readonly feature: Feature; readonly job: number }
  | { readonly kind: "not-loaded"; readonly feature: Feature; readonly job: number; readonly code: string };

/** What became of copies that were to be saved. Each is known by the number of the work that made it, since its photo may have another one by now. */
type Kept =
  /** They are in a file that is not complete yet. */
  | { readonly kind: "written"; readonly job: number; readonly copies: readonly number[] }
  | { readonly kind: "saved"; readonly job: number; readonly copies: readonly number[] }
  /** `code`: why not all are saved; null if they are, or if the person has changed their mind. */
  | { readonly kind: "save-ended"; readonly job: number; readonly code: string | null }
  | { readonly kind: "shared"; readonly copies: readonly number[] }
  | { readonly kind: "not-shared" };

/** `at`: when, in milliseconds. */
export type Event = Command | ((Answer | Kept) & { readonly at?: number });

/** What is announced to assistive technology. The app supplies the words. */
export type Announcement =
  | { readonly what: "phase"; readonly photo: number }
  | { readonly what: "stage"; readonly stage: Stage }
  | { readonly what: "refusal"; readonly refusal: Refusal }
  | { readonly what: "feature"; readonly feature: Feature }
  /** `area-drawn`: it lies where it was drawn, and nobody goes on shaping it. */
  | { readonly what: "area-added" | "area-drawn"; readonly photo: number; readonly region: number }
  | { readonly what: "erased"; readonly photo: number }
  | { readonly what: "saving"; readonly name: string }
  | { readonly what: "notice"; readonly notice: Notice };

interface Work {
  readonly photo: number;
  readonly job: number;
  readonly file: number;
}

export type Effect =
  | ({ readonly kind: "check" | "search" } & Work)
  | ({ readonly kind: "protect"; readonly regions: RegionRequest[]; readonly style: Style; readonly thorough: boolean; readonly recompress: boolean; readonly previewSide: number } & Work)
  | ({ readonly kind: "recognise"; readonly regions: readonly ListedRegion[] } & Work)
  | PreviewEffect
  | { readonly kind: "prepare"; readonly feature: Feature; readonly job: number }
  | { readonly kind: "stop"; readonly job: number }
  /** Pictures and copies that nobody needs any more. `isBeingRead`: a download that has begun may still read them. */
  | { readonly kind: "release"; readonly urls: readonly string[]; readonly isBeingRead?: boolean }
  | { readonly kind: "forget"; readonly file: number }
  /** From now on it is the preview in the file that is opened. */
  | { readonly kind: "use-preview"; readonly file: number }
  | { readonly kind: "announce"; readonly words: Announcement }
  | { readonly kind: "choose" | "choose-folder" | "take" | "print" }
  | ({ readonly kind: "show" } & Work)
  | SavingEffect
  | { readonly kind: "share"; readonly copies: readonly { readonly made: number; readonly url: string }[] }
  | { readonly kind: "save-report"; readonly photo: number; readonly report: FileReport };

export interface Step {
  readonly state: Session;
  readonly effects: readonly Effect[];
}

/**
 * Whatever an event leads to by itself follows: work is begun, copies go to where they are saved, what is not needed leaves the
 * memory, and the covers of the selected photo are drawn anew.
 */
export function step(session: Session, event: Event): Step {
  return [begun, fed, tidied, pictured, redrawn].reduce(then, stepped(session, event));
}

function stepped(session: Session, event: Event): Step {
  switch (event.kind) {
    case "add":
      return add(session, event.files, event.refused);
    case "select":
      return select(session, event.photo);
    case "next":
      return next(session);
    case "pause":
    case "resume":
      return only({ ...session, paused: event.kind === "pause", pace: null });
    case "cancel-all":
      return cancelAll(session);
    case "clear":
      return event.sure === true || unsaved(session.photos).length === 0 ? clear(session) : ask(session, { kind: "clear" });
    case "remove":
      return onPhoto(session, event.photo, (state, photo) => takeOut(state, photo, event.sure === true));
    case "keep":
      return only({ ...session, asking: null });
    case "cancel":
      return onPhoto(session, event.photo, cancel);
    case "retry":
      return retry(session, event.refusal);
    case "use-preview":
      return usePreview(session, event.refusal);
    case "dismiss":
      return dismiss(session, event.refusal, true);
    case "retry-all":
      return retryAll(session);
    case "dismiss-all":
      return dismissAll(session);
    case "set-method":
      return chooseStyle(session, { method: event.method });
    case "set-colour":
      return chooseStyle(session, { colour: event.colour });
    case "set-sticker":
      return chooseStyle(session, { sticker: event.sticker });
    case "set-recompress":
      return only({ ...session, recompress: event.wanted });
    case "switch":
      return event.wanted ? switchOn(session, event.feature) : switchOff(session, event.feature);
    case "search":
      return onPhoto(session, event.photo, search);
    case "protect":
      return onPhoto(session, event.photo, (state, photo) => protect(state, [photo], true));
    case "protect-all":
      return protect(session, undone(session), false);
    case "cover-everyone":
      return coverEveryone(session);
    case "reopen":
      return onPhoto(session, event.photo, reopen);
    case "regions":
      return onPhoto(session, event.photo, (state, photo) => changeRegions(state, photo, event.change));
    case "adjust":
      return only(withPhoto(session, event.photo, (photo) => (event.drop === true ? photos.unadjusted(photo) : photos.adjusting(photo, event.region))));
    case "choose":
    case "choose-folder":
    case "take":
    case "print":
      return { state: session, effects: [{ kind: event.kind }] };
    case "save-all":
      return saveAll(session, event.to);
    case "share":
      return { state: session, effects: [{ kind: "share", copies: copiesOf(session, event.photos) }] };
    case "save-report":
      return onPhoto(session, event.photo, saveReport);
    case "saving":
      return onPhoto(session, event.photo, downloading);
    case "written":
    case "saved":
    case "save-ended":
      return savingWent(session, event);
    case "shared":
      return noticed(withCopies(session, event.copies, saved), { kind: "saved", count: event.copies.length });
    case "not-shared":
      return noticed(session, { kind: "error", code: "not-shared" });
    case "shown":
      return shown(session, event);
    case "drawn":
      return drawn(session, event);
    case "loading":
    case "loaded":
    case "not-loaded":
      return prepared(session, event);
    case "recognising":
    case "recognised":
    case "not-recognised":
      return recognition(session, event);
    default:
      return worked(session, event);
  }
}

/** The photo that is shown. */
export function selectedPhoto({ photos: all, selected }: Session): Photo | null {
  return all.find(({ id }) => id === selected) ?? null;
}

/** Photos that a person could decide about and that have no proved copy yet; those that are being searched are none of them. */
export function undone({ photos: all }: Session): Photo[] {
  return all.filter((photo) => photos.isDecidable(photo) && photo.phase.kind !== "proved");
}

// Steps

function only(state: Session): Step {
  return { state, effects: [] };
}

function then({ state, effects }: Step, next: (state: Session) => Step): Step {
  const after = next(state);
  return { state: after.state, effects: [...effects, ...after.effects] };
}

function withEffects({ state, effects }: Step, ...more: Effect[]): Step {
  return { state, effects: [...effects, ...more] };
}

function announce(words: Announcement): Effect {
  return { kind: "announce", words };
}

function withPhoto(session: Session, id: number, change: (photo: Photo) => Photo): Session {
  return { ...session, photos: session.photos.map((photo) => (photo.id === id ? change(photo) : photo)) };
}

/** Does nothing for a photo that is gone. */
function onPhoto(session: Session, id: number, next: (session: Session, photo: Photo) => Step): Step {
  const photo = session.photos.find((each) => each.id === id);
  return photo === undefined ? only(session) : next(session, photo);
}

/** The photo is in another phase, which is announced if the photo is shown. */
function entered(session: Session, photo: Photo): Step {
  const isSeen = session.selected === photo.id;
  const state = withPhoto(session, photo.id, () => photo);
  return { state, effects: isSeen ? [announce({ what: "phase", photo: photo.id })] : [] };
}

function nextJob(session: Session): [Session, number] {
  const job = session.lastJob + 1;
  return [{ ...session, lastJob: job }, job];
}

// Photos that come and go

function add(session: Session, files: readonly NamedFile[], refused: readonly { name: string; code: string }[]): Step {
  const taken = files.slice(0, MOST_PHOTOS - session.photos.length);
  const more: Effect[] = files.slice(taken.length).map(({ file }) => ({ kind: "forget", file }));
  const tooMany = more.length > 0 ? [{ name: files[taken.length]?.name ?? "", code: "too-many-files" }] : [];
  const failed = [...refused, ...tooMany].reduce(
    (step, { name, code }) => then(step, (state) => refuse(state, name, code, null, null)),
    only({ ...session, notice: null }),
  );
  return withEffects(then(failed, (state) => addFiles(state, taken)), ...more);
}

function addFiles(session: Session, files: readonly NamedFile[]): Step {
  const names = new Set(session.photos.map(({ name }) => name));
  const added = files.map(({ file, name }, index) => {
    const id = session.lastPhoto + index + 1;
    return photos.newPhoto(id, file, distinct(name, names), session.lastJob + index + 1);
  });
  return only({
    ...session,
    photos: [...session.photos, ...added],
    selected: session.selected ?? added[0]?.id ?? null,
    lastPhoto: session.lastPhoto + added.length,
    lastJob: session.lastJob + added.length,
  });
}

/** Several files of one name are told apart by a number behind it. */
function distinct(name: string, known: Set<string>): string {
  let unique = name;
  for (let count = 2; known.has(unique); count += 1) {
    unique = `${name} (${count})`;
  }
  known.add(unique);
  return unique;
}

function select(session: Session, id: number): Step {
  const unadjusted = session.photos.map((photo) => (photo.adjusted === null ? photo : { ...photo, adjusted: null }));
  return only({ ...session, photos: unadjusted, selected: id });
}

function next(session: Session): Step {
  const id = nextToLookAt(session.photos, session.selected);
  return id === null ? only(session) : select(session, id);
}

function ask(session: Session, asking: Question): Step {
  return only({ ...session, asking });
}

/** A copy that is not saved goes only if the person is sure. */
function takeOut(session: Session, photo: Photo, isSure: boolean): Step {
  if (!isSure && unsaved([photo]).length > 0) {
    return ask(session, { kind: "remove", photo: photo.id });
  }
  return remove({ ...session, asking: null }, photo);
}

function remove(session: Session, photo: Photo, keepFile = false): Step {
  const position = session.photos.indexOf(photo);
  const kept = session.photos.filter((each) => each !== photo);
  const neighbour = (kept[position] ?? kept[position - 1])?.id ?? null;
  const selected = session.selected === photo.id ? neighbour : session.selected;
  const forget: Effect[] = keepFile ? [] : [{ kind: "forget", file: photo.file }];
  return { state: { ...session, photos: kept, selected }, effects: [...ending(photo), ...forget] };
}

/** Stops what is being done with the photo and lets go of what was kept of it in memory. */
function ending(photo: Photo): Effect[] {
  const { work, showing } = photo;
  return [
    ...(work === null ? [] : [stop(work.job)]),
    ...(showing === null ? [] : [stop(showing)]),
    ...stopRecognising(photo),
    { kind: "release", urls: [...photos.picturesOf(photo), ...copyUrl(photo)] },
  ];
}

function stop(job: number): Effect {
  return { kind: "stop", job };
}

function stopRecognising({ recognition }: Photo): Effect[] {
  return recognition.kind === "working" ? [stop(recognition.job)] : [];
}

function copyUrl({ phase }: Photo): string[] {
  return phase.kind === "proved" && phase.copy.url !== null ? [phase.copy.url] : [];
}

function urlsOfCopy(photo: Photo): string[] {
  const { phase } = photo;
  const after = phase.kind === "proved" ? phase.copy.after : null;
  return [...copyUrl(photo), ...(after === null ? [] : [after.url])];
}

const NOTHING_UNDER_WAY = { paused: false, pace: null, saving: null, notice: null, asking: null } as const;

function clear(session: Session): Step {
  const endings = session.photos.flatMap((photo): Effect[] => [...ending(photo), { kind: "forget", file: photo.file }]);
  const refused = session.refusals.flatMap(({ file }): Effect[] => (file === null ? [] : [{ kind: "forget", file }]));
  const saving: Effect[] = session.saving === null ? [] : [stop(session.saving.job)];
  const state: Session = { ...session, photos: [], refusals: [], selected: null, ...NOTHING_UNDER_WAY };
  return { state, effects: [...endings, ...refused, ...saving] };
}

function refuse(session: Session, name: string, code: string, file: number | null, report: FileReport | null): Step {
  const refusal: Refusal = { id: session.lastRefusal + 1, name, code, file, report };
  const state = { ...session, refusals: [...session.refusals, refusal], lastRefusal: refusal.id };
  return { state, effects: [announce({ what: "refusal", refusal })] };
}

function dismiss(session: Session, id: number, forget: boolean): Step {
  const file = session.refusals.find((refusal) => refusal.id === id)?.file ?? null;
  const state = { ...session, refusals: session.refusals.filter((refusal) => refusal.id !== id) };
  return { state, effects: forget && file !== null ? [{ kind: "forget", file }] : [] };
}

function retry(session: Session, id: number): Step {
  const refusal = session.refusals.find((each) => each.id === id);
  const dismissed = dismiss(session, id, false);
  if (refusal === undefined || refusal.file === null) {
    return dismissed;
  }
  const { file, name } = refusal;
  return then(dismissed, (state) => addFiles(state, [{ file, name }]));
}

/** Opens the preview in a raw file instead of it. */
function usePreview(session: Session, id: number): Step {
  const refusal = session.refusals.find((each) => each.id === id);
  const { state, effects } = retry(session, id);
  const file = refusal?.file ?? null;
  return { state, effects: file === null ? effects : [{ kind: "use-preview", file }, ...effects] };
}

function retryAll(session: Session): Step {
  const files = session.refusals.flatMap(({ file, name }) => (file === null ? [] : [{ file, name }]));
  return addFiles({ ...session, refusals: session.refusals.filter(({ file }) => file === null) }, files);
}

function dismissAll(session: Session): Step {
  const effects = session.refusals.flatMap(({ file }): Effect[] => (file === null ? [] : [{ kind: "forget", file }]));
  return { state: { ...session, refusals: [] }, effects };
}

// Work

/** Stops the work on the photo; a photo that was not checked yet is taken away. */
function cancel(session: Session, photo: Photo): Step {
  if (photo.report === null) {
    return remove(session, photo);
  }
  return photo.work === null ? only(session) : withEffects(entered(session, photos.reviewed(photo)), stop(photo.work.job));
}

/** Ends all that is under way or waits. What was decided stays; photos that were not checked yet are taken away. */
function cancelAll(session: Session): Step {
  const ended = session.photos.filter(isQueued);
  const effects = ended.flatMap((photo): Effect[] =>
    photo.report === null ? [...ending(photo), { kind: "forget", file: photo.file }] : photo.work === null ? [] : [stop(photo.work.job)],
  );
  const kept = session.photos.flatMap((photo) => (!isQueued(photo) ? [photo] : photo.report === null ? [] : [photos.reviewed(photo)]));
  const selected = kept.some(({ id }) => id === session.selected) ? session.selected : (kept[0]?.id ?? null);
  return { state: { ...session, photos: kept, selected, paused: false, pace: null }, effects };
}

/** Searches the photo again, thoroughly. What was found and decided before stays, also if that fails. */
function search(session: Session, photo: Photo): Step {
  return photos.isDecidable(photo) ? enqueue(session, [photo], "search", session.selected === photo.id) : only(session);
}

function protect(session: Session, wanted: readonly Photo[], urgent: boolean): Step {
  return enqueue({ ...session, notice: null }, wanted.filter(photos.isDecidable), "protect", urgent);
}

/** All faces everywhere are covered, also those that were left open in a copy, or would be in one that is being made. */
function coverEveryone(session: Session): Step {
  const opened = session.photos.filter(photos.isAnyoneOpen);
  const effects = opened.flatMap((photo) => [...(photo.work?.task === "protect" ? [stop(photo.work.job)] : []), ...dropCopy(photo)]);
  const covered = new Map(opened.map((photo) => [photo.id, photos.coverAll(photo)]));
  const state = { ...session, photos: session.photos.map((photo) => covered.get(photo.id) ?? photo) };
  return then({ state, effects }, (after) => protect(after, undone(after), false));
}

/** Puts photos in the line; a copy made before is worth nothing. */
function enqueue(session: Session, wanted: readonly Photo[], task: Task, urgent: boolean): Step {
  const style = styleOf(session);
  const jobs = new Map(wanted.map(({ id }, index) => [id, session.lastJob + index + 1]));
  const changed = session.photos.map((photo): Photo => {
    const job = jobs.get(photo.id);
    const searchFailure = task === "search" ? null : photo.searchFailure;
    return job === undefined
      ? photo
      : { ...photo, phase: { kind: "waiting" }, work: { job, task, begun: false, urgent, style }, searchFailure, adjusted: null };
  });
  return { state: { ...session, photos: changed, lastJob: session.lastJob + wanted.length }, effects: wanted.flatMap(dropCopy) };
}

/** Hands the engine what is next in the line. */
function begun(session: Session): Step {
  const { photos: all, selected, paused, saving } = session;
  const first = nextInLine({ photos: all, selected, paused, isSaving: saving !== null });
  if (first.length === 0) {
    return only(all.some(isQueued) || session.pace === null ? session : { ...session, pace: null });
  }
  const effects = first.flatMap((photo) => workEffects(session, photo));
  const ids = new Set(first.map(({ id }) => id));
  return { state: { ...session, photos: all.map((photo) => (ids.has(photo.id) ? photos.working(photo) : photo)) }, effects };
}

function workEffects(session: Session, photo: Photo): Effect[] {
  const { id, file, work, thorough } = photo;
  if (work === null) {
    return [];
  }
  const { job, task } = work;
  if (task !== "protect") {
    return [{ kind: task, photo: id, job, file }];
  }
  const style = work.style ?? styleOf(session);
  const recompress = session.recompress && photos.tellsCoding(photo);
  return [
    { kind: "protect", photo: id, job, file, regions: photos.requestsOf(photo), style, thorough: thorough !== null, recompress, previewSide: smallSide(photos.sizeOf(photo)) },
    ...(session.selected === id ? [announce({ what: "stage", stage: "decode" })] : []),
  ];
}

/** Back to deciding about the photo: a copy made by other decisions is worth nothing. */
function reopen(session: Session, photo: Photo): Step {
  return photos.isDecidable(photo) ? withEffects(entered(session, photos.reviewed(photo)), ...dropCopy(photo)) : only(session);
}

function dropCopy(photo: Photo): Effect[] {
  const urls = urlsOfCopy(photo);
  return urls.length === 0 ? [] : [{ kind: "release", urls }];
}

function changeRegions(session: Session, photo: Photo, change: RegionChange): Step {
  if (!photos.isDecidable(photo)) {
    return only(session);
  }
  const choice = change.kind === "undo" || change.kind === "redo" ? photos.changeChoice(photo, change.kind) : null;
  if (choice !== null) {
    return only({ ...withPhoto(session, photo.id, () => choice.photo), ...choice.settings });
  }
  const reopened = photo.phase.kind === "proved" ? reopen(session, photo) : only(session);
  return then(reopened, (state) => onPhoto(state, photo.id, (current, each) => changed(current, photos.changeRegions(each, change), change)));
}

/** For all photos; it is undone where it was chosen. */
function chooseStyle(session: Session, choice: Partial<Settings>): Step {
  const { method, colour, sticker } = session;
  const from = { method, colour, sticker };
  const photo = selectedPhoto(session);
  const chosen = photo !== null && photos.isUnderReview(photo) ? withPhoto(session, photo.id, (each) => photos.chooseStyle(each, from, { ...from, ...choice })) : session;
  return only({ ...chosen, ...choice });
}

function changed(session: Session, photo: Photo, change: RegionChange): Step {
  return { state: withPhoto(session, photo.id, () => photo), effects: announced(photo, change) };
}

/** Changes that are not where the focus is. */
function announced(photo: Photo, change: RegionChange): Effect[] {
  switch (change.kind) {
    case "add":
      return change.box === null ? [announce({ what: "area-added", photo: photo.id, region: photo.lastRegion })] : [];
    case "draw":
      return [announce({ what: "area-drawn", photo: photo.id, region: photo.lastRegion })];
    case "erase":
      return [announce({ what: "erased", photo: photo.id })];
    default:
      return [];
  }
}

type Worked = Extract<Answer, { kind: "progress" | "checked" | "searched" | "protected" | "failed" }> & { readonly at?: number };

function worked(session: Session, answer: Worked): Step {
  return onPhoto(session, answer.photo, (state, photo) => {
    if (photo.work?.job !== answer.job) {
      return only(state);
    }
    const { task } = photo.work;
    if (answer.kind === "progress") {
      return progressed(state, photo, task, answer.stage, answer.fraction);
    }
    return settled(answer.at === undefined ? state : { ...state, pace: paced(state.pace, answer.at) }, photo, task, answer);
  });
}

function settled(state: Session, photo: Photo, task: Task, answer: Exclude<Worked, { kind: "progress" }>): Step {
  switch (answer.kind) {
    case "checked":
      return then(entered(state, photos.checked(photo, answer.report, answer.before, answer.leaked)), (next) => afterCheck(next, photo.id));
    case "searched":
      return then(entered(state, photos.searched(photo, answer.report)), (next) => recognise(next, photo.id));
    case "protected":
      return entered(state, photos.proved(photo, answer.job, answer.proof, answer.copy));
    case "failed":
      return failed(state, photo, task, answer.code, answer.report);
  }
}

function progressed(session: Session, photo: Photo, task: Task, stage: Stage, fraction: number): Step {
  const before = photo.phase.kind === "working" ? photo.phase.stage : null;
  const state = withPhoto(session, photo.id, () => ({ ...photo, phase: { kind: "working", task, stage, fraction } }));
  const isNews = stage !== before && session.selected === photo.id;
  return { state, effects: isNews ? [announce({ what: "stage", stage })] : [] };
}

/** A photo that could not be checked is refused; all others can be decided about again. */
function failed(session: Session, photo: Photo, task: Task, code: string, report: FileReport | null): Step {
  if (task === "search") {
    return then(entered(session, { ...photos.reviewed(photo), searchFailure: code }), (state) => recognise(state, photo.id));
  }
  if (photo.report !== null) {
    return entered(session, { ...photo, work: null, phase: { kind: "failed", code } });
  }
  return then(remove(session, photo, true), (state) => refuse(state, photo.name, code, photo.file, report));
}

function afterCheck(session: Session, id: number): Step {
  return onPhoto(session, id, (state, photo) =>
    state.thorough.kind === "on" && photos.isSearchable(photo) ? search(state, photo) : recognise(state, id),
  );
}

// What is fetched on demand

/**
 * Switches something on for all photos, the selected one first, and those that are added later: `thorough` searches those again
 * that a person is deciding about, later ones after their quick search.
 */
function switchOn(session: Session, feature: Feature): Step {
  const [state, job] = nextJob(session);
  const next: Session = { ...state, [feature]: { kind: "loading", job, loaded: 0, total: 0 } };
  return { state: next, effects: [...stopLoading(session[feature]), { kind: "prepare", feature, job }, announce({ what: "feature", feature })] };
}

/** Ends what is under way. What has been found stays, what the recogniser gave is forgotten. */
function switchOff(session: Session, feature: Feature): Step {
  const off: Session = { ...session, [feature]: { kind: "off" } };
  const step: Step = { state: off, effects: stopLoading(session[feature]) };
  if (feature === "thorough") {
    return session.photos.filter(photos.isSearching).reduce((last, photo) => then(last, (state) => cancel(state, photo)), step);
  }
  const stops = session.photos.flatMap(stopRecognising);
  const forgotten = session.photos.map((photo): Photo => ({ ...photo, recognised: {}, recognition: { kind: "none" } }));
  return withEffects({ ...step, state: { ...off, photos: forgotten } }, ...stops);
}

function stopLoading(state: OnDemand): Effect[] {
  return state.kind === "loading" ? [stop(state.job)] : [];
}

function prepared(session: Session, answer: Extract<Answer, { kind: "loading" | "loaded" | "not-loaded" }>): Step {
  const { feature, job } = answer;
  const state = session[feature];
  if (state.kind !== "loading" || state.job !== job) {
    return only(session);
  }
  switch (answer.kind) {
    case "loading":
      return only({ ...session, [feature]: { kind: "loading", job, loaded: answer.loaded, total: answer.total } });
    case "not-loaded":
      return { state: { ...session, [feature]: { kind: "failed", code: answer.code } }, effects: [announce({ what: "feature", feature })] };
    case "loaded":
      return switchedOn({ ...session, [feature]: { kind: "on" } }, feature);
  }
}

function switchedOn(session: Session, feature: Feature): Step {
  const selectedFirst = [...session.photos].sort((a, b) => Number(b.id === session.selected) - Number(a.id === session.selected));
  return selectedFirst.reduce(
    (step, photo) =>
      then(step, (state) => {
        if (feature === "recogniser") {
          return recognise(state, photo.id);
        }
        return photos.isSearchable(photo) ? search(state, photo) : only(state);
      }),
    only(session),
  );
}

/** Shows the recogniser those faces of a photo that it has not seen, if a person wants that. */
function recognise(session: Session, id: number): Step {
  return onPhoto(session, id, (current, photo) => {
    const regions = photos.unrecognised(photo);
    if (current.recogniser.kind !== "on" || regions.length === 0) {
      return only(current);
    }
    const [state, job] = nextJob(current);
    const next = withPhoto(state, id, () => ({ ...photo, recognition: { kind: "working", job, fraction: 0 } }));
    return { state: next, effects: [...stopRecognising(photo), { kind: "recognise", photo: id, job, file: photo.file, regions }] };
  });
}

function recognition(session: Session, answer: Extract<Answer, { kind: "recognising" | "recognised" | "not-recognised" }>): Step {
  return onPhoto(session, answer.photo, (state, photo) => {
    const { recognition: before } = photo;
    if (before.kind !== "working" || before.job !== answer.job) {
      return only(state);
    }
    const { job } = answer;
    switch (answer.kind) {
      case "recognising":
        return only(withPhoto(state, photo.id, () => ({ ...photo, recognition: { kind: "working", job, fraction: answer.fraction } })));
      case "recognised":
        return only(withPhoto(state, photo.id, () => photos.recognised(photo, answer.regions, answer.identifiability)));
      case "not-recognised":
        return only(withPhoto(state, photo.id, () => ({ ...photo, recognition: { kind: "failed", code: answer.code } })));
    }
  });
}

// What covers will look like

/** Draws the covers that a person is deciding about, unless nothing about them has changed. */
function redrawn(session: Session): Step {
  const photo = selectedPhoto(session);
  if (photo === null || !photos.isUnderReview(photo)) {
    return only(session.preview === null ? session : { ...session, preview: null });
  }
  const style = styleOf(session);
  if (session.preview !== null && isUpToDate(session.preview, photo, style)) {
    return only(session);
  }
  const [state, job] = nextJob(session);
  const { preview, effect } = nextPreview(session.preview, photo, style, job);
  return { state: { ...state, preview }, effects: effect === null ? [] : [effect] };
}

function drawn(session: Session, { photo, job, drawing }: Extract<Answer, { kind: "drawn" }>): Step {
  const { preview } = session;
  return preview?.photo === photo ? only({ ...session, preview: answered(preview, job, drawing) }) : only(session);
}

// What leaves the memory, and what comes back

/** Copies that have been saved go as soon as their photo is not shown any more. */
function tidied(session: Session): Step {
  const isOver = ({ id, phase }: Photo) => phase.kind === "proved" && phase.saved && phase.copy.url !== null && id !== session.selected;
  if (!session.photos.some(isOver)) {
    return only(session);
  }
  const urls = session.photos.filter(isOver).flatMap(copyUrl);
  return { state: { ...session, photos: session.photos.map((photo) => (isOver(photo) ? written(photo) : photo)) }, effects: [{ kind: "release", urls, isBeingRead: true }] };
}

/** Keeps the pictures of some photos only, and has those of the photo that is shown. */
function pictured(session: Session): Step {
  const others = session.photos.filter(({ id, before }) => before !== null && id !== session.selected);
  const surplus = new Set(others.slice(0, Math.max(others.length - MOST_PICTURED, 0)));
  const urls = [...surplus].flatMap(photos.picturesOf);
  const bare = surplus.size === 0 ? session : { ...session, photos: session.photos.map((photo) => (surplus.has(photo) ? photos.unpictured(photo) : photo)) };
  const released: Effect[] = urls.length === 0 ? [] : [{ kind: "release", urls }];
  return then({ state: bare, effects: released }, showSelected);
}

function showSelected(session: Session): Step {
  const photo = selectedPhoto(session);
  if (photo === null || !photo.isBare || photo.showing !== null || photo.work !== null) {
    return only(session);
  }
  const [state, job] = nextJob(session);
  const { id, file } = photo;
  return { state: withPhoto(state, id, () => ({ ...photo, showing: job })), effects: [{ kind: "show", photo: id, job, file }] };
}

/** Pictures that nobody waits for any more are let go of. */
function shown(session: Session, { photo: id, job, before, leaked }: Extract<Answer, { kind: "shown" }>): Step {
  const photo = session.photos.find((each) => each.id === id);
  if (photo === undefined || photo.showing !== job) {
    const urls = [...(before === null ? [] : [before]), ...leaked].map(({ url }) => url);
    return { state: session, effects: [{ kind: "release", urls }] };
  }
  return only(withPhoto(session, id, () => ({ ...photo, showing: null, isBare: false, before, leaked })));
}

// What can be saved

/** Changes the photos that still have these copies. */
function withCopies(session: Session, copies: readonly number[], change: (photo: Photo) => Photo): Session {
  const wanted = new Set(copies);
  return { ...session, photos: session.photos.map((photo) => (hasCopy(photo, wanted) ? change(photo) : photo)) };
}

function hasCopy({ phase }: Photo, copies: ReadonlySet<number>): boolean {
  return phase.kind === "proved" && copies.has(phase.made);
}

function noticed(session: Session, notice: Notice): Step {
  return { state: { ...session, notice }, effects: [announce({ what: "notice", notice })] };
}

/** Saves what is there and what is being made, once. */
function saveAll(session: Session, to: Target): Step {
  const left = savable(session.photos);
  if (session.saving !== null || left.length === 0) {
    return only(session);
  }
  const [state, job] = nextJob(session);
  return { state: { ...state, saving: { job, left, inFile: [], all: left.length, done: 0 }, notice: null }, effects: [{ kind: "save", job, to }] };
}

/** A file that holds a copy which is not as the person wants it any more is not completed: somebody may be open in it. */
function fed(session: Session): Step {
  if (session.saving === null) {
    return only(session);
  }
  if (holdsGivenUp(session.saving, session.photos)) {
    return withEffects(savingEnded(withoutSaving(session), session.saving, "changed-while-saved"), stop(session.saving.job));
  }
  const { saving, effects } = handedOver(session.saving, session.photos);
  return { state: saving === session.saving ? session : { ...session, saving }, effects };
}

function savingWent(session: Session, event: Extract<Kept, { job: number }>): Step {
  const { saving } = session;
  if (saving === null || saving.job !== event.job) {
    return only(session);
  }
  switch (event.kind) {
    case "written": {
      const wanted = new Set(event.copies);
      const urls = session.photos.filter((photo) => hasCopy(photo, wanted)).flatMap(copyUrl);
      const state = { ...withCopies(session, event.copies, written), saving: { ...saving, inFile: [...saving.inFile, ...event.copies] } };
      return { state, effects: [{ kind: "release", urls }] };
    }
    case "saved":
      return only({
        ...withCopies(session, event.copies, saved),
        saving: { ...saving, inFile: saving.inFile.filter((made) => !event.copies.includes(made)), done: saving.done + event.copies.length },
      });
    case "save-ended":
      return savingEnded(withoutSaving(session), saving, event.code);
  }
}

function withoutSaving(session: Session): Session {
  return { ...session, saving: null, photos: session.photos.map(lost) };
}

function savingEnded(session: Session, { done }: Saving, code: string | null): Step {
  if (code !== null) {
    return noticed(session, { kind: "error", code });
  }
  return done === 0 ? only(session) : noticed(session, { kind: "saved", count: done });
}

/** The copy counts as saved once the browser has been asked to download it: it says no more. */
function downloading(session: Session, photo: Photo): Step {
  const { phase } = photo;
  if (phase.kind !== "proved") {
    return only(session);
  }
  return { state: withPhoto(session, photo.id, saved), effects: [announce({ what: "saving", name: phase.copy.name })] };
}

function saveReport(session: Session, { id, report }: Photo): Step {
  return { state: session, effects: report === null ? [] : [{ kind: "save-report", photo: id, report }] };
}

function copiesOf(session: Session, ids: readonly number[]): { made: number; url: string }[] {
  const wanted = session.photos.filter(({ id }) => ids.includes(id));
  return wanted.flatMap(({ phase }) => (phase.kind === "proved" && phase.copy.url !== null ? [{ made: phase.made, url: phase.copy.url }] : []));
}
