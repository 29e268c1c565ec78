/** One photo on the page, from its choice to its proved copy. Nothing of it is stored anywhere. */

import type { FileReport, LeakedPicture, Preview, Proof, ProtectResult, Stage } from "../api/index.js";
import type { Box, Region, Size } from "./regions.js";
import { fromCheck, fromFace, fromPerson } from "./regions.js";

export type Phase =
  | { kind: "waiting" }
  | { kind: "working"; task: "check" | "protect"; stage: Stage; fraction: number }
  | { kind: "review" }
  | { kind: "proved"; saved: SavedCopy }
  | { kind: "unproved"; proof: Proof }
  /** It could not be covered; what was decided is kept. */
  | { kind: "failed"; code: string };

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
}

export class Photo {
  phase: Phase = { kind: "waiting" };
  report: FileReport | null = null;
  before: Shown | null = null;
  /** Pictures that the file holds besides its own, by the place of their leak in the report. */
  leaked = new Map<number, Shown>();
  regions: Region[] = [];
  /** Stops what is being done with it. */
  abort = new AbortController();
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

  /** The report is there, so a person can decide. */
  get decidable(): boolean {
    return this.report !== null && this.phase.kind !== "working";
  }

  checked(report: FileReport, preview: Preview | null, pictures: LeakedPicture[]): void {
    this.report = report;
    this.leaked = new Map(pictures.map((picture) => [picture.leak, show(picture)]));
    this.before = preview && show(preview);
    this.regions = report.faces.map((face) => fromFace(this.#nextId(), face));
    this.phase = { kind: "review" };
  }

  add(box: Box): Region {
    return this.#include(fromPerson(this.#nextId(), box));
  }

  propose(box: Box): Region {
    return this.#include(fromCheck(this.#nextId(), box));
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
    this.phase = { kind: "proved", saved: { url: URL.createObjectURL(blob), file, after, proof } };
  }

  /** Back to deciding: a copy made by other decisions is worth nothing. */
  reopen(): void {
    this.#dropCopy();
    this.phase = { kind: "review" };
  }

  /** Lets go of everything that was kept in memory. */
  forget(): void {
    this.abort.abort();
    this.#dropCopy();
    if (this.before !== null) {
      URL.revokeObjectURL(this.before.url);
    }
    for (const { url } of this.leaked.values()) {
      URL.revokeObjectURL(url);
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

function show(preview: Preview): Shown {
  const { blob, width, height } = preview;
  return { url: URL.createObjectURL(blob), blob, width, height };
}
