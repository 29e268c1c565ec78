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
import { styleOf } from "./style.js";
import type { Style } from "./style.js";

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

export interface Session {
  readonly photos: readonly Photo[];
  readonly refusals: readonly Refusal[];
  readonly selected: number | null;
  readonly method: Method;
  /** Of solid covers: six hexadecimal digits. */
  readonly colour: string;
  readonly sticker: Sticker;
  /** What the covers of the selected photo will look like; null if nobody decides about it. */
  readonly preview: Preview | null;
  readonly thorough: OnDemand;
  readonly recogniser: OnDemand;
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
  preview: null,
  thorough: { kind: "off" },
  recogniser: { kind: "off" },
  lastPhoto: 0,
  lastRefusal: 0,
  lastJob: 0,
};

/** What a person asks for. Those at the end concern the app alone. */
export type Command =
  | { readonly kind: "add"; readonly files: readonly { readonly file: number; readonly name: string }[]; readonly folders: readonly string[] }
  | { readonly kind: "select"; readonly photo: number }
  | { readonly kind: "clear" }
  | { readonly kind: "cancel" | "remove"; readonly photo: number }
  | { readonly kind: "retry" | "dismiss"; readonly refusal: number }
  | { readonly kind: "set-method"; readonly method: Method }
  | { readonly kind: "set-colour"; readonly colour: string }
  | { readonly kind: "set-sticker"; readonly sticker: Sticker }
  | { readonly kind: "switch"; readonly feature: Feature; readonly wanted: boolean }
  | { readonly kind: "search" | "protect" | "reopen"; readonly photo: number }
  | { readonly kind: "protect-all" }
  | { readonly kind: "regions"; readonly photo: number; readonly change: RegionChange }
  | { readonly kind: "adjust"; readonly photo: number; readonly region: number | null }
  | { readonly kind: "choose" | "take" }
  | { readonly kind: "save" | "share"; readonly photos: readonly number[] }
  | { readonly kind: "saving"; readonly name: string };

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

export type Event = Command | Answer;

/** What is announced to assistive technology. The app supplies the words. */
export type Announcement =
  | { readonly what: "phase"; readonly photo: number }
  | { readonly what: "stage"; readonly stage: Stage }
  | { readonly what: "refusal"; readonly refusal: Refusal }
  | { readonly what: "feature"; readonly feature: Feature }
  /** `area-drawn`: it lies where it was drawn, and nobody goes on shaping it. */
  | { readonly what: "area-added" | "area-drawn"; readonly photo: number; readonly region: number }
  | { readonly what: "erased"; readonly photo: number }
  | { readonly what: "saving"; readonly name: string };

interface Work {
  readonly photo: number;
  readonly job: number;
  readonly file: number;
}

export type Effect =
  | ({ readonly kind: "check" | "search" } & Work)
  | ({ readonly kind: "protect"; readonly regions: RegionRequest[]; readonly style: Style; readonly thorough: boolean } & Work)
  | ({ readonly kind: "recognise"; readonly regions: readonly ListedRegion[] } & Work)
  | PreviewEffect
  | { readonly kind: "prepare"; readonly feature: Feature; readonly job: number }
  | { readonly kind: "stop"; readonly job: number }
  /** Pictures and copies that nobody needs any more. */
  | { readonly kind: "release"; readonly urls: readonly string[] }
  | { readonly kind: "forget"; readonly file: number }
  | { readonly kind: "announce"; readonly words: Announcement }
  | { readonly kind: "choose" | "take" }
  /** Copies by their addresses. */
  | { readonly kind: "save" | "share"; readonly copies: readonly string[] };

export interface Step {
  readonly state: Session;
  readonly effects: readonly Effect[];
}

/** Whatever changes what the covers of the selected photo look like has them drawn anew. */
export function step(session: Session, event: Event): Step {
  return then(stepped(session, event), redrawn);
}

function stepped(session: Session, event: Event): Step {
  switch (event.kind) {
    case "add":
      return add(session, event.files, event.folders);
    case "select":
      return select(session, event.photo);
    case "clear":
      return clear(session);
    case "cancel":
      return onPhoto(session, event.photo, cancel);
    case "remove":
      return onPhoto(session, event.photo, (state, photo) => remove(state, photo));
    case "retry":
      return retry(session, event.refusal);
    case "dismiss":
      return dismiss(session, event.refusal, true);
    case "set-method":
      return only({ ...session, method: event.method });
    case "set-colour":
      return only({ ...session, colour: event.colour });
    case "set-sticker":
      return only({ ...session, sticker: event.sticker });
    case "switch":
      return event.wanted ? switchOn(session, event.feature) : switchOff(session, event.feature);
    case "search":
      return onPhoto(session, event.photo, search);
    case "protect":
      return onPhoto(session, event.photo, protect);
    case "protect-all":
      return protectAll(session);
    case "reopen":
      return onPhoto(session, event.photo, reopen);
    case "regions":
      return onPhoto(session, event.photo, (state, photo) => changeRegions(state, photo, event.change));
    case "adjust":
      return only(withPhoto(session, event.photo, (photo) => ({ ...photo, adjusted: event.region })));
    case "choose":
    case "take":
      return { state: session, effects: [{ kind: event.kind }] };
    case "save":
    case "share":
      return { state: session, effects: [{ kind: event.kind, copies: copiesOf(session, event.photos) }] };
    case "saving":
      return { state: session, effects: [announce({ what: "saving", name: event.name })] };
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

/** Photos that a person could decide about and that have no proved copy yet. */
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

function add(session: Session, files: readonly { file: number; name: string }[], folders: readonly string[]): Step {
  const refused = folders.reduce((step, name) => then(step, (state) => refuse(state, name, "folder", null, null)), only(session));
  return files.reduce((step, { file, name }) => then(step, (state) => addFile(state, file, name)), refused);
}

function addFile(session: Session, file: number, name: string): Step {
  const [state, job] = nextJob(session);
  const photo = photos.newPhoto(session.lastPhoto + 1, file, name, job);
  return {
    state: { ...state, photos: [...state.photos, photo], lastPhoto: photo.id, selected: state.selected ?? photo.id },
    effects: [{ kind: "check", photo: photo.id, job, file }],
  };
}

function select(session: Session, id: number): Step {
  const unadjusted = session.photos.map((photo) => (photo.adjusted === null ? photo : { ...photo, adjusted: null }));
  return only({ ...session, photos: unadjusted, selected: id });
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
  const { work, before, leaked } = photo;
  const urls = [...(before === null ? [] : [before.url]), ...leaked.map(({ url }) => url), ...urlsOfCopy(photo)];
  return [
    ...(work === null ? [] : [stop(work.job)]),
    ...stopRecognising(photo),
    { kind: "release", urls },
  ];
}

function stop(job: number): Effect {
  return { kind: "stop", job };
}

function stopRecognising({ recognition }: Photo): Effect[] {
  return recognition.kind === "working" ? [stop(recognition.job)] : [];
}

function urlsOfCopy({ phase }: Photo): string[] {
  return phase.kind === "proved" ? [phase.copy.url, ...(phase.copy.after === null ? [] : [phase.copy.after.url])] : [];
}

function clear(session: Session): Step {
  const endings = session.photos.flatMap((photo): Effect[] => [...ending(photo), { kind: "forget", file: photo.file }]);
  const refused = session.refusals.flatMap(({ file }): Effect[] => (file === null ? [] : [{ kind: "forget", file }]));
  return { state: { ...session, photos: [], refusals: [], selected: null }, effects: [...endings, ...refused] };
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
  return then(dismissed, (state) => addFile(state, file, name));
}

// Work

/** Stops the work on the photo; a photo that was not checked yet is taken away. */
function cancel(session: Session, photo: Photo): Step {
  if (photo.report === null) {
    return remove(session, photo);
  }
  return photo.work === null ? only(session) : withEffects(entered(session, photos.reviewed(photo)), stop(photo.work.job));
}

/** Searches the photo again, thoroughly. What was found and decided before stays, also if that fails. */
function search(session: Session, photo: Photo): Step {
  if (!photos.isDecidable(photo)) {
    return only(session);
  }
  const [state, job] = nextJob(session);
  const waiting: Photo = { ...photo, phase: { kind: "waiting" }, work: { job, task: "search" }, searchFailure: null, adjusted: null };
  return {
    state: withPhoto(state, photo.id, () => waiting),
    effects: [...dropCopy(photo), { kind: "search", photo: photo.id, job, file: photo.file }],
  };
}

function protect(session: Session, photo: Photo): Step {
  if (!photos.isDecidable(photo)) {
    return only(session);
  }
  const [state, job] = nextJob(session);
  const phase = { kind: "working", task: "protect", stage: "decode", fraction: 0 } as const;
  const regions = photos.requestsOf(photo);
  const { id, file, thorough } = photo;
  return {
    state: withPhoto(state, id, () => ({ ...photo, phase, work: { job, task: "protect" }, adjusted: null })),
    effects: [
      ...dropCopy(photo),
      { kind: "protect", photo: id, job, file, regions, style: styleOf(session), thorough: thorough !== null },
      ...(session.selected === id ? [announce({ what: "stage", stage: "decode" })] : []),
    ],
  };
}

function protectAll(session: Session): Step {
  return undone(session).reduce((step, photo) => then(step, (state) => protect(state, photo)), only(session));
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
  const reopened = photo.phase.kind === "proved" ? reopen(session, photo) : only(session);
  return then(reopened, (state) => onPhoto(state, photo.id, (current, each) => changed(current, photos.changeRegions(each, change), change)));
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

type Worked = Extract<Answer, { kind: "progress" | "checked" | "searched" | "protected" | "failed" }>;

function worked(session: Session, answer: Worked): Step {
  return onPhoto(session, answer.photo, (state, photo) => {
    if (photo.work?.job !== answer.job) {
      return only(state);
    }
    const { task } = photo.work;
    switch (answer.kind) {
      case "progress":
        return progressed(state, photo, task, answer.stage, answer.fraction);
      case "checked":
        return then(entered(state, photos.checked(photo, answer.report, answer.before, answer.leaked)), (next) => afterCheck(next, photo.id));
      case "searched":
        return then(entered(state, photos.searched(photo, answer.report)), (next) => recognise(next, photo.id));
      case "protected":
        return entered(state, photos.proved(photo, answer.proof, answer.copy));
      case "failed":
        return failed(state, photo, task, answer.code, answer.report);
    }
  });
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
      return begun({ ...session, [feature]: { kind: "on" } }, feature);
  }
}

function begun(session: Session, feature: Feature): Step {
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

// What can be saved

function copiesOf(session: Session, ids: readonly number[]): string[] {
  const wanted = session.photos.filter(({ id }) => ids.includes(id));
  return wanted.flatMap(({ phase }) => (phase.kind === "proved" ? [phase.copy.url] : []));
}
