/** The photos of one visit and the work that is done with them. Knows nothing of the page's elements. */

import { RECOGNISER_BYTES, THOROUGH_BYTES, TarnkappeError } from "../api/index.js";
import type { FileReport, LoadOptions, Method, Stage, Tarnkappe } from "../api/index.js";
import type { Intake } from "./intake.js";
import { Photo } from "./photo.js";
import type { Task } from "./photo.js";
import { toEngine } from "./regions.js";

/** Longest side of the picture on the page, in pixels: enough for a large screen, small in memory. */
const PREVIEW_SIDE = 1600;

/** Something that could not be used, to be told to the person. */
export interface Refusal {
  name: string;
  code: string;
  /** What to try again with; folders have none. */
  file: File | null;
  /** What the file gives away although it could not be opened. */
  report: FileReport | null;
}

/** Something that can be switched on. What it needs is fetched when that first happens. */
export type OnDemand =
  | { kind: "off" }
  | { kind: "loading"; loaded: number; total: number }
  /** It could not be fetched. */
  | { kind: "failed"; code: string }
  | { kind: "on" };

export interface Listener {
  /** Photos came or went, or another one is selected. */
  photosChanged(): void;
  /** Files were refused, or a refusal was dismissed. */
  refusalsChanged(): void;
  /** The photo is in another phase. */
  phaseChanged(photo: Photo): void;
  /** Work on the photo went on within its phase. */
  progressed(photo: Photo): void;
  /** Thorough searching was switched, or what it needs is being fetched. */
  thoroughChanged(): void;
  /** Recognising was switched, what it needs is being fetched, or it went on with a photo. */
  recognitionChanged(): void;
}

export class Session {
  photos: Photo[] = [];
  refusals: Refusal[] = [];
  selected: Photo | null = null;
  method: Method = "soft";
  /** Whether photos are searched thoroughly. */
  thorough: OnDemand = { kind: "off" };
  /** Whether faces are shown to the recogniser. */
  recogniser: OnDemand = { kind: "off" };
  readonly #engine: Promise<Tarnkappe>;
  readonly #listener: Listener;
  #loading = new AbortController();
  #loadingRecogniser = new AbortController();
  #count = 0;

  constructor(engine: Promise<Tarnkappe>, listener: Listener) {
    this.#engine = engine;
    this.#listener = listener;
  }

  add(intake: Intake): void {
    for (const name of intake.folders) {
      this.#refuse({ name, code: "folder", file: null, report: null });
    }
    const added = intake.files.map((file) => new Photo(file, this.#next()));
    this.photos.push(...added);
    this.selected ??= added[0] ?? null;
    this.#listener.photosChanged();
    for (const photo of added) {
      void this.#check(photo);
    }
  }

  select(photo: Photo): void {
    this.selected = photo;
    this.#listener.photosChanged();
  }

  remove(photo: Photo): void {
    const position = this.photos.indexOf(photo);
    this.photos = this.photos.filter((kept) => kept !== photo);
    photo.forget();
    if (this.selected === photo) {
      this.selected = this.photos[position] ?? this.photos[position - 1] ?? null;
    }
    this.#listener.photosChanged();
  }

  clear(): void {
    for (const photo of this.photos) {
      photo.forget();
    }
    this.photos = [];
    this.refusals = [];
    this.selected = null;
    this.#listener.refusalsChanged();
    this.#listener.photosChanged();
  }

  /** Stops the work on the photo; a photo that was not looked at yet is taken away. */
  cancel(photo: Photo): void {
    if (photo.report === null) {
      this.remove(photo);
    } else {
      photo.abort.abort();
    }
  }

  /**
   * Switches thorough searching for all photos: those that a person is deciding about are searched again, the selected one
   * first, and those that are added later after their quick search. Switching off ends what is under way; what has been
   * found stays.
   */
  async setThorough(wanted: boolean): Promise<void> {
    this.#loading.abort();
    if (!wanted) {
      this.#switchThorough({ kind: "off" });
      this.photos.filter((photo) => photo.searching).forEach((photo) => photo.abort.abort());
      return;
    }
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const load = (engine: Tarnkappe, options: LoadOptions) => engine.prepareThorough(options);
    if (await this.#prepare(THOROUGH_BYTES, signal, load, (state) => this.#switchThorough(state))) {
      this.#selectedFirst().filter((photo) => photo.searchable).forEach((photo) => void this.search(photo));
    }
  }

  /**
   * Switches recognising for all photos, the selected one first, and those that are added later. Switching off forgets what
   * it gave.
   */
  async setRecogniser(wanted: boolean): Promise<void> {
    this.#loadingRecogniser.abort();
    if (!wanted) {
      this.photos.forEach((photo) => photo.forgetRecognition());
      this.#switchRecogniser({ kind: "off" });
      return;
    }
    this.#loadingRecogniser = new AbortController();
    const { signal } = this.#loadingRecogniser;
    const load = (engine: Tarnkappe, options: LoadOptions) => engine.prepareRecogniser(options);
    if (await this.#prepare(RECOGNISER_BYTES, signal, load, (state) => this.#switchRecogniser(state))) {
      this.#selectedFirst().forEach((photo) => void this.#recognise(photo));
    }
  }

  /** Searches the photo again, thoroughly. What was found and decided before stays, also if that fails. */
  async search(photo: Photo): Promise<void> {
    photo.phase = { kind: "waiting" };
    photo.searchFailure = null;
    this.#listener.phaseChanged(photo);
    await this.#work(photo, "search", async (options) => {
      const engine = await this.#engine;
      const report = await engine.check(photo.file, { ...options, thorough: true });
      return () => photo.searched(report);
    });
    void this.#recognise(photo);
  }

  async protect(photo: Photo): Promise<void> {
    await this.#work(photo, "protect", async (options) => {
      const engine = await this.#engine;
      const regions = photo.regions.map(toEngine);
      const thorough = photo.thorough !== null;
      const call = { ...options, regions, thorough, method: this.method, previewSide: PREVIEW_SIDE };
      const result = await engine.protect(photo.file, call);
      return () => photo.protected(result);
    });
  }

  /** Covers every photo that a person could decide about and that has no proved copy yet. */
  protectAll(): void {
    for (const photo of this.photos.filter((each) => each.decidable && each.phase.kind !== "proved")) {
      void this.protect(photo);
    }
  }

  /** Back to deciding about the photo, which drops its copy. */
  reopen(photo: Photo): void {
    photo.reopen();
    this.#listener.phaseChanged(photo);
  }

  /** Tries a refused file again. */
  retry(refusal: Refusal): void {
    this.dismiss(refusal);
    if (refusal.file !== null) {
      this.add({ files: [refusal.file], folders: [] });
    }
  }

  dismiss(refusal: Refusal): void {
    this.refusals = this.refusals.filter((kept) => kept !== refusal);
    this.#listener.refusalsChanged();
  }

  async #check(photo: Photo): Promise<void> {
    await this.#work(photo, "check", async (options) => {
      const engine = await this.#engine;
      const { report, preview, pictures } = await engine.inspect(photo.file, { ...options, previewSide: PREVIEW_SIDE });
      return () => photo.checked(report, preview, pictures);
    });
    if (this.thorough.kind === "on" && this.photos.includes(photo) && photo.searchable) {
      await this.search(photo);
    } else {
      void this.#recognise(photo);
    }
  }

  /** Shows the recogniser those faces of a photo that it has not seen, if a person wants that. */
  async #recognise(photo: Photo): Promise<void> {
    const faces = photo.unrecognised;
    if (this.recogniser.kind !== "on" || !this.photos.includes(photo) || faces.length === 0) {
      return;
    }
    const signal = photo.recognising();
    const onProgress = (_stage: Stage, fraction: number) => {
      photo.recognition = { kind: "working", fraction };
      this.#listener.recognitionChanged();
    };
    onProgress("decode", 0);
    try {
      const engine = await this.#engine;
      photo.recognised(faces, await engine.recognise(photo.file, faces, { signal, onProgress }));
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      photo.recognition = { kind: "failed", code: codeOf(error) };
    }
    this.#listener.recognitionChanged();
  }

  #selectedFirst(): Photo[] {
    return [...this.photos].sort((a, b) => Number(b === this.selected) - Number(a === this.selected));
  }

  /** Fetches what is needed for something that was switched on, and says whether it is there. */
  async #prepare(
    total: number,
    signal: AbortSignal,
    load: (engine: Tarnkappe, options: LoadOptions) => Promise<void>,
    tell: (state: OnDemand) => void,
  ): Promise<boolean> {
    const onProgress = (loaded: number) => tell({ kind: "loading", loaded, total });
    onProgress(0);
    try {
      await load(await this.#engine, { signal, onProgress });
    } catch (error) {
      if (!signal.aborted) {
        tell({ kind: "failed", code: codeOf(error) });
      }
      return false;
    }
    tell({ kind: "on" });
    return true;
  }

  #switchThorough(thorough: OnDemand): void {
    this.thorough = thorough;
    this.#listener.thoroughChanged();
  }

  #switchRecogniser(recogniser: OnDemand): void {
    this.recogniser = recogniser;
    this.#listener.recognitionChanged();
  }

  /** @param run gives what to do with the result, which is not done if the work has been stopped meanwhile */
  async #work(photo: Photo, task: Task, run: (options: WorkOptions) => Promise<() => void>): Promise<void> {
    photo.abort = new AbortController();
    const { signal } = photo.abort;
    if (task === "protect") {
      photo.reopen();
      this.#progress(photo, task, "decode", 0);
    }
    const onProgress = (stage: Stage, fraction: number) => this.#progress(photo, task, stage, fraction);
    try {
      const take = await run({ signal, onProgress });
      if (signal.aborted) {
        throw new TarnkappeError("aborted", "The work was cancelled.");
      }
      take();
    } catch (error) {
      this.#failed(photo, task, error);
    }
    if (this.photos.includes(photo)) {
      this.#listener.phaseChanged(photo);
    }
  }

  /** A photo that could not be checked is refused; all others can be decided about again. */
  #failed(photo: Photo, task: Task, error: unknown): void {
    const code = codeOf(error);
    if (code === "aborted") {
      photo.phase = { kind: "review" };
    } else if (task === "search") {
      photo.phase = { kind: "review" };
      photo.searchFailure = code;
    } else if (photo.report !== null) {
      photo.phase = { kind: "failed", code };
    } else if (this.photos.includes(photo)) {
      const report = error instanceof TarnkappeError ? error.report : null;
      this.#refuse({ name: photo.file.name, code, file: photo.file, report });
      this.remove(photo);
    }
  }

  #refuse(refusal: Refusal): void {
    this.refusals.push(refusal);
    this.#listener.refusalsChanged();
  }

  #progress(photo: Photo, task: Task, stage: Stage, fraction: number): void {
    const isNew = photo.phase.kind !== "working";
    photo.phase = { kind: "working", task, stage, fraction };
    if (isNew) {
      this.#listener.phaseChanged(photo);
    } else {
      this.#listener.progressed(photo);
    }
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

function codeOf(error: unknown): string {
  return error instanceof TarnkappeError ? error.code : "internal";
}

interface WorkOptions {
  signal: AbortSignal;
  onProgress: (stage: Stage, fraction: number) => void;
}
