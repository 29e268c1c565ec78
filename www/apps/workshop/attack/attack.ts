import { html, nothing } from "lit";
import { TarnkappeError, WORKSHOP_BYTES } from "../../../engine/workshop.js";
import type { Workshop } from "../../../engine/workshop.js";
import { SAME_PERSON_FROM } from "../../../model/likeness.js";
import { BEFORE, COVERS, bestAttempt, possibleFaces, rank, seenWords, stepAttack, thoughtWords, verdict } from "../../../model/workshop/attack.js";
import type { Attack as State, AttackEffect, AttackEvent, Cover, Look, Ranking, Sentence, Subject, Thoughts } from "../../../model/workshop/attack.js";
import { alarm, button, done } from "../../../ui/base/controls.js";
import { styles } from "../../../ui/base/place.js";
import { errorWords } from "../../../ui/words/sentences.js";
import { fileButton } from "../base/file-button.js";
import { Screen, screenStyles } from "../base/screen.js";
import attackSheet from "./attack.css";
import { numbersPicture, picture } from "./drawn.js";
import { dropWorkshop, galleryAddresses, loadWorkshop, loadedWorkshop } from "./engine.js";
import { OFFERED, ORIGINS, PEOPLE, nameOf, subjectOf } from "./people.js";

/** How many of the ranking are shown. */
const SHOWN = 5;
/** The same, on a projector. */
const SHOWN_PROJECTED = 3;

/** A participant's own photos. */
const BOTH = ["first", "second"] as const;
type Which = (typeof BOTH)[number];

/** Codes that the locale files have sentences of the workshop's own for. */
const OWN_PROBLEMS: ReadonlySet<string> = new Set(["no-face", "no-second-face"]);

/** A participant's face, or one of the gallery, is attacked: searched for clear, covered, and by an attacker who thinks. */
export class AttackMe extends Screen {
  static override properties = { ...Screen.properties, state: { state: true }, isRevealed: { state: true }, chosen: { state: true } };
  static override styles = screenStyles(attackSheet);

  declare state: State;
  /** On a projector a participant's own photo is seen by all, so it is shown when asked for. */
  declare isRevealed: boolean;
  /** Which photos of their own the participant has chosen. Their names are not shown, since a projector would show them to all. */
  declare private chosen: readonly Which[];
  #stop = new AbortController();
  #file: File | null = null;
  /** Another photo of the participant, which the gallery gets. */
  #second: File | null = null;

  constructor() {
    super();
    this.state = loadedWorkshop() === undefined ? BEFORE : { ...BEFORE, engine: { kind: "ready" } };
    this.isRevealed = false;
    this.chosen = [];
  }

  /** Nothing of a participant is left. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
    [this.#file, this.#second] = [null, null];
    this.chosen = [];
    this.state = BEFORE;
    void loadedWorkshop()?.forget().catch(() => undefined);
  }

  get #isHidden(): boolean {
    return this.isProjected && this.state.subject?.entry === "own" && !this.isRevealed;
  }

  protected override slides() {
    const { engine, look, clear } = this.state;
    const parts = [this.#start()];
    if (engine.kind === "ready" && look !== null && clear !== null) {
      parts.push(...(this.#isHidden ? [this.#hidden()] : [this.#kept(clear), this.#covers(look), this.#thoughts(look)]));
    }
    return parts;
  }

  get #shown(): number {
    return this.isProjected ? SHOWN_PROJECTED : SHOWN;
  }

  get #sides(): string {
    return this.isProjected ? "sides compact" : "sides";
  }

  #start() {
    const { engine } = this.state;
    return html`<h1 tabindex="-1">${this.t("attack.title")}</h1>
      ${this.isProjected && engine.kind === "ready" ? nothing : html`<p class="lead">${this.t("attack.lead")}</p>`}
      ${engine.kind === "ready" ? this.#whom() : this.#load()}
      <details ?hidden=${this.isProjected}>
        <summary>${this.t("attack.origins")}</summary>
        <ul class="origins">${ORIGINS.map(({ words, people }) => html`<li><strong lang="en">${words}</strong> ${people.map((person) => this.#name(person)).join(", ")}</li>`)}</ul>
      </details>`;
  }

  #load() {
    const { engine } = this.state;
    switch (engine.kind) {
      case "off":
        return html`<p class="text">${this.t("attack.load_words", { size: megabytes(WORKSHOP_BYTES) })}</p>
          <p>${button(this.t("attack.load"), "primary load", () => this.#dispatch({ kind: "prepare" }))}</p>`;
      case "loading": {
        const words = this.t(`attack.loading_${engine.stage}`);
        return html`<p role="status">${words}</p>
          <progress max="1" .value=${engine.share} aria-label=${words}></progress>
          <p>${button(this.t("attack.cancel"), "secondary cancel", () => this.#stopAll())}</p>`;
      }
      case "failed":
        return html`${alarm(this.#problem(engine.code))}
          <p class="text">${this.t("attack.load_failed")}</p>
          <p>${button(this.t("attack.again"), "primary load", () => this.#dispatch({ kind: "prepare" }))}</p>`;
      case "ready":
        return nothing;
    }
  }

  #whom() {
    const { problem, choice, isBusy, look } = this.state;
    return html`<div class="sides ${this.isProjected ? "halves" : ""}">
      <div class="stack">
        <h2>${this.t("attack.portraits")}</h2>
        <ul class="portraits">${OFFERED.map((entry) => this.#portrait(entry))}</ul>
      </div>
      <div class="stack files">
        <h2>${this.t("attack.own")}</h2>
        <p class="hint">${this.t("attack.own_words")}</p>
        ${fileButton(this.t("attack.own_button"), "own", (file) => this.#chosen(file, "first"))}
        ${fileButton(this.t("attack.second_button"), "second", (file) => this.#chosen(file, "second"))}
        <div role="status" class="chosen">${this.chosen.map((which) => done(this.t(`attack.chosen_${which}`)))}</div>
      </div>
    </div>
    ${problem === null ? nothing : html`<div role="alert" class="problem">${alarm(this.#problem(problem))}<p class="text">${this.t("attack.another")}</p></div>`}
    ${choice === null ? nothing : this.#isHidden ? html`<p class="text">${this.t("attack.private_words")}</p>
      <p>${button(this.t("attack.reveal"), "primary reveal", () => (this.isRevealed = true))}</p>` : this.#faces(choice)}
    ${isBusy && look === null && choice === null ? html`<p role="status">${this.t("attack.working")}</p>` : nothing}`;
  }

  #portrait(entry: number) {
    const person = PEOPLE[entry];
    if (person === undefined) {
      return nothing;
    }
    const isChosen = this.state.subject?.entry === entry;
    return html`<li><button type="button" class="secondary" aria-pressed=${isChosen} @click=${() => this.#portraitChosen(entry)}>
      <img src=${galleryAddresses()[entry] ?? ""} alt=""><span>${this.#name(person)}</span>
    </button></li>`;
  }

  #faces({ picture: pixels, faces }: NonNullable<State["choice"]>) {
    return html`<div class="stack wide">
      <h2>${this.t("attack.choose", { count: faces.length })}</h2>
      ${picture(this.t("attack.own_file"), { pixels, boxes: faces, mark: this.t("attack.mark") })}
      <div class="covers">
        ${faces.map((_, face) => button(this.t("attack.face", { number: face + 1 }), "secondary face", () => this.#dispatch({ kind: "choose", face })))}
      </div>
    </div>`;
  }

  #hidden() {
    return html`<h2 tabindex="-1">${this.t("attack.private")}</h2>
      <p class="text">${this.t("attack.private_words")}</p>
      <p>${button(this.t("attack.reveal"), "primary reveal", () => (this.isRevealed = true))}</p>`;
  }

  #kept(clear: Look) {
    const subject = this.state.subject;
    return html`<h2 tabindex="-1">${this.t("attack.kept")}</h2>
      ${this.isProjected ? nothing : this.#keptWords()}
      <div class="${this.#sides} kept">
        <figure>${picture(this.t("attack.aligned"), { pixels: clear.aligned, points: clear.landmarks, mark: this.t("attack.mark") })}
          <figcaption>${this.t("attack.aligned")}</figcaption></figure>
        <figure>${numbersPicture(this.t("attack.numbers"), clear.numbers)}<figcaption>${this.t("attack.numbers")}</figcaption></figure>
        ${subject === null ? nothing : html`<div class="stack clear"><h3>${this.t("attack.ranks")}</h3>${this.#ranks(rank(clear.likeness, subject), { shown: this.#shown, from: SAME_PERSON_FROM })}</div>`}
      </div>
      ${this.isProjected ? this.#keptWords() : nothing}`;
  }

  #keptWords() {
    return html`<p class="text">${this.t("attack.kept_words")}</p>`;
  }

  #covers(look: Look) {
    const { subject, cover, isBusy } = this.state;
    const said = seenWords(this.state);
    return html`<h2 tabindex="-1">${this.t("attack.covers")}</h2>
      ${this.isProjected ? nothing : html`<p class="text">${this.t("attack.covers_words")}</p>`}
      <div class=${this.isProjected ? "beside" : "stack"}>
        <div class="covers" role="group" aria-label=${this.t("attack.covers")}>${COVERS.map((each) => this.#cover(each))}</div>
        <div class=${this.#sides} aria-busy=${isBusy}>
          <figure>${picture(this.t("attack.published"), { pixels: look.picture, mark: this.t("attack.mark") })}
            ${this.isProjected ? nothing : html`<figcaption>${this.t(`attack.cover.${cover.id}`)}. ${this.t("attack.not_saved")}</figcaption>`}</figure>
          ${subject === null ? nothing : html`<div class="stack covered"><h3>${this.t("attack.ranks")}</h3>${this.#ranks(rank(look.likeness, subject), { shown: this.#shown, from: SAME_PERSON_FROM })}</div>`}
        </div>
        <p class="said" role="status">${said === null ? nothing : this.#sentence(said)}</p>
      </div>`;
  }

  #cover(each: Cover) {
    const isChosen = this.state.cover.id === each.id;
    const act = () => this.#dispatch({ kind: "cover", cover: each });
    return html`<button type="button" class="secondary" data-cover=${each.id} aria-pressed=${isChosen} @click=${act}><span>${this.t(`attack.cover.${each.id}`)}</span></button>`;
  }

  #thoughts(look: Look) {
    const { thinking } = this.state;
    return html`<h2 tabindex="-1">${this.t("attack.thinks")}</h2>
      <p class="text">${this.t("attack.thinks_words")}</p>
      ${thinking.kind === "running" ? this.#running(thinking.share) : html`<p>${button(this.t("attack.think"), "primary think", () => this.#dispatch({ kind: "think" }))}</p>`}
      ${thinking.kind === "failed" ? alarm(this.#problem(thinking.code)) : nothing}
      ${thinking.kind === "done" && this.state.subject !== null ? this.#results(look, thinking.thoughts, this.state.subject) : nothing}`;
  }

  #running(share: number) {
    return html`<p role="status">${this.t("attack.thinking")}</p>
      <progress max="1" .value=${share} aria-label=${this.t("attack.thinking")}></progress>
      <p>${button(this.t("attack.cancel"), "secondary cancel", () => this.#dispatch({ kind: "stop" }))}</p>`;
  }

  #results(look: Look, thoughts: Thoughts, subject: Subject) {
    const best = bestAttempt(thoughts.undone, subject);
    const faces = possibleFaces(thoughts.samePhoto);
    const [undone, parrot, photo] = thoughtWords(thoughts, subject).map((sentence) => this.#sentence(sentence));
    return html`<div class="sides small">
        <section class="card undone"><h3>${this.t("attack.undo")}</h3>
          ${best === null ? nothing : picture(this.t(`attack.undoing.${best.attempt.undoing}`), { pixels: best.attempt.aligned, mark: this.t("attack.mark") })}
          ${best === null ? nothing : html`<p class="hint">${this.t(`attack.undoing.${best.attempt.undoing}`)}</p>`}
          <p>${undone}</p></section>
        <section class="card parrot"><h3>${this.t("attack.parrot")}</h3><p class="hint">${this.t("attack.parrot_words")}</p>
          ${this.#ranks(rank(thoughts.parrot, subject), { shown: 3, from: null })}<p>${parrot}</p></section>
        <section class="card photo" data-faces=${faces}><h3>${this.t("attack.photo")}</h3>
          <p class="hint">${this.t("attack.photo_words")}</p><p>${photo}</p></section>
      </div>
      <p class="said verdict" role="status">${this.#sentence(verdict(look, thoughts, subject, this.state.cover))}</p>`;
  }

  /** The first ones, and the person if they come later. Between covered faces, of which all are alike, `from` means nothing. */
  #ranks({ best }: Ranking, { shown, from }: { shown: number; from: number | null } = { shown: SHOWN, from: SAME_PERSON_FROM }) {
    const listed = best.map((each, at) => ({ ...each, place: at + 1 })).filter(({ isRight, place }) => isRight || place <= shown);
    const rows = listed.slice(0, shown + 1).map(({ entry, likeness, isRight, place }) => {
      const person = PEOPLE[entry];
      const width = styles({ width: `${Math.max(0, likeness) * 100}%` });
      return html`<li class=${isRight ? "right" : "other"}>
        <span class="place">${this.words.number(place)}.</span>
        ${person === undefined ? html`<span></span>` : html`<img src=${galleryAddresses()[entry] ?? ""} alt="">`}
        <span class="who"><span>${person === undefined ? this.t("attack.you") : this.#named(person)}</span>
          <span>${this.words.number(Math.round(likeness * 100) / 100)}</span></span>
        <span class="bar"><span class=${from !== null && likeness >= from ? "sure" : ""} ${width}></span></span>
      </li>`;
    });
    return html`<ol class="ranks">${rows}</ol>
      ${from === null ? nothing : html`<p class="hint">${this.t("attack.from", { likeness: Math.round(from * 100) / 100 })}</p>`}`;
  }

  /** On a projector there is no room for the year. */
  #named(person: (typeof PEOPLE)[number]): string {
    return this.isProjected ? this.#name(person) : `${this.#name(person)}, ${person.year}`;
  }

  #name(person: (typeof PEOPLE)[number]): string {
    return nameOf(person, this.words.language);
  }

  #sentence({ key, values }: Sentence): string {
    return this.t(key, { ...values, cover: this.t(`attack.cover.${this.state.cover.id}`) });
  }

  #problem(code: string): string {
    return OWN_PROBLEMS.has(code) ? this.t(`attack.problem.${code}`) : errorWords(this.words, code);
  }

  #chosen(file: File, which: Which): void {
    this.isRevealed = false; // It may be somebody else's.
    if (which === "second") {
      this.#second = file;
    } else {
      this.#file = file;
    }
    this.#noteChosen();
    if (this.#file !== null) {
      this.#dispatch({ kind: "take", subject: { entry: "own", right: [PEOPLE.length], leftOut: null } });
    }
  }

  #portraitChosen(entry: number): void {
    this.#file = null;
    this.#noteChosen();
    this.#dispatch({ kind: "take", subject: subjectOf(entry) });
  }

  #noteChosen(): void {
    const files = { first: this.#file, second: this.#second };
    this.chosen = BOTH.filter((which) => files[which] !== null);
  }

  #stopAll(): void {
    this.#stop.abort();
  }

  #dispatch(event: AttackEvent): void {
    const { state, effects } = stepAttack(this.state, event);
    this.state = state;
    effects.forEach((effect) => void this.#run(effect));
  }

  async #run(effect: AttackEffect): Promise<void> {
    if (effect.kind === "stop") {
      this.#stop.abort();
      this.#stop = new AbortController();
      return;
    }
    if (effect.kind === "load") {
      await this.#prepare();
      return;
    }
    const { turn } = effect;
    const engine = loadedWorkshop();
    try {
      if (engine === undefined) {
        throw new TarnkappeError("disposed", "The engine was stopped.");
      }
      await this.#ask(engine, effect);
    } catch (error) {
      const code = codeOf(error);
      if (code === "crash" || code === "disposed") {
        dropWorkshop();
      }
      this.#answer({ kind: "failed", turn, code });
    }
  }

  async #prepare(): Promise<void> {
    const { signal } = (this.#stop = new AbortController());
    try {
      await loadWorkshop(signal, (stage, share) => this.#answer({ kind: "loading", stage, share }));
      this.#answer({ kind: "ready" });
    } catch (error) {
      this.#answer({ kind: "engine-failed", code: codeOf(error) });
    }
  }

  async #ask(engine: Workshop, effect: Exclude<AttackEffect, { kind: "stop" | "load" }>): Promise<void> {
    const { turn } = effect;
    const { signal } = this.#stop;
    switch (effect.kind) {
      case "open": {
        const file = effect.entry === "own" ? this.#file : engine.pictures[effect.entry];
        const { picture: pixels, faces } = await engine.open(file ?? new Blob());
        return this.#answer({ kind: "opened", turn, picture: pixels, faces });
      }
      case "choose":
        return this.#answer({ kind: "seen", turn, look: await this.#look(engine, effect) });
      case "cover":
        return this.#answer({ kind: "covered", turn, look: await engine.weaken(effect.cover) });
      case "think": {
        const onProgress = (done: number, of: number) => this.#answer({ kind: "thinking", turn, share: done / of });
        const undone = await engine.undo();
        const parrot = await engine.parrot({ signal, onProgress });
        return this.#answer({ kind: "thought", turn, thoughts: { undone, parrot, samePhoto: await engine.samePhoto() } });
      }
    }
  }

  /** Own photos are searched for among the gallery and the participant's second photo, or the same one as if it had been published. */
  async #look(engine: Workshop, { face, entry }: { face: number; entry: number | "own" }): Promise<Look | null> {
    const look = await engine.choose(face);
    if (look === null || entry !== "own") {
      return look;
    }
    if (this.#second === null) {
      await engine.enrolSubject();
    } else if (!(await engine.enrol(this.#second))) {
      this.#second = null; // The next attempt goes without it.
      this.#noteChosen();
      throw new NoSecondFace();
    }
    return engine.weaken({ kind: "none", strength: 0 });
  }

  /** Answers of the engine come too late once the exercise is left. */
  #answer(event: AttackEvent): void {
    if (this.isConnected) {
      this.#dispatch(event);
    }
  }
}

class NoSecondFace extends Error {}

function codeOf(error: unknown): string {
  if (error instanceof NoSecondFace) {
    return "no-second-face";
  }
  return error instanceof TarnkappeError ? error.code : "internal";
}

/** In millions of bytes, to one decimal. */
function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
