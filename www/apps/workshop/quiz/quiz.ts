import { html, nothing } from "lit";
import { BEGUN, COVERED, isRight, score, stepQuiz } from "../../../model/workshop/quiz.js";
import type { AttackResult, AttackResults, Guess, Question, Quiz as State } from "../../../model/workshop/quiz.js";
import { button, icon } from "../../../ui/base/controls.js";
import { picture } from "../attack/drawn.js";
import { GalleryResults } from "../attack/results.js";
import { gauge } from "../base/gauge.js";
import rangeSheet from "../base/range.css";
import { Screen, screenStyles } from "../base/screen.js";
import { sourced } from "../base/sourced.js";
import { FOUND } from "../data.js";
import { sample } from "./samples.js";
import quizSheet from "./quiz.css";

const QUESTIONS: readonly Question[] = COVERED.map((name) => ({ name, found: FOUND[name] }));

/** "Is this blurred enough?" The answers are what attacks have found, never somebody's opinion. */
export class Quiz extends Screen {
  static override properties = { state: { state: true }, results: { attribute: false }, computed: { state: true } };
  static override styles = screenStyles(rangeSheet, quizSheet);

  declare private state: State;
  /** Attacks the very pictures that are shown; null where nothing can. */
  declare results: AttackResults | null;
  /** What it has found so far, by the questions' names. */
  declare private computed: Readonly<Record<string, AttackResult>>;

  constructor() {
    super();
    this.state = BEGUN;
    this.results = new GalleryResults();
    this.computed = {};
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.results?.stop();
  }

  protected override firstUpdated(): void {
    // Without a recogniser the measured figures remain.
    this.results?.run(COVERED, (result) => (this.computed = { ...this.computed, [result.name]: result })).catch((error: unknown) => console.warn(error));
  }

  protected override slides() {
    const question = QUESTIONS[this.state.at];
    return [
      html`<h1 tabindex="-1">${this.t("card.quiz")}</h1>
        ${this.isProjected ? nothing : html`<p class="lead">${this.t("quiz.lead")}</p>`}
        ${question === undefined ? this.#end() : this.#question(question)}`,
    ];
  }

  #question(question: Question) {
    const { at, guesses } = this.state;
    const guess = guesses[at];
    const computed = this.computed[question.name];
    const label = this.t(`quiz.question.${question.name}`);
    const choose = (chosen: Guess) => (this.state = stepQuiz(this.state, { kind: "guess", guess: chosen }));
    const place = html`<p class="hint">${this.t("quiz.place", { number: at + 1, of: QUESTIONS.length })} ${this.t(computed === undefined ? "quiz.drawn" : "quiz.portrait")}</p>`;
    return html`${this.isProjected ? nothing : place}
      <div class="question ${this.isProjected ? "projected" : ""}">
        ${computed === undefined ? sample(question.name, label) : picture(label, { pixels: computed.picture, mark: this.t("attack.mark") })}
        <div class="asked">
          <h2 tabindex="-1">${label}</h2>
          <p>${this.t("quiz.ask")}</p>
          <div class="actions">
            ${button(this.t("quiz.enough"), "secondary enough", () => choose("enough"))} ${button(this.t("quiz.not_enough"), "secondary not-enough", () => choose("not-enough"))}
          </div>
          <div role="status">${guess === undefined ? nothing : this.#answer(question, guess)}</div>
        </div>
      </div>
      ${this.isProjected ? place : nothing}`;
  }

  #answer(question: Question, guess: Guess) {
    const right = isRight(question, guess);
    const { rank = null, people = 0 } = this.computed[question.name] ?? {};
    return html`<div class="card answer">
      <p class=${right ? "verdict right" : "verdict wrong"}>${icon(right ? "check" : "cross")} <span>${this.t(right ? "quiz.right" : "quiz.wrong")}</span></p>
      <p>${sourced(this.words, this.t("quiz.measured", { found: question.found }))}</p>
      ${gauge(question.found / 100)}
      ${rank === null ? nothing : html`<p class="computed">${this.t("quiz.computed", { rank, people })}</p>`}
      <p>${this.t(`quiz.why.${question.name}`)}</p>
      ${button(this.t("quiz.next"), "primary next-question", () => this.#next(), "right")}
    </div>`;
  }

  #next(): void {
    this.state = stepQuiz(this.state, { kind: "next" });
    void this.focusHeading();
  }

  #end() {
    return html`<div class="card">
      <h2>${this.t("quiz.score", { score: score(this.state, QUESTIONS), of: QUESTIONS.length })}</h2>
      <p>${sourced(this.words, this.t("quiz.same_photo"))}</p>
      <p>${this.t("quiz.so")}</p>
      ${button(this.t("quiz.again"), "secondary again", () => (this.state = BEGUN), "again")}
    </div>`;
  }
}
