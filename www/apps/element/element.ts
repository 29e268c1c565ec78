/**
 * `<tarnkappe-input>`: in the place of `<input type="file">`, it gives a form nothing but cleaned and proved copies of photos. Making a class
 * has no side effect; `define.ts` makes the element known to the browser.
 */

import { METHODS } from "../../engine/generated/options.js";
import type { Method } from "../../engine/generated/options.js";
import type { TarnkappeOptions } from "../../engine/index.js";
import sheetText from "./element.css";
import { importAgain } from "./import-again.js";
import { NOTHING } from "./state.js";
import type { Desk, ElementEvents, Place, Problem, Standing, Wishes } from "./state.js";
import { directionOf, languageOf, say } from "./words.js";

export const NAME = "tarnkappe-input";

/** A module that is imported on a server, where there are no elements, must not fail. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Attributes that are also properties of the same kind. */
const STRINGS = ["name", "accept", "capture"] as const;
const FLAGS = ["multiple", "required", "disabled", "auto", "review"] as const;

/** Told at once in the element. What is left is said by the browser when somebody tries to submit. */
const ALARMS: readonly (Problem | null)[] = ["not_loaded", "blocked", "unsupported", "refused", "failed", "too_many", "too_large"];

/** Nothing is being loaded any more: it can only be tried again, or the photos be taken out. */
const STOPPED: readonly (Problem | null)[] = ["not_loaded", "blocked", "unsupported"];

/** Codes of errors that mean that the browser lacks something. */
const UNSUPPORTED = ["no-webassembly", "no-simd", "no-workers"];

const MEGABYTE = 1e6;

/** Events of what is inside that the page around would hear, too. A native input tells it only that the choice is another one. */
const OWN = ["input", "drop", "dragenter", "dragover", "dragleave"] as const;

interface Shadow {
  frame: HTMLElement;
  choose: HTMLButtonElement;
  hint: HTMLElement;
  list: HTMLElement;
  message: HTMLElement;
  again: HTMLButtonElement;
  clear: HTMLButtonElement;
  chooser: HTMLInputElement;
  dialog: HTMLDialogElement;
}

export class TarnkappeInput extends Base {
  static readonly formAssociated = true;
  static readonly observedAttributes = ["name", "accept", "capture", "multiple", "required", "lang", "method", "auto", "review", "max-files", "max-size"];
  /** Own URL of the package's folder `assets`, for elements without the attribute `assets`; by default beside this code. */
  static assets: string | URL | undefined;
  /** As the option of `createTarnkappe`; for the page of the sealed mode. */
  protected static onLoaded: (() => void) | undefined;

  declare name: string;
  declare accept: string;
  declare capture: string;
  declare multiple: boolean;
  declare required: boolean;
  declare disabled: boolean;
  declare auto: boolean;
  declare review: boolean;

  readonly #internals = this.attachInternals();
  readonly #shadow = makeShadow(this.attachShadow({ mode: "open", delegatesFocus: true }));
  /** Chosen while the program is not there yet. */
  #waiting: File[] = [];
  #desk: Desk | null = null;
  /** Each try to start the program is an object of its own, so that one that was given up is known. */
  #start: object | null = null;
  #standing: Standing = NOTHING;
  #sent: readonly File[] = [];
  #customMessage = "";
  /** The browser remembers that photos had been chosen, but no photo. */
  #restored = false;
  #wasConnected = false;
  readonly #languageWatcher = new MutationObserver(() => this.#refresh());

  constructor() {
    super();
    this.#internals.role = "group"; // So that its label is said before what is in it.
    const { frame, choose, again, clear, chooser } = this.#shadow;
    choose.addEventListener("click", () => chooser.click());
    again.addEventListener("click", () => void this.#work());
    clear.addEventListener("click", () => this.#byPerson(() => this.#empty()));
    chooser.addEventListener("change", () => {
      this.#take([...(chooser.files ?? [])]);
      chooser.value = ""; // So that the same file can be chosen again, and nothing of it is kept here.
    });
    chooser.addEventListener("cancel", () => this.dispatchEvent(new Event("cancel", { bubbles: true })));
    // A label that is clicked, and click(), click the element itself.
    this.addEventListener("click", (event) => {
      if (event.composedPath()[0] === this && !this.#isDisabled && !this.#isSealed) {
        chooser.click();
      }
    });
    chooser.addEventListener("click", (event) => event.stopPropagation()); // The page has heard the one that led here.
    frame.addEventListener("dragover", (event) => this.#dragged(event));
    frame.addEventListener("dragleave", () => frame.classList.remove("dragging"));
    frame.addEventListener("drop", (event) => this.#dropped(event));
    // A place of the page's own where photos are dropped, around this one, would upload them as they are.
    OWN.forEach((name) => frame.addEventListener(name, (event) => event.stopPropagation()));
  }

  /** Takes photos in as if a person had chosen them; for drop targets of the page's own. */
  add(files: Iterable<File>): void {
    this.#take([...files]);
  }

  /** Takes all photos out, as resetting the form does. */
  reset(): void {
    this.#restored = false;
    this.#empty();
  }

  /** The copies that are proved. */
  get files(): FileList {
    const list = new DataTransfer();
    this.#standing.copies.forEach((file) => list.items.add(file));
    return list.files;
  }

  /** As of `<input type="file">`: an invented path with the first copy's name, or nothing. Only the empty string can be set. */
  get value(): string {
    const [first] = this.#standing.copies;
    return first === undefined ? "" : `C:\\fakepath\\${first.name}`;
  }

  set value(value: string) {
    if (value !== "") {
      throw new DOMException("Only the empty string can be set.", "InvalidStateError");
    }
    this.reset();
  }

  get type(): string {
    return "file";
  }

  get method(): Method {
    const wanted = this.getAttribute("method")?.toLowerCase() as Method;
    return METHODS.includes(wanted) ? wanted : "soft";
  }

  set method(value: Method) {
    this.setAttribute("method", value);
  }

  /** Most photos that can be sent; no limit if the attribute states none. */
  get maxFiles(): number {
    return positive(this.getAttribute("max-files"));
  }

  set maxFiles(value: number) {
    this.setAttribute("max-files", String(value));
  }

  /** Most bytes of a copy; no limit if the attribute states none. */
  get maxSize(): number {
    return positive(this.getAttribute("max-size"));
  }

  set maxSize(value: number) {
    this.setAttribute("max-size", String(value));
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  get labels(): NodeList {
    return this.#internals.labels;
  }

  get validity(): ValidityState {
    return this.#internals.validity;
  }

  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  setCustomValidity(message: string): void {
    this.#customMessage = message;
    this.#refresh();
  }

  connectedCallback(): void {
    [...STRINGS, ...FLAGS, "method", "maxFiles", "maxSize"].forEach((name) => adopt(this, name));
    this.#languageWatcher.observe(this.ownerDocument.documentElement, { attributeFilter: ["lang"] });
    this.#refresh();
    if (this.#isSealed && this.#desk === null) {
      void this.#work(); // The chooser is in the frame.
    }
    this.#focusFirst();
  }

  /** An element that is moved is connected again within the same task; one that is not has nothing more to do. A frame loses all it had. */
  disconnectedCallback(): void {
    this.#languageWatcher.disconnect();
    if (this.#isSealed) {
      this.#restored = this.#hasPhotos;
      this.#leave();
      return;
    }
    setTimeout(() => this.isConnected || this.#leave());
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === "accept" || name === "capture") {
      this.#offer(name, value);
    }
    this.#refresh();
  }

  formDisabledCallback(): void {
    this.#refresh();
  }

  formResetCallback(): void {
    this.reset();
  }

  formStateRestoreCallback(state: string): void {
    this.#restored = state !== "";
    this.#refresh();
  }

  /** The browser looks for what has `autofocus` before the element is known to it, so it is done here, once, unless a person was faster. */
  #focusFirst(): void {
    const isFirst = !this.#wasConnected;
    this.#wasConnected = true;
    const { activeElement, body } = this.ownerDocument;
    if (isFirst && this.hasAttribute("autofocus") && (activeElement === null || activeElement === body)) {
      this.focus();
    }
  }

  get #isDisabled(): boolean {
    return this.matches(":disabled");
  }

  #offer(name: "accept" | "capture", value: string | null): void {
    const { chooser } = this.#shadow;
    const offered = name === "accept" ? (value ?? "image/*") : value;
    offered === null ? chooser.removeAttribute(name) : chooser.setAttribute(name, offered);
  }

  #dragged(event: DragEvent): void {
    if (!this.#isDisabled && event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      this.#shadow.frame.classList.add("dragging");
    }
  }

  #dropped(event: DragEvent): void {
    this.#shadow.frame.classList.remove("dragging");
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault(); // Else the browser would leave the page for the photo.
      this.#take([...event.dataTransfer.files]);
    }
  }

  #take(files: File[]): void {
    if (files.length === 0 || this.#isDisabled || this.#isSealed) {
      return;
    }
    this.#restored = false;
    // A page that sends the form as soon as it hears of a change must find it waiting, not empty.
    this.#byPerson(() => {
      if (!this.multiple) {
        this.#empty();
      }
      this.#waiting.push(...(this.multiple ? files : files.slice(0, 1)));
      void this.#work();
    });
  }

  /** Hands what waits to the desk, which is fetched if it is not there yet. */
  async #work(): Promise<void> {
    if (this.#desk !== null) {
      this.#desk.add(this.#waiting.splice(0));
      return;
    }
    this.#stand({ copies: [], problem: "loading" });
    if (this.#start !== null) {
      return;
    }
    const start = {};
    this.#start = start;
    const violations = watchPolicy(this.ownerDocument);
    try {
      const desk = await this.#open();
      if (this.#start !== start) {
        desk.close();
        return;
      }
      this.#desk = desk;
      this.#stand(NOTHING);
      desk.add(this.#waiting.splice(0));
    } catch (error) {
      if (this.#start === start) {
        this.#failed(error, violations.seen);
      }
    } finally {
      violations.stop();
      if (this.#start === start) {
        this.#start = null;
      }
    }
  }

  async #open(): Promise<Desk> {
    if (this.#isSealed) {
      const { openSealed } = await importAgain(() => import("./sealed.js"));
      return openSealed(this.#place(), this, languageOf(this));
    }
    const { openDesk } = await importAgain(() => import("./desk.js"));
    return openDesk(this.#place(), this.#options, languageOf(this));
  }

  get #isSealed(): boolean {
    return this.hasAttribute("sealed");
  }

  get #options(): TarnkappeOptions {
    const { assets, onLoaded } = this.constructor as typeof TarnkappeInput;
    const folder = this.getAttribute("assets") ?? assets;
    return { ...(folder !== undefined && { assets: new URL(folder, this.ownerDocument.baseURI) }), ...(onLoaded !== undefined && { onLoaded }) };
  }

  #failed(error: unknown, violation: string | null): void {
    const problem = problemOf(error, violation);
    console.error(
      problem === "blocked"
        ? `<${NAME}>: the page's content security policy forbids what is needed (${violation ?? "script-src"}). ` +
            "It needs script-src 'wasm-unsafe-eval', worker-src blob:, img-src blob:, connect-src with the assets' origin, and, if it requires " +
            "trusted types, trusted-types lit-html tarnkappe. Nothing is sent."
        : `<${NAME}>: what is needed could not be loaded. Nothing is sent.`,
      error,
    );
    this.#stand({ copies: [], problem });
    this.#tell("tarnkappe-error", { code: problem === "blocked" ? "blocked" : codeOf(error) });
  }

  #place(): Place {
    const { list, dialog } = this.#shadow;
    return {
      list,
      dialog,
      wishes: (): Wishes => ({ method: this.method, auto: this.auto, review: this.review, maxFiles: this.maxFiles, maxSize: this.maxSize }),
      changed: () => this.#byPerson(() => this.#refresh()),
      tell: (name, detail) => this.#tell(name, detail),
    };
  }

  #tell<K extends keyof ElementEvents>(name: K, detail: ElementEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Says so if what the form would send is another thing afterwards, as a native input does. */
  #byPerson(change: () => void): void {
    const before = this.#sent;
    change();
    if (before.length !== this.#sent.length || before.some((file, index) => file !== this.#sent[index])) {
      this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
      this.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  #empty(): void {
    this.#sent = []; // The desk must not take it for what a person does.
    this.#waiting = [];
    this.#desk?.clear();
    this.#stand(NOTHING);
  }

  #leave(): void {
    this.#waiting = [];
    this.#start = null;
    this.#desk?.close();
    this.#desk = null;
    this.#stand(NOTHING);
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    this.#refresh();
  }

  /** Everything that depends on attributes, the language or the photos. Cheap, so it is all done whatever has changed. */
  #refresh(): void {
    const language = languageOf(this);
    this.#standing = this.#desk?.standing ?? this.#standing;
    this.#publish();
    this.#validate(language);
    this.#show(language);
    this.#desk?.refresh(language);
    this.stood(this.#standing);
  }

  /** For the page of the sealed mode, which tells it to the page around it. */
  protected stood(_standing: Standing): void {}

  get #hasPhotos(): boolean {
    const { copies, problem } = this.#standing;
    return copies.length > 0 || problem !== null;
  }

  /**
   * What the form sends: copies if all of them are proved, nothing as long as anything is open, and the empty file of a native input if
   * nothing is chosen. A photo is never among it.
   */
  #publish(): void {
    const { copies, problem } = this.#standing;
    const state = this.#hasPhotos ? "chosen" : "";
    this.#sent = problem === null ? copies : [];
    if (problem !== null || this.name === "") {
      this.#internals.setFormValue(null, state);
      return;
    }
    const data = new FormData();
    const files = copies.length > 0 ? copies : [new File([], "", { type: "application/octet-stream" })];
    files.forEach((file) => data.append(this.name, file, file.name));
    this.#internals.setFormValue(data, state);
  }

  #validate(language: string): void {
    const { problem, copies } = this.#standing;
    const choose = this.#shadow.list.querySelector("iframe") ?? this.#shadow.choose;
    if (problem !== null) {
      this.#internals.setValidity(flagsOf(problem), this.#words(language, problem), choose);
    } else if (this.#customMessage !== "") {
      this.#internals.setValidity({ customError: true }, this.#customMessage, choose);
    } else if (this.required && copies.length === 0) {
      this.#internals.setValidity({ valueMissing: true }, say(language, this.#restored ? "restored" : "required"), choose);
    } else {
      this.#internals.setValidity({});
    }
  }

  #words(language: string, problem: Problem): string {
    return say(language, problem, { count: this.maxFiles, size: this.maxSize / MEGABYTE });
  }

  #show(language: string): void {
    const { frame, choose, hint, message, again, clear, chooser } = this.#shadow;
    const { problem } = this.#standing;
    frame.lang = language;
    frame.dir = directionOf(language);
    chooser.multiple = this.multiple;
    choose.disabled = this.#isDisabled;
    (choose.parentElement as HTMLElement).hidden = this.#isSealed;
    frame.classList.toggle("sealed", this.#isSealed);
    choose.textContent = say(language, this.multiple ? "choose" : "choose_one");
    hint.textContent = `${say(language, "drop")} ${say(language, "local")}`;
    const told = this.#told(language);
    if (message.textContent !== told) {
      message.textContent = told; // Assistive technology would say the same once more.
    }
    message.classList.toggle("alarm", ALARMS.includes(problem));
    again.textContent = say(language, "again");
    clear.textContent = say(language, "clear");
    (again.parentElement as HTMLElement).hidden = !STOPPED.includes(problem);
  }

  /** What stands in the element about all photos. */
  #told(language: string): string {
    const { problem } = this.#standing;
    if (problem === null) {
      return this.#restored ? say(language, "restored") : "";
    }
    const isInFrame = this.#isSealed && this.#desk !== null; // Which says it itself.
    return isInFrame ? "" : this.#words(language, problem);
  }
}

for (const name of STRINGS) {
  Object.defineProperty(TarnkappeInput.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: Element) {
      return this.getAttribute(name) ?? "";
    },
    set(this: Element, value: unknown) {
      this.setAttribute(name, String(value));
    },
  });
}

for (const name of FLAGS) {
  Object.defineProperty(TarnkappeInput.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: Element) {
      return this.hasAttribute(name);
    },
    set(this: Element, value: unknown) {
      this.toggleAttribute(name, Boolean(value));
    },
  });
}

/** A property that was set before the element was known to the browser would hide the class's own. */
function adopt(element: Element, name: string): void {
  const values = element as unknown as Record<string, unknown>;
  if (Object.hasOwn(values, name)) {
    const value = values[name];
    delete values[name];
    values[name] = value;
  }
}

let sheet: CSSStyleSheet | undefined;

/** A sheet that is adopted needs no permission of the page's policy. */
function makeShadow(root: ShadowRoot): Shadow {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
  }
  root.adoptedStyleSheets = [sheet];
  const add = <K extends keyof HTMLElementTagNameMap>(parent: Node, tag: K, name: string): HTMLElementTagNameMap[K] => {
    const element = parent.appendChild(document.createElement(tag));
    element.className = name;
    element.setAttribute("part", name);
    return element;
  };
  const button = (parent: Node, name: string) => Object.assign(add(parent, "button", name), { type: "button" as const });
  const frame = add(root, "div", "frame");
  const bar = add(frame, "div", "bar");
  const choose = button(bar, "choose");
  const hint = add(bar, "span", "hint");
  const list = add(frame, "ul", "list");
  const message = add(frame, "p", "message");
  // Always there, if empty: a status that appears together with its words is not read by some screen readers.
  message.setAttribute("role", "status");
  [hint.id, message.id] = ["hint", "message"];
  choose.setAttribute("aria-describedby", "hint message");
  const actions = add(frame, "div", "bar");
  const [again, clear] = [button(actions, "again"), button(actions, "clear")];
  const chooser = frame.appendChild(document.createElement("input"));
  Object.assign(chooser, { type: "file", hidden: true, accept: "image/*" });
  const dialog = add(frame, "dialog", "dialog");
  return { frame, choose, hint, list, message, again, clear, chooser, dialog };
}

/** What the page's policy forbids while the program starts: a worker that is not started says nothing of the reason itself. */
function watchPolicy(document: Document): { readonly seen: string | null; stop(): void } {
  let seen: string | null = null;
  const note = (event: SecurityPolicyViolationEvent) => {
    if (event.disposition === "enforce" && ["wasm-eval", "blob"].includes(event.blockedURI)) {
      seen = event.effectiveDirective;
    }
  };
  document.addEventListener("securitypolicyviolation", note);
  return {
    get seen() {
      return seen;
    },
    stop: () => document.removeEventListener("securitypolicyviolation", note),
  };
}

/** Why the program does not run. What the policy forbids is told apart from what the browser cannot do by the browser's own words. */
function problemOf(error: unknown, violation: string | null): Problem {
  const words = `${String(error)} ${String((error as { cause?: unknown } | null)?.cause)}`;
  if (violation !== null || /unsafe-eval|content security policy|\bCSP\b|\bTrusted(HTML|Script|Type)/i.test(words)) {
    return "blocked";
  }
  return UNSUPPORTED.includes(codeOf(error)) ? "unsupported" : "not_loaded";
}

function flagsOf(problem: Problem): ValidityStateFlags {
  switch (problem) {
    case "refused":
      return { badInput: true };
    case "too_many":
    case "too_large":
      return { rangeOverflow: true };
    default:
      return { customError: true };
  }
}

/** A whole number above zero, or no limit. */
function positive(text: string | null): number {
  const value = /^\s*\d+\s*$/.test(text ?? "") ? Number(text) : 0;
  return value > 0 ? value : Infinity;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "load";
}
