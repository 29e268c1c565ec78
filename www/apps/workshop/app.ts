/** The workshop: shows one screen at a time, listens to keys and the address, and forgets everything between participants. */

import { html, nothing, render } from "lit";
import { ONLINE, stepOffline } from "../../model/offline.js";
import type { Offline, OfflineEvent } from "../../model/offline.js";
import { ARRIVED, hashOf, neighbour, stepTour } from "../../model/workshop/tour.js";
import type { TourEffect, TourEvent } from "../../model/workshop/tour.js";
import { Header } from "../../ui/header/header.js";
import { Update } from "../../ui/update/update.js";
import type { Words } from "../../ui/words/words.js";
import { emblem, find } from "../page/frame.js";
import { Keeper } from "../page/offline.js";
import { Bar } from "./bar/bar.js";
import { COUNTED } from "./base/screen.js";
import type { Screen } from "./base/screen.js";
import { keyOf } from "./keys.js";
import { LANGUAGES, loadWords } from "./languages.js";
import type { Spoken } from "./languages.js";
import { PlanStep } from "./plan/plan-step.js";
import { makeScreen } from "./screens.js";

const COMPONENTS = { "tk-header": Header, "tk-update": Update, "tk-shop-bar": Bar, "tk-shop-step": PlanStep } as const;

/** Less than this below the window's edge is an empty margin. */
const SLACK_PIXELS = 16;
/** How much of the window's height a remote scrolls, so that some of what was seen stays. */
const SCROLLED_SHARE = 0.8;

export class App {
  readonly #header = find("header", HTMLElement);
  readonly #main = find("main", HTMLElement);
  readonly #footer = find("footer", HTMLElement);
  readonly #status = find("#status", HTMLElement);
  readonly #keeper = new Keeper((event) => this.#offlineIs(event), () => undefined, "../sw.js", "workshop");
  #words: Words;
  /** The name of a language that the workshop does not have. */
  #missing: string | null;
  #wanted: string;
  #tour = ARRIVED;
  #offline: Offline = ONLINE;
  #screen: Screen | null = null;
  /** What {@link #screen} shows: where, and for which participant. */
  #shown = "";
  /** There has been a screen. Before that the bar would be drawn where the screen is about to be. */
  #hasBegun = false;
  #hasFailed = false;

  constructor({ words, missing }: Spoken) {
    Object.entries(COMPONENTS).forEach(([name, component]) => customElements.get(name) ?? customElements.define(name, component));
    this.#words = words;
    this.#missing = missing;
    this.#wanted = words.language;
    addEventListener("hashchange", () => this.#dispatch({ kind: "arrive", hash: location.hash }));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pagehide", () => this.#dispatch({ kind: "reset" })); // Browsers show a page that was left as it was, when one goes back.
    this.#main.addEventListener(COUNTED, (event) => this.#dispatch({ kind: "counted", slides: (event as CustomEvent<number>).detail }));
    this.#main.replaceChildren();
    this.#dispatch({ kind: "arrive", hash: location.hash });
    void this.#keeper.start();
  }

  #dispatch(event: TourEvent): void {
    const { state, effects } = stepTour(this.#tour, event);
    if (state.slide !== this.#tour.slide || state.isProjected !== this.#tour.isProjected) {
      scrollTo(0, 0); // Every part is read from its beginning.
    }
    this.#tour = state;
    this.#render();
    void this.#show(effects.some(({ kind }) => kind === "focus"));
    effects.forEach((effect) => this.#run(effect));
  }

  #run(effect: TourEffect): void {
    if (effect.kind === "go") {
      location.hash = effect.hash;
    }
  }

  #key(event: KeyboardEvent): void {
    const wish = keyOf(event, this.#tour.isProjected);
    if (wish === null) {
      return;
    }
    event.preventDefault();
    if (wish.kind !== "page" || !this.#showMore(wish.by)) {
      this.#dispatch(wish);
    }
  }

  /** A remote has no keys to scroll with: what is beyond the window's edge is shown before the page is turned. Tells whether there was any. */
  #showMore(by: 1 | -1): boolean {
    const end = this.#screen?.getBoundingClientRect().bottom ?? 0;
    const hidden = by > 0 ? end - innerHeight : scrollY;
    if (hidden < SLACK_PIXELS) {
      return false;
    }
    scrollBy({ top: by * Math.min(hidden + SLACK_PIXELS, SCROLLED_SHARE * innerHeight), behavior: "instant" });
    return true;
  }

  #offlineIs(event: OfflineEvent): void {
    const { state, effects } = stepOffline(this.#offline, event);
    this.#offline = state;
    document.documentElement.dataset["offline"] = state.files;
    effects.forEach(({ kind }) => (kind === "reload" ? location.reload() : this.#keeper.takeOver()));
    this.#render();
  }

  /** A new element for every place and every participant: nothing of the last one is left. */
  async #show(takesFocus: boolean): Promise<void> {
    const { place, resets } = this.#tour;
    const wanted = `${hashOf(place)} ${resets}`;
    if (wanted !== this.#shown) {
      const isFirst = this.#shown === "";
      this.#shown = wanted;
      this.#screen = null;
      this.#render();
      const screen = await makeScreen(place.screen).catch((error: unknown) => (console.warn(error), null));
      if (this.#shown !== wanted) {
        return; // Somebody has gone on meanwhile.
      }
      this.#screen = screen;
      this.#hasFailed = screen === null;
      this.#hasBegun = true;
      this.#render();
      scrollTo(0, 0);
      if (isFirst) {
        return; // The page begins where the browser puts the focus.
      }
    }
    if (takesFocus) {
      this.#render();
      await this.#screen?.focusHeading();
    }
  }

  #render(): void {
    const words = this.#words;
    const root = document.documentElement;
    root.lang = words.language;
    root.dir = words.direction;
    root.classList.toggle("projector", this.#tour.isProjected);
    document.title = words.t("shop.page_title");
    const speak = (event: CustomEvent<string>) => void this.#speak(event.detail);
    render(html`<tk-header .words=${words} .emblem=${emblem()} .languages=${LANGUAGES} @tk-language=${speak}></tk-header>`, this.#header);
    this.#fill();
    render(html`${this.#update()}${this.#missing === null ? nothing : html`<p class="missing">${words.t("shop.missing", { name: this.#missing })}</p>`}
      ${this.#step()}${this.#failure()}${this.#screen ?? nothing}`, this.#main);
    this.#main.classList.toggle("waiting", this.#screen === null && !this.#hasFailed);
    render(this.#hasBegun ? this.#bar() : nothing, this.#footer);
  }

  #fill(): void {
    if (this.#screen !== null) {
      const { isProjected, slide, place } = this.#tour;
      Object.assign(this.#screen, { words: this.#words, isProjected, slide, place });
    }
  }

  #step() {
    const { place, isProjected, resets } = this.#tour;
    const isStep = place.plan !== null && place.step !== null;
    return isStep ? html`<tk-shop-step .words=${this.#words} .place=${place} .isProjected=${isProjected} .resets=${resets}></tk-shop-step>` : nothing;
  }

  #bar() {
    const { place, isProjected, slide, slides } = this.#tour;
    const project = () => this.#dispatch({ kind: "project", on: !isProjected });
    const hasNext = (isProjected && slide + 1 < slides) || neighbour(place, 1) !== null;
    const hasBack = (isProjected && slide > 0) || neighbour(place, -1) !== null;
    const page = ({ detail: by }: CustomEvent<1 | -1>) => this.#dispatch({ kind: "page", by });
    return html`<tk-shop-bar
      .words=${this.#words}
      .place=${place}
      .isProjected=${isProjected}
      .hasNext=${hasNext}
      .hasBack=${hasBack}
      .files=${this.#offline.files}
      .where=${isProjected && slides > 1 && slide < slides ? this.#words.t("shop.slide", { slide: slide + 1, slides }) : ""}
      @tk-project=${project}
      @tk-page=${page}
      @tk-reset=${() => this.#reset()}
    ></tk-shop-bar>`;
  }

  #reset(): void {
    this.#dispatch({ kind: "reset" });
    this.#status.replaceChildren(this.#words.t("shop.was_reset"));
  }

  #failure() {
    return this.#hasFailed ? html`<p class="failed" role="alert">${this.#words.t("shop.failed")}</p>` : nothing;
  }

  #update() {
    const { version, files } = this.#offline;
    const choose = ({ detail }: CustomEvent<"take-over" | "later">) => this.#offlineIs({ kind: detail });
    return version === "current" && files !== "full"
      ? nothing
      : html`<tk-update .words=${this.#words} .offline=${this.#offline} .hasPhotos=${false} @tk-version=${choose}></tk-update>`;
  }

  async #speak(language: string): Promise<void> {
    this.#wanted = language;
    try {
      const words = await loadWords(language);
      if (language === this.#wanted) {
        this.#words = words;
        this.#missing = null;
        this.#render();
      }
    } catch {
      this.#status.replaceChildren(this.#words.t("language.failed"));
    }
  }
}
