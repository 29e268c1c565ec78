/** The page: holds the state, shows it by components, and carries out what they ask for. */

import { html, nothing, render } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { RECOGNISER_BYTES, THOROUGH_BYTES } from "../../engine/index.js";
import type { Tarnkappe } from "../../engine/index.js";
import { ONLINE, stepOffline } from "../../model/offline.js";
import type { Offline, OfflineEvent } from "../../model/offline.js";
import type { Photo } from "../../model/photo.js";
import { ownFace, regionsOf, sizeOf } from "../../model/photo.js";
import { unsaved } from "../../model/saving.js";
import { EMPTY, selectedPhoto, step } from "../../model/session.js";
import type { Announcement, Command, Event, Session } from "../../model/session.js";
import { COMMAND } from "../../ui/base/element.js";
import type { Component } from "../../ui/base/element.js";
import { defineComponents } from "../../ui/define.js";
import { errorWords, failureWords, foundWords, maybeWords, outcomeWords, regionName, searchWords } from "../../ui/words/sentences.js";
import type { Language } from "../../ui/header/header.js";
import type { Words } from "../../ui/words/words.js";
import { workspace } from "../../ui/workspace.js";
import { EffectRunner } from "./effects.js";
import { emblem, find } from "./frame.js";
import { listen, listenForLaunch, mustBeOpened, takeIn } from "./intake.js";
import { LANGUAGES } from "./known-languages.js";
import { loadWords } from "./languages.js";
import { Keeper } from "./offline.js";
import type { OnlyMeDesk } from "./only-me.js";
import { printAll } from "./print.js";
import { watchRequests } from "./requests.js";
import { canSaveToFolder } from "./save.js";
import { guardDoubleTaps } from "./taps.js";

/** Elements of index.html. */
interface Frame {
  header: HTMLElement;
  main: HTMLElement;
  footer: HTMLElement;
  status: HTMLElement;
  chooser: HTMLInputElement;
  camera: HTMLInputElement;
  folder: HTMLInputElement;
}

export class Page {
  readonly #frame = findFrame();
  readonly #runner: EffectRunner;
  readonly #keeper = new Keeper((event) => this.#offlineIs(event), (address) => this.#requested(address));
  #session: Session = EMPTY;
  #offline: Offline = ONLINE;
  /** Addresses of what was requested since the page was ready; null before. */
  #requests: readonly string[] | null = null;
  #words: Words;
  /** Languages that there are words for. */
  readonly #languages: readonly Language[];
  /** The language that was asked for last. */
  #wanted: string;
  #ready = false;
  #dragging = false;
  /** Code of why the engine could not be started. Nothing works then until the page is loaded again. */
  #failure: string | null = null;
  #isScheduled = false;
  /** The dialog in which a person looks for themselves. */
  #onlyMe: OnlyMeDesk | null = null;
  readonly #taps = guardDoubleTaps(this.#frame.main);
  /** Which photo is shown, and how far it is. */
  #view = "";

  /** @param unavailable the language that was wanted, if it has no words here */
  constructor(engine: Promise<Tarnkappe>, words: Words, unavailable: string | null) {
    defineComponents();
    this.#words = words;
    this.#wanted = words.language;
    this.#languages = LANGUAGES.filter(({ code }) => code !== unavailable);
    const { main, status, chooser, camera, folder } = this.#frame;
    allowZip(chooser);
    this.#runner = new EffectRunner(engine, (event) => this.#dispatch(event), {
      announce: (announcement) => status.replaceChildren(this.#spoken(announcement)),
      choose: () => chooser.click(),
      chooseFolder: () => folder.click(),
      take: () => camera.click(),
      print: () => printAll(main),
    });
    main.addEventListener(COMMAND, (event) => this.#dispatch((event as CustomEvent<Command>).detail));
    for (const input of [chooser, camera, folder]) {
      input.addEventListener("change", () => this.#chosen(input));
    }
    listen(window, (chosen) => void this.#take(chosen), (dragging) => this.#drag(dragging));
    window.addEventListener("beforeunload", (event) => this.#leaving(event));
    // Browsers show a page that was left as it was, when one goes back.
    window.addEventListener("pagehide", ({ persisted }) => persisted && this.#dispatch({ kind: "clear", sure: true }));
    main.replaceChildren();
    this.#render();
  }

  /** Everything has been loaded. */
  ready(): void {
    this.#ready = true;
    this.#render();
    listenForLaunch((files) => void this.#take(files));
    void this.#fetchRest();
  }

  /** What is seen only after a while. The page says only then whether it works without a network. */
  async #fetchRest(): Promise<void> {
    try {
      const { defineLater } = await import("../../ui/define-later.js");
      defineLater();
      void this.#keeper.start();
    } catch {
      this.unusable("load");
    }
  }

  /** The engine could not be started: nothing works, so that is all the page says. */
  unusable(code: string): void {
    this.#failure = code;
    this.#render();
  }

  #dispatch(event: Event): void {
    const { state, effects } = step(this.#session, event);
    this.#session = state;
    effects.forEach((effect) => this.#runner.run(effect));
    this.#schedule();
  }

  #offlineIs(event: OfflineEvent): void {
    const { state, effects } = stepOffline(this.#offline, event);
    this.#offline = state;
    this.#countRequests();
    document.documentElement.dataset["offline"] = state.files;
    effects.forEach(({ kind }) => (kind === "reload" ? location.reload() : this.#keeper.takeOver()));
    this.#schedule();
  }

  /** From the moment on when the browser has kept the page's files, or has not. */
  #countRequests(): void {
    if (this.#requests === null && this.#offline.files !== "unknown") {
      this.#requests = [];
      watchRequests((address) => this.#requested(address));
    }
  }

  #requested(address: string): void {
    if (this.#requests !== null) {
      this.#requests = [...this.#requests, address];
      this.#schedule();
    }
  }

  async #openTrust(): Promise<void> {
    try {
      const [{ Trust, defineTrust }, { gatherFacts }] = await Promise.all([import("../../ui/trust/trust.js"), import("./trust.js")]);
      defineTrust();
      const trust = new Trust();
      trust.words = this.#words;
      trust.facts = await gatherFacts(this.#requests ?? []);
      document.querySelector("tk-trust")?.remove();
      document.body.append(trust);
      await trust.open();
    } catch (error) {
      console.warn(error);
      this.#frame.status.replaceChildren(this.#words.t("trust.failed"));
    }
  }

  async #lookForMe(photo: Photo): Promise<void> {
    try {
      const { OnlyMeDesk } = await import("./only-me.js");
      const own = ownFace(photo);
      if (own !== null && this.#onlyMe === null) { // A second press while the dialog is on its way opens no other.
        const send = (command: Command) => this.#dispatch(command);
        const face = { photo: photo.id, region: own.id };
        this.#onlyMe = new OnlyMeDesk(face, this.#session, this.#words, this.#runner, send, () => (this.#onlyMe = null));
        await this.#onlyMe.open(document.body);
      }
    } catch (error) {
      console.warn(error);
      this.#frame.status.replaceChildren(this.#words.t("trust.failed"));
    }
  }

  /** Several events in a row are shown at once. */
  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => {
        this.#isScheduled = false;
        this.#render();
      });
    }
  }

  #render(): void {
    const { header, main, footer } = this.#frame;
    const words = this.#words;
    document.documentElement.lang = words.language;
    document.documentElement.dir = words.direction;
    document.title = words.t("page.title");
    const speak = (event: CustomEvent<string>) => void this.#speak(event.detail);
    render(html`<tk-header .words=${words} .emblem=${emblem()} .languages=${this.#languages} @tk-language=${speak}></tk-header>`, header);
    const check = () => void this.#openTrust();
    render(
      this.#requests === null ? nothing : html`<tk-foot .words=${words} .requests=${this.#requests.length} .workshop=${workshopOf(words)} @tk-check=${check}></tk-foot>`,
      footer,
    );
    this.#onlyMe?.show(this.#session, words);
    const hadFocus = main.contains(document.activeElement);
    render(this.#failure === null ? this.#content() : this.#failed(this.#failure), main);
    this.#restoreFocus(hadFocus);
    if (hadFocus) {
      setTimeout(() => this.#restoreFocus(true)); // Once the components have shown what has changed.
    }
  }

  #failed(code: string) {
    return html`<tk-failure .words=${this.#words} .code=${code} @tk-reload=${() => location.reload()}></tk-failure>`;
  }

  #content() {
    const { photos, refusals } = this.#session;
    const words = this.#words;
    const isEmpty = photos.length === 0;
    const photo = selectedPhoto(this.#session);
    const canShare = (ids: readonly number[]) => this.#canShare(ids);
    const folders = "webkitdirectory" in this.#frame.folder;
    this.#noteView(photo);
    return html`${this.#update()}${refusals.length > 0 ? html`<tk-refusals .words=${words} .refusals=${refusals}></tk-refusals>` : nothing}
      <tk-start
        ?hidden=${!isEmpty}
        .words=${words}
        .ready=${this.#ready}
        .files=${this.#offline.files}
        .dragging=${this.#dragging}
        .folders=${folders}
      ></tk-start>
      ${isEmpty ? nothing : html`<tk-strip .words=${words} .session=${this.#session} .canShare=${canShare} .canSaveToFolder=${canSaveToFolder}></tk-strip>`}
      ${photo === null ? nothing : keyed(photo.id, this.#workspace(photo))}`;
  }

  #update() {
    const { version, files } = this.#offline;
    if (version === "current" && files !== "full") {
      return nothing;
    }
    const hasPhotos = this.#session.photos.length > 0;
    const choose = ({ detail }: CustomEvent<"take-over" | "later">) => this.#offlineIs({ kind: detail });
    return html`<tk-update .words=${this.#words} .offline=${this.#offline} .hasPhotos=${hasPhotos} @tk-version=${choose}></tk-update>`;
  }

  #workspace(photo: Photo) {
    const words = this.#words;
    const { thorough, recogniser } = this.#session;
    return workspace(words, this.#session, photo, {
      features: { thorough: { state: thorough, bytes: THOROUGH_BYTES }, recogniser: { state: recogniser, bytes: RECOGNISER_BYTES } },
      result: html`<tk-result class="workspace" .words=${words} .photo=${photo} .shareable=${this.#canShare([photo.id])}></tk-result>`,
      reportable: true,
      lookForMe: () => void this.#lookForMe(photo),
    });
  }

  #noteView(photo: Photo | null): void {
    const view = photo === null ? "" : `${photo.id} ${photo.phase.kind}`;
    if (view !== this.#view) {
      this.#view = view;
      this.#taps.viewChanged();
    }
  }

  /** Focus that went with what was there, or is on something that is not seen any more, goes to the new heading. */
  #restoreFocus(hadFocus: boolean): void {
    const { main } = this.#frame;
    const active = document.activeElement;
    if (hadFocus && (active === null || active === document.body || !active.checkVisibility())) {
      const place = this.#session.selected === null ? "tk-start" : ".workspace";
      const component = main.querySelector<Component>(place);
      void customElements.whenDefined(component?.localName ?? "tk-start").then(() => component?.focusHeading());
    }
  }

  #spoken(announcement: Announcement): string {
    const words = this.#words;
    switch (announcement.what) {
      case "stage":
        return words.t(`stage.${announcement.stage}`);
      case "saving":
        return words.t("result.saving", { name: announcement.name });
      case "notice": {
        const { notice } = announcement;
        return notice.kind === "saved" ? words.t("saving.done", { count: notice.count }) : errorWords(words, notice.code);
      }
      case "refusal":
        return `${announcement.refusal.name}: ${errorWords(words, announcement.refusal.code)}`;
      case "feature": {
        const { feature } = announcement;
        const state = this.#session[feature];
        return state.kind === "failed" ? failureWords(words, feature, state.code) : words.t(`${feature}.load`);
      }
      case "area-added":
      case "area-drawn": {
        const photo = this.#photo(announcement.photo);
        const region = photo && regionsOf(photo).find(({ id }) => id === announcement.region);
        const key = announcement.what === "area-added" ? "faces.added" : "faces.drawn";
        return photo && region ? words.t(key, { name: regionName(words, region, sizeOf(photo)) }) : "";
      }
      case "erased": {
        const photo = this.#photo(announcement.photo);
        return photo ? words.t("faces.erased", { count: regionsOf(photo).filter(({ origin }) => origin === "added").length }) : "";
      }
      case "phase": {
        const photo = this.#photo(announcement.photo);
        return photo ? this.#phase(photo) : "";
      }
    }
  }

  #phase(photo: Photo): string {
    const words = this.#words;
    const { phase } = photo;
    switch (phase.kind) {
      case "review":
        return [foundWords, maybeWords, searchWords].flatMap((sentence) => sentence(words, photo) ?? []).join(". ");
      case "proved":
        return outcomeWords(words, phase.outcome);
      case "unproved":
        return words.t("result.failed_title");
      case "failed":
        return errorWords(words, phase.code);
      case "waiting":
      case "working":
        return "";
    }
  }

  #photo(id: number): Photo | undefined {
    return this.#session.photos.find((photo) => photo.id === id);
  }

  #canShare(ids: readonly number[]): boolean {
    const wanted = new Set(ids);
    const copies = this.#session.photos.filter(({ id }) => wanted.has(id));
    return this.#runner.canShare(copies.flatMap(({ phase }) => (phase.kind === "proved" && phase.copy.url !== null ? [phase.copy.url] : [])));
  }

  async #speak(language: string): Promise<void> {
    this.#wanted = language;
    try {
      const words = await loadWords(language);
      if (language === this.#wanted) {
        this.#words = words;
        this.#render();
      }
    } catch {
      this.#frame.status.replaceChildren(this.#words.t("language.failed"));
    }
  }

  #drag(dragging: boolean): void {
    if (dragging !== this.#dragging) {
      this.#dragging = dragging;
      document.body.classList.toggle("dragging", dragging);
      this.#render();
    }
  }

  #chosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    input.value = ""; // So that the same file can be chosen again.
    if (files.length > 0) {
      void this.#take(files);
    }
  }

  async #take(chosen: readonly (File | FileSystemEntry)[]): Promise<void> {
    if (this.#failure !== null) {
      return;
    }
    if (mustBeOpened(chosen)) {
      this.#frame.status.replaceChildren(this.#words.t("strip.reading"));
    }
    const { files, refused } = await takeIn(chosen);
    this.#dispatch({ kind: "add", files: files.map((file) => ({ file: this.#runner.keep(file), name: file.name })), refused });
  }

  /** Copies that are not saved, or are being saved, would be lost. */
  #leaving(event: BeforeUnloadEvent): void {
    if (unsaved(this.#session.photos).length > 0) {
      event.preventDefault();
    }
  }
}

/** Of the page that is one file there is no workshop. */
function workshopOf({ language }: Words): string | null {
  return location.protocol === "file:" ? null : `workshop/?lang=${language}`;
}

/** With a mouse. On a phone, the chooser would not offer the gallery any more. */
function allowZip(chooser: HTMLInputElement): void {
  if (matchMedia("(pointer: fine)").matches) {
    chooser.accept += ",.zip";
  }
}

function findFrame(): Frame {
  return {
    header: find("header", HTMLElement),
    main: find("main", HTMLElement),
    footer: find("footer", HTMLElement),
    status: find("#status", HTMLElement),
    chooser: find("#chooser", HTMLInputElement),
    camera: find("#camera", HTMLInputElement),
    folder: find("#folder", HTMLInputElement),
  };
}
