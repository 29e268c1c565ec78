import { html, nothing } from "lit";
import type { FileReport } from "../../../engine/generated/report.js";
import { TarnkappeError } from "../../../engine/index.js";
import type { LeakedPicture as EnginePicture } from "../../../engine/index.js";
import type { LeakedPicture } from "../../../model/photo.js";
import { alarm, button, icon } from "../../../ui/base/controls.js";
import { leakFacts } from "../../../ui/facts/facts.js";
import factsSheet from "../../../ui/facts/facts.css";
import { errorWords } from "../../../ui/words/sentences.js";
import { Screen, screenStyles } from "../base/screen.js";
import { loadPicture, pictureUrl } from "../data.js";
import { theEngine } from "../engine.js";
import metadataSheet from "./metadata.css";

const PICTURE = "planted.jpg";
/** What has been planted, by the kinds of leaks of which the engine must find one. */
const PLANTED = { place: ["gps"], time: ["date"], device: ["serial", "camera"], preview: ["thumbnail", "preview"] } as const;
type Planted = keyof typeof PLANTED;

type Phase =
  | { readonly kind: "guessing" }
  | { readonly kind: "working" }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "found"; readonly report: FileReport; readonly pictures: readonly LeakedPicture[] }
  | { readonly kind: "cleaned"; readonly before: FileReport; readonly after: FileReport; readonly url: string };

/** A photo in which all faces are covered, and what its file says all the same. */
export class Metadata extends Screen {
  static override properties = { phase: { state: true } };
  static override styles = screenStyles(factsSheet, metadataSheet);

  declare private phase: Phase;
  readonly #stop = new AbortController();
  /** Addresses of pictures, which are given back. */
  #urls: string[] = [];

  constructor() {
    super();
    this.phase = { kind: "guessing" };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
  }

  protected override slides() {
    return [
      html`<h1 tabindex="-1">${this.t("card.metadata")}</h1>
        <p class="lead">${this.t("metadata.lead")}</p>
        <img class="photo" src=${pictureUrl(PICTURE)} alt=${this.t("metadata.alt")} width="1280" height="927">
        <p class="hint">${this.t("shop.photo_credit")} ${this.t("metadata.credit")}</p>
        ${this.phase.kind === "guessing" ? button(this.t("metadata.check"), "primary check", () => void this.#check(), "open") : nothing}
        <div role="status">${this.#state()}</div>`,
    ];
  }

  #state() {
    const { phase } = this;
    switch (phase.kind) {
      case "guessing":
        return nothing;
      case "working":
        return html`<p>${this.t("shop.working")}</p>`;
      case "failed":
        return html`${alarm(errorWords(this.words, phase.code))} ${button(this.t("shop.again"), "secondary again", () => void this.#check(), "again")}`;
      case "found":
        return html`<h2>${this.t("metadata.found")}</h2>
          ${this.#list(phase.report)} ${leakFacts(this.words, phase.report.leaks, phase.pictures, nothing)}
          <p class="text">${this.t("metadata.found_words")}</p>
          ${button(this.t("metadata.clean"), "primary clean", () => void this.#clean(phase.report), "check")}`;
      case "cleaned":
        return html`<h2>${this.t("metadata.cleaned")}</h2>
          ${this.#list(phase.after)}
          <img class="photo" src=${phase.url} alt=${this.t("metadata.cleaned_alt")} width="1280" height="927">
          <p class="text">${this.t("metadata.left", { before: phase.before.leaks.length, count: this.#given(phase.after) })}</p>
          <p class="text">${this.t("metadata.so")}</p>`;
    }
  }

  /** What has been planted, and whether the engine finds it in this file. */
  #list(report: FileReport) {
    const planted = Object.keys(PLANTED) as Planted[];
    return html`<ul class="planted">
      ${planted.map((name) => {
        const isThere = report.leaks.some(({ kind }) => (PLANTED[name] as readonly string[]).includes(kind));
        return html`<li class=${isThere ? "there" : "gone"} data-planted=${name}>
          ${icon(isThere ? "alert" : "check")} <span>${this.t(isThere ? `metadata.${name}` : `metadata.${name}_gone`)}</span>
        </li>`;
      })}
    </ul>`;
  }

  #given({ leaks }: FileReport): number {
    return leaks.filter(({ severity }) => severity !== "low").length;
  }

  async #check(): Promise<void> {
    await this.#work(async () => {
      const [engine, file] = await Promise.all([theEngine(), loadPicture(PICTURE)]);
      const { report, pictures } = await engine.inspect(file, { previewSide: 600, signal: this.#stop.signal });
      return { kind: "found", report, pictures: pictures.map((picture) => this.#shown(picture)) };
    });
  }

  async #clean(before: FileReport): Promise<void> {
    await this.#work(async () => {
      const [engine, file] = await Promise.all([theEngine(), loadPicture(PICTURE)]);
      const { signal } = this.#stop;
      const { blob } = await engine.protect(file, { regions: before.regions, signal });
      if (blob === null) {
        throw new TarnkappeError("internal", "The proof failed.");
      }
      const after = await engine.check(new File([blob], "photo.jpg", { type: blob.type }), { signal });
      return { kind: "cleaned", before, after, url: this.#address(blob) };
    });
  }

  async #work(run: () => Promise<Phase>): Promise<void> {
    this.phase = { kind: "working" };
    try {
      this.phase = await run();
    } catch (error) {
      this.phase = { kind: "failed", code: error instanceof TarnkappeError ? error.code : "load" };
    }
  }

  #shown({ blob, width, height, leak }: EnginePicture): LeakedPicture {
    return { url: this.#address(blob), width, height, leak };
  }

  #address(blob: Blob): string {
    const url = URL.createObjectURL(blob);
    this.#urls.push(url);
    return url;
  }
}
