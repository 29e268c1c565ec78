import type { Tarnkappe } from "../api/index.js";
import type { Context } from "./context.js";
import { button, h, icon } from "./dom.js";
import type { I18n, Language, Values } from "./i18n.js";
import { listen } from "./intake.js";
import type { Intake } from "./intake.js";
import type { Photo } from "./photo.js";
import { RefusalList } from "./refusal-list.js";
import { provedView, unprovedView } from "./result-view.js";
import { ReviewView } from "./review-view.js";
import { Session } from "./session.js";
import type { Listener } from "./session.js";
import { startView } from "./start-view.js";
import { Strip } from "./strip.js";
import { errorWords, foundWords, maybeWords, outcomeWords, searchWords } from "./words.js";
import { WorkingView } from "./working-view.js";

/** Elements of index.html. */
interface Frame {
  header: HTMLElement;
  main: HTMLElement;
  status: HTMLElement;
  chooser: HTMLInputElement;
  camera: HTMLInputElement;
}

/** The page as a whole: puts the parts together and replaces them when the session changes. */
export class Page implements Listener {
  readonly #frame: Frame;
  readonly #context: Context;
  readonly #session: Session;
  readonly #workspace = h("div", { class: "workspace" });
  #refusals!: RefusalList;
  #strip!: Strip;
  #start!: HTMLElement;
  #working: WorkingView | null = null;
  #review: ReviewView | null = null;
  /** The photo that the workspace shows. */
  #shown: Photo | null = null;
  /** Code of why the engine could not be started. Nothing works then until the page is loaded again. */
  #failure: string | null = null;

  constructor(frame: Frame, i18n: I18n, engine: Promise<Tarnkappe>) {
    this.#frame = frame;
    this.#session = new Session(engine, this);
    this.#context = {
      i18n,
      session: this.#session,
      t: (key: string, values?: Values) => i18n.t(key, values),
      announce: (text) => frame.status.replaceChildren(text),
      choosePhotos: () => frame.chooser.click(),
    };
    for (const input of [frame.chooser, frame.camera]) {
      input.addEventListener("change", () => this.#chosen(input));
    }
    listen(window, (intake) => this.#add(intake), (dragging) => document.body.classList.toggle("dragging", dragging));
    this.#render();
  }

  photosChanged(): void {
    const { photos, selected } = this.#session;
    const hadFocus = this.#frame.main.contains(document.activeElement);
    this.#strip.sync();
    if (selected !== this.#shown) {
      this.#renderWorkspace();
    }
    this.#start.hidden = photos.length > 0;
    this.#strip.element.hidden = photos.length === 0;
    this.#workspace.hidden = photos.length === 0;
    this.#restoreFocus(hadFocus);
  }

  refusalsChanged(): void {
    this.#refusals.sync();
  }

  phaseChanged(photo: Photo): void {
    this.#strip.update(photo);
    if (photo === this.#session.selected) {
      const hadFocus = this.#workspace.contains(document.activeElement);
      this.#renderWorkspace();
      this.#restoreFocus(hadFocus);
      this.#announcePhase(photo);
    }
  }

  progressed(photo: Photo): void {
    if (photo === this.#session.selected) {
      this.#working?.progressed();
    }
  }

  thoroughChanged(): void {
    this.#review?.thoroughChanged();
  }

  recognitionChanged(): void {
    this.#review?.recognitionChanged();
  }

  /** The engine could not be started: nothing works, so that is all the page says. */
  unusable(code: string): void {
    this.#failure = code;
    this.#render();
  }

  /** Builds everything in the chosen language. */
  #render(): void {
    this.#renderHeader();
    if (this.#failure !== null) {
      this.#renderFailure(this.#failure);
      return;
    }
    this.#refusals = new RefusalList(this.#context);
    this.#strip = new Strip(this.#context);
    this.#start = startView(this.#context, () => this.#frame.camera.click());
    this.#renderWorkspace();
    this.#frame.main.replaceChildren(this.#refusals.element, this.#start, this.#strip.element, this.#workspace);
    this.photosChanged();
  }

  #renderFailure(code: string): void {
    const { t } = this.#context;
    const reload = button(t("load.again"), { class: "primary", onclick: () => location.reload() });
    const words = h("p", {}, errorWords(this.#context, code));
    this.#frame.main.replaceChildren(h("div", { class: "start", role: "alert" }, h("h1", {}, t("load.failed")), words, reload));
  }

  #renderHeader(): void {
    const { t, i18n } = this.#context;
    document.documentElement.lang = i18n.language;
    document.title = t("page.title");
    const choice = (language: Language) =>
      h(
        "button",
        {
          type: "button",
          class: "language",
          lang: language,
          "aria-pressed": String(language === i18n.language),
          "aria-label": t(`language.${language}`),
          onclick: () => this.#speak(language),
        },
        language.toUpperCase(),
      );
    const home = h("span", { class: "wordmark" }, h("img", { src: emblem(), alt: "", width: 32, height: 32 }), "Tarnkappe");
    const local = h("span", { class: "local" }, icon("lock"), h("span", {}, t("header.local")));
    const languages = h("div", { class: "languages", role: "group", "aria-label": t("language.label") }, ...i18n.languages.map(choice));
    this.#frame.header.replaceChildren(home, local, languages);
  }

  #speak(language: Language): void {
    this.#context.i18n.language = language;
    this.#render();
    this.#frame.header.querySelector<HTMLElement>(`[lang=${language}]`)?.focus();
  }

  #renderWorkspace(): void {
    const photo = this.#session.selected;
    this.#working = null;
    this.#review = null;
    this.#shown = photo;
    if (photo === null) {
      this.#workspace.replaceChildren();
      return;
    }
    const { stage, panel } = this.#view(photo);
    this.#workspace.replaceChildren(h("div", { class: "stage" }, stage), panel);
  }

  #view(photo: Photo): { stage: HTMLElement; panel: HTMLElement } {
    const { phase } = photo;
    switch (phase.kind) {
      case "waiting":
      case "working":
        this.#working = new WorkingView(photo, this.#context);
        return this.#working;
      case "review":
      case "failed":
        this.#review = new ReviewView(photo, this.#context);
        return this.#review;
      case "proved":
        return provedView(photo, phase.saved, this.#context);
      case "unproved":
        return unprovedView(photo, phase.proof, this.#context);
    }
  }

  #announcePhase(photo: Photo): void {
    const { t, announce } = this.#context;
    const { phase } = photo;
    if (phase.kind === "review") {
      const sentences = [foundWords, maybeWords, searchWords].map((words) => words(this.#context, photo));
      announce(sentences.filter((sentence) => sentence !== null).join(". "));
    } else if (phase.kind === "proved") {
      announce(outcomeWords(this.#context, phase.saved.outcome));
    } else if (phase.kind === "unproved") {
      announce(t("result.failed_title"));
    } else if (phase.kind === "failed") {
      announce(errorWords(this.#context, phase.code));
    }
  }

  /** Focus that went with a part that was replaced goes to the new part's heading. */
  #restoreFocus(hadFocus: boolean): void {
    if (hadFocus && !this.#frame.main.contains(document.activeElement)) {
      const place = this.#session.selected ? this.#workspace : this.#start;
      place.querySelector<HTMLElement>("h1")?.focus();
    }
  }

  #chosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    input.value = ""; // So that the same file can be chosen again.
    if (files.length > 0) {
      this.#add({ files, folders: [] });
    }
  }

  #add(intake: Intake): void {
    if (this.#failure === null) {
      this.#session.add(intake);
    }
  }
}

/** The page's icon is part of its HTML, so that nothing is left to be fetched once the page is ready. */
function emblem(): string {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? "";
}
