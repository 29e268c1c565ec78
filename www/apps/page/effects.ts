/** Carries out the model's effects with the engine and the browser. Here are the files, which the model knows by numbers. */

import { TarnkappeError } from "../../engine/index.js";
import type { CheckCallOptions, Inspection, LeakedPicture, LoadOptions, Preview, ProtectResult, Region, Stage, Tarnkappe } from "../../engine/index.js";
import type { Copy, LeakedPicture as Leaked, Picture } from "../../model/photo.js";
import type { ListedRegion } from "../../model/regions.js";
import type { Target } from "../../model/saving.js";
import { SMALL_SIDE, smallSide } from "../../model/small.js";
import type { Announcement, Answer, Effect, Event } from "../../model/session.js";
import { DOWNLOAD_MS, Parts, canShare, download, isChangeOfMind, save, share } from "./save.js";
import { IntakeError } from "./source.js";
import type { Source } from "./source.js";

/** What only the page can do. */
export interface Hands {
  announce(words: Announcement): void;
  /** Opens the chooser for files or for a folder, or the camera. */
  choose(): void;
  chooseFolder(): void;
  take(): void;
  print(): void;
}

type Job = Extract<Effect, { job: number; photo: number; file: number }>;

/** Answers of the engine, without the numbers by which the model knows its work. */
type Result = Answer extends infer A ? (A extends { photo: number; job: number } ? Omit<A, "photo" | "job"> : never) : never;

export class EffectRunner {
  readonly #engine: Promise<Tarnkappe>;
  readonly #answer: (event: Event) => void;
  readonly #hands: Hands;
  readonly #files = new Map<number, Source>();
  /** Raw files of which the preview is opened. */
  readonly #previews = new Set<number>();
  /** Small pictures of photos by their addresses. */
  readonly #pictures = new Map<string, Blob>();
  /** Proved copies by their addresses. */
  readonly #copies = new Map<string, File>();
  readonly #jobs = new Map<number, AbortController>();
  /** Copies on their way to where they are saved, by the number of that work. */
  readonly #savings = new Map<number, Parts>();
  #lastFile = 0;

  constructor(engine: Promise<Tarnkappe>, answer: (event: Event) => void, hands: Hands) {
    this.#engine = engine;
    this.#answer = answer;
    this.#hands = hands;
  }

  /** Takes a file in, to be known by the number returned. */
  keep(file: Source): number {
    this.#lastFile += 1;
    this.#files.set(this.#lastFile, file);
    return this.#lastFile;
  }

  canShare(urls: readonly string[]): boolean {
    return canShare(this.filesOf(urls));
  }

  run(effect: Effect): void {
    switch (effect.kind) {
      case "check":
      case "search":
      case "protect":
        void this.#work(effect);
        break;
      case "recognise":
        void this.#recognise(effect);
        break;
      case "draw-covers":
        void this.#draw(effect);
        break;
      case "prepare":
        void this.#prepare(effect);
        break;
      case "stop":
        this.#jobs.get(effect.job)?.abort();
        this.#savings.get(effect.job)?.end();
        break;
      case "release":
        effect.urls.forEach((url) => this.#release(url, effect.isBeingRead === true));
        break;
      case "forget":
        this.#files.delete(effect.file);
        this.#previews.delete(effect.file);
        break;
      case "use-preview":
        this.#previews.add(effect.file);
        break;
      case "announce":
        this.#hands.announce(effect.words);
        break;
      case "choose":
        this.#hands.choose();
        break;
      case "choose-folder":
        this.#hands.chooseFolder();
        break;
      case "take":
        this.#hands.take();
        break;
      case "print":
        this.#hands.print();
        break;
      case "show":
        void this.#show(effect);
        break;
      case "save":
        void this.#save(effect.job, effect.to);
        break;
      case "save-part":
        this.#savings.get(effect.job)?.push(effect.made, effect.url);
        break;
      case "save-end":
        this.#savings.get(effect.job)?.end();
        break;
      case "share":
        void this.#share(effect.copies);
        break;
      case "save-report":
        download(new Blob([JSON.stringify(effect.report, null, 2)], { type: "application/json" }), `report-${effect.photo}.json`);
        break;
    }
  }

  async #work(effect: Extract<Job, { kind: "check" | "search" | "protect" }>): Promise<void> {
    const onProgress = (stage: Stage, fraction: number) => this.#say(effect, { kind: "progress", stage, fraction });
    await this.#do(
      effect,
      async (engine, file, signal) => {
        const options = { signal, onProgress, rawPreview: this.#previews.has(effect.file) };
        switch (effect.kind) {
          case "check": {
            const { report, preview, pictures } = await inspect(engine, file, options);
            return () => ({ kind: "checked", report, before: preview && this.#kept(preview), leaked: pictures.map(shownLeak) });
          }
          case "search": {
            const report = await engine.check(file, { ...options, thorough: true });
            return () => ({ kind: "searched", report });
          }
          case "protect": {
            const { regions, style, thorough, recompress, previewSide } = effect;
            const result = await engine.protect(file, { ...options, ...style, ...(recompress && { recompress }), regions, thorough, previewSide });
            return () => ({ kind: "protected", proof: result.proof, copy: this.#copyOf(result, effect.photo) });
          }
        }
      },
      (code, report) => ({ kind: "failed", code, report }),
    );
  }

  async #recognise(effect: Extract<Effect, { kind: "recognise" }>): Promise<void> {
    const onProgress = (_stage: Stage, fraction: number) => this.#say(effect, { kind: "recognising", fraction });
    await this.#do(
      effect,
      async (engine, file, signal) => {
        const identifiability = await engine.recognise(file, effect.regions.map(reported), { signal, onProgress, rawPreview: this.#previews.has(effect.file) });
        return () => ({ kind: "recognised", regions: effect.regions.map(({ id }) => id), identifiability });
      },
      (code) => ({ kind: "not-recognised", code }),
    );
  }

  /** What the recogniser compares faces of a file by. @throws TarnkappeError or IntakeError */
  async embed(file: number, regions: readonly ListedRegion[], signal: AbortSignal): Promise<(Float32Array | null)[]> {
    const engine = await this.#engine;
    return engine.embed(await this.#open(file), regions.map(reported), { signal, rawPreview: this.#previews.has(file) });
  }

  /** @param run gives the answer, which is not made if the work has been stopped meanwhile */
  async #do(
    effect: Job,
    run: (engine: Tarnkappe, file: File, signal: AbortSignal) => Promise<() => Result>,
    failed: (code: string, report: TarnkappeError["report"]) => Result,
  ): Promise<void> {
    const { signal } = this.#begin(effect.job);
    try {
      const file = await this.#open(effect.file);
      const result = await run(await this.#engine, file, signal);
      if (!signal.aborted) {
        this.#say(effect, result());
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#say(effect, failed(codeOf(error), error instanceof TarnkappeError ? error.report : null));
      }
    } finally {
      this.#jobs.delete(effect.job);
    }
  }

  async #open(number: number): Promise<File> {
    const source = this.#files.get(number);
    if (source === undefined) {
      throw new TarnkappeError("unreadable", "The file has been given up.");
    }
    try {
      return await source.open();
    } catch (cause) {
      throw cause instanceof IntakeError ? cause : new TarnkappeError("unreadable", "The file could not be opened.", { cause });
    }
  }

  /** Makes the small pictures of a photo again. Without them, the photo can still be decided about. */
  async #show({ photo, job, file }: Extract<Effect, { kind: "show" }>): Promise<void> {
    const { signal } = this.#begin(job);
    try {
      const engine = await this.#engine;
      const { preview, pictures } = await inspect(engine, await this.#open(file), { signal, rawPreview: this.#previews.has(file) });
      this.#answer({ kind: "shown", photo, job, before: preview && this.#kept(preview), leaked: pictures.map(shownLeak) });
    } catch {
      this.#answer({ kind: "shown", photo, job, before: null, leaked: [] });
    } finally {
      this.#jobs.delete(job);
    }
  }

  async #save(job: number, to: Target): Promise<void> {
    const { signal } = this.#begin(job);
    const parts = new Parts((url) => this.#copies.get(url));
    this.#savings.set(job, parts);
    const told = {
      written: (copies: readonly number[]) => this.#answer({ kind: "written", job, copies }),
      saved: (copies: readonly number[]) => this.#answer({ kind: "saved", job, copies }),
    };
    try {
      await save(to, parts, told, signal);
      this.#answer({ kind: "save-ended", job, code: null });
    } catch (error) {
      this.#answer({ kind: "save-ended", job, code: isChangeOfMind(error) ? null : "unsaved" });
    } finally {
      this.#savings.delete(job);
      this.#jobs.delete(job);
    }
  }

  async #share(copies: readonly { made: number; url: string }[]): Promise<void> {
    const hasTaken = await share(this.filesOf(copies.map(({ url }) => url)));
    if (hasTaken !== null) {
      this.#answer(hasTaken ? { kind: "shared", copies: copies.map(({ made }) => made) } : { kind: "not-shared" });
    }
  }

  /** What is given up for something later needs no answer. */
  async #draw({ photo, job, picture, size, regions, style }: Extract<Effect, { kind: "draw-covers" }>): Promise<void> {
    try {
      const small = this.#pictures.get(picture) ?? new Blob();
      const drawing = await (await this.#engine).drawCovers(small, size, { ...style, regions: [...regions] });
      this.#answer({ kind: "drawn", photo, job, drawing });
    } catch (error) {
      if (codeOf(error) !== "aborted") {
        this.#answer({ kind: "drawn", photo, job, drawing: null });
      }
    }
  }

  /** Fetches what is needed for something that was switched on. */
  async #prepare({ feature, job }: Extract<Effect, { kind: "prepare" }>): Promise<void> {
    const { signal } = this.#begin(job);
    const options: LoadOptions = { signal, onProgress: (loaded, total) => this.#answer({ kind: "loading", feature, job, loaded, total }) };
    try {
      const engine = await this.#engine;
      await (feature === "thorough" ? engine.prepareThorough(options) : engine.prepareRecogniser(options));
      this.#answer({ kind: "loaded", feature, job });
    } catch (error) {
      this.#answer({ kind: "not-loaded", feature, job, code: codeOf(error) });
    } finally {
      this.#jobs.delete(job);
    }
  }

  #begin(job: number): AbortController {
    const controller = new AbortController();
    this.#jobs.set(job, controller);
    return controller;
  }

  #say({ photo, job }: Job, result: Result): void {
    this.#answer({ ...result, photo, job, at: performance.now() } as Answer & { at: number });
  }

  #kept(preview: Preview): Picture {
    const picture = shown(preview);
    this.#pictures.set(picture.url, preview.blob);
    return picture;
  }

  #copyOf({ blob, extension, preview }: ProtectResult, photo: number): Copy | null {
    if (blob === null) {
      return null;
    }
    const file = new File([blob], `photo-${photo}.${extension}`, { type: blob.type });
    const url = URL.createObjectURL(file);
    this.#copies.set(url, file);
    return { url, name: file.name, bytes: file.size, after: preview && shown(preview) };
  }

  /** Proved copies by their addresses. */
  filesOf(urls: readonly string[]): File[] {
    return urls.flatMap((url) => this.#copies.get(url) ?? []);
  }

  #release(url: string, isBeingRead: boolean): void {
    setTimeout(() => URL.revokeObjectURL(url), isBeingRead ? DOWNLOAD_MS : 0);
    this.#copies.delete(url);
    this.#pictures.delete(url);
  }
}

/** What the photo gives away, with small pictures. Only then it is known whether it is a panorama, which needs a larger one. */
async function inspect(engine: Tarnkappe, file: File, options: CheckCallOptions): Promise<Inspection> {
  const first = await engine.inspect(file, { ...options, previewSide: SMALL_SIDE });
  const previewSide = smallSide(first.report);
  return previewSide === SMALL_SIDE ? first : engine.inspect(file, { ...options, previewSide });
}

function shown({ blob, width, height }: Preview): Picture {
  return { url: URL.createObjectURL(blob), width, height };
}

function shownLeak(picture: LeakedPicture): Leaked {
  return { ...shown(picture), leak: picture.leak };
}

/** The region as a report has it. */
function reported({ shaped: _, ...region }: ListedRegion): Region {
  return region;
}

/** Why something went wrong. */
export function codeOf(error: unknown): string {
  return error instanceof TarnkappeError || error instanceof IntakeError ? error.code : "internal";
}
