/** One photo on the page, from its choice to its proved copy. Nothing of it is stored anywhere. */

import type { Face, FileReport, Identifiability, LeakedPicture, Preview, Proof, ProtectResult, Stage } from "../api/index.js";
import { outcomeOf } from "./outcome.js";
import type { Outcome } from "./outcome.js";
import type { Box, Region, Size } from "./regions.js";
import { fromCheck, fromFace, fromPerson, isMaybe, isSameBox, matchFaces } from "./regions.js";

/** `search`: the photo is searched again, thoroughly. */
export type Task = "check" | "search" | "protect";

export type Phase =
  | { kind: "waiting" }
  | { kind: "working"; task: Task; stage: Stage; fraction: number }
  | { kind: "review" }
  | { kind: "proved"; saved: SavedCopy }
  | { kind: "unproved"; proof: Proof }
  /** It could not be covered; what was decided is kept. */
  | { kind: "failed"; code: string };

/** What became of showing the photo's faces to the recogniser. */
export type Recognition = { kind: "none" } | { kind: "working"; fraction: number } | { kind: "done" } | { kind: "failed"; code: string };

/** A picture that the page shows by its blob's address. */
export interface Shown extends Size {
  url: string;
  blob: Blob;
}

/** What can be saved. */
export interface SavedCopy {
  url: string;
  file: File;
  after: Shown | null;
  proof: Proof;
  /** What was decided when it was made. */
  outcome: Outcome;
}

export class Photo {
  phase: Phase = { kind: "waiting" };
  report: FileReport | null = null;
  before: Shown | null = null;
  /** Pictures that the file holds besides its own, by the place of their leak in the report. */
  leaked = new Map<number, Shown>();
  regions: Region[] = [];
  /** Set once it has been searched thoroughly: how many finds came and went. Its copy is then checked thoroughly, too. */
  thorough: { added: number; dropped: number } | null = null;
  /** Code of why the last thorough search of it failed. */
  searchFailure: string | null = null;
  recognition: Recognition = { kind: "none" };
  /** Stops what is being done with it. */
  abort = new AbortController();
  #recognising = new AbortController();
  #lastId = 0;

  constructor(
    readonly file: File,
    /** Counts from 1; the saved copy is named after it. */
    readonly number: number,
  ) {}

  get size(): Size {
    return { width: this.report?.width ?? 1, height: this.report?.height ?? 1 };
  }

  get coveredCount(): number {
    return this.regions.filter((region) => region.covered).length;
  }

  get foundCount(): number {
    return this.regions.filter((region) => region.origin === "found").length;
  }

  /** What can be saved now. */
  get copy(): SavedCopy | null {
    return this.phase.kind === "proved" ? this.phase.saved : null;
  }

  /** The report is there, so a person can decide. */
  get decidable(): boolean {
    return this.report !== null && this.phase.kind !== "working" && this.phase.kind !== "waiting";
  }

  /** It waits for a thorough search, or is being searched. */
  get searching(): boolean {
    const { phase } = this;
    return this.report !== null && (phase.kind === "waiting" || (phase.kind === "working" && phase.task === "search"));
  }

  /** A person is deciding, and a thorough search could still add something. */
  get searchable(): boolean {
    return this.report !== null && this.thorough === null && (this.phase.kind === "review" || this.phase.kind === "failed");
  }

  checked(report: FileReport, preview: Preview | null, pictures: LeakedPicture[]): void {
    this.report = report;
    this.leaked = new Map(pictures.map((picture) => [picture.leak, show(picture)]));
    this.before = preview && show(preview);
    this.regions = report.faces.map((face) => fromFace(this.#nextId(), face));
    this.phase = { kind: "review" };
  }

  /**
   * Takes in a thorough search. What a person has decided stays. Of the finds that were not made again, those that were
   * uncertain go, and the others become uncertain.
   */
  searched(report: FileReport): void {
    const earlier = this.regions;
    const matches = matchFaces(report.faces, earlier);
    const confirmed = new Set(matches);
    this.regions = earlier.filter((region) => confirmed.has(region) || outlasts(region));
    const dropped = earlier.length - this.regions.length;
    this.regions.filter((region) => !confirmed.has(region)).forEach(doubt);
    report.faces.forEach((face, index) => this.#takeIn(face, matches[index] ?? null));
    this.report = report;
    this.thorough = { added: matches.filter((region) => region === null).length, dropped };
    this.phase = { kind: "review" };
  }

  /** Found faces that the recogniser has not been shown. */
  get unrecognised(): Face[] {
    return this.regions.flatMap((region) => (region.face !== null && region.recognised === null ? [region.face] : []));
  }

  /** The recogniser is to be shown faces, until the signal is aborted. */
  recognising(): AbortSignal {
    this.#recognising.abort();
    this.#recognising = new AbortController();
    return this.#recognising.signal;
  }

  /** Takes in what the recogniser made of these faces, as far as they are still there. */
  recognised(faces: Face[], identifiability: Identifiability[]): void {
    for (const region of this.regions) {
      const index = region.face === null ? -1 : faces.indexOf(region.face);
      region.recognised = identifiability[index] ?? region.recognised;
    }
    this.recognition = { kind: "done" };
  }

  forgetRecognition(): void {
    this.#recognising.abort();
    this.regions.forEach((region) => (region.recognised = null));
    this.recognition = { kind: "none" };
  }

  add(box: Box): Region {
    return this.#include(fromPerson(this.#nextId(), box));
  }

  /** A check points at the box: it becomes a region, unless it is one from an earlier try. */
  propose(box: Box, covered = true): Region {
    const region = this.regions.find((known) => isSameBox(known.box, box)) ?? this.#include(fromCheck(this.#nextId(), box));
    region.covered = covered;
    return region;
  }

  remove(region: Region): void {
    this.regions = this.regions.filter((kept) => kept !== region);
  }

  protected(result: ProtectResult): void {
    const { blob, proof, extension } = result;
    if (blob === null) {
      this.phase = { kind: "unproved", proof };
      return;
    }
    const file = new File([blob], `photo-${this.number}.${extension}`, { type: blob.type });
    const after = result.preview && show(result.preview);
    this.phase = { kind: "proved", saved: { url: URL.createObjectURL(blob), file, after, proof, outcome: outcomeOf(this.regions) } };
  }

  /** Back to deciding: a copy made by other decisions is worth nothing. */
  reopen(): void {
    this.#dropCopy();
    this.phase = { kind: "review" };
  }

  /** Lets go of everything that was kept in memory. */
  forget(): void {
    this.abort.abort();
    this.forgetRecognition();
    this.#dropCopy();
    if (this.before !== null) {
      URL.revokeObjectURL(this.before.url);
    }
    for (const { url } of this.leaked.values()) {
      URL.revokeObjectURL(url);
    }
  }

  #takeIn(face: Face, region: Region | null): void {
    if (region === null) {
      this.#include(fromFace(this.#nextId(), face));
    } else if (region.origin === "found") {
      region.face = face;
      region.recognised = null;
      region.box = region.edited ? region.box : [...face.cover];
    }
  }

  #include(region: Region): Region {
    this.regions = [...this.regions, region];
    return region;
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #dropCopy(): void {
    if (this.phase.kind !== "proved") {
      return;
    }
    const { url, after } = this.phase.saved;
    URL.revokeObjectURL(url);
    if (after !== null) {
      URL.revokeObjectURL(after.url);
    }
  }
}

/** The region stays if a more thorough search does not confirm it. */
function outlasts(region: Region): boolean {
  return region.edited || region.decided || region.origin !== "found" || !isMaybe(region);
}

function doubt(region: Region): void {
  region.face = region.face && { ...region.face, maybe: true };
}

function show(preview: Preview): Shown {
  const { blob, width, height } = preview;
  return { url: URL.createObjectURL(blob), blob, width, height };
}
