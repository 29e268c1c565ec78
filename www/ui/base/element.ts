import { LitElement, unsafeCSS } from "lit";
import type { CSSResultGroup, PropertyDeclarations } from "lit";
import type { Command } from "../../model/session.js";
import type { Words } from "../words/words.js";
import baseText from "./base.css";

const sheets = new Map<string, CSSResultGroup>();

/** Style sheets are made once, however many components have them. */
function sheet(text: string): CSSResultGroup {
  const known = sheets.get(text) ?? unsafeCSS(text);
  sheets.set(text, known);
  return known;
}

/** A component's style sheets, after the one that all have. */
export function styled(...texts: string[]): CSSResultGroup {
  return [baseText, ...texts].map(sheet);
}

/**
 * What all components have in common. They live in any shadow root, know neither ids nor the document, show what their properties
 * say, and ask for changes by an event: whoever holds the state answers with other properties.
 */
export abstract class Component extends LitElement {
  static override properties: PropertyDeclarations = { words: { attribute: false } };
  static override styles: CSSResultGroup = styled();

  declare words: Words;

  /** Moves the focus to the heading, for a component that has taken another one's place. */
  async focusHeading(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }

  protected t(key: string, values?: Parameters<Words["t"]>[1]): string {
    return this.words.t(key, values);
  }

  protected send(command: Command): void {
    this.dispatchEvent(new CustomEvent<Command>(COMMAND, { detail: command, bubbles: true, composed: true }));
  }
}

/** The event by which components ask for something; its detail is a {@link Command}. */
export const COMMAND = "tk-command";
