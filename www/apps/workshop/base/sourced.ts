import { html } from "lit";
import type { Words } from "../../../ui/words/words.js";
import { SOURCES } from "../data.js";

const MARK = /\[([a-z0-9-]+)\]/;

/** A text of the locale files, in which each key of a source becomes a number that leads to the source. */
export function sourced(words: Words, text: string) {
  return text.split(MARK).map((part, at) => (at % 2 === 0 ? part : mark(words, part)));
}

function mark(words: Words, key: string) {
  const number = numberOf(key);
  return html`<a class="source" href="#/sources/${key}" aria-label=${words.t("sources.label", { number })}>[${words.number(number)}]</a>`;
}

/** The place of a source in the list, from 1 on. */
export function numberOf(key: string): number {
  return SOURCES.findIndex((source) => source.key === key) + 1;
}

/** The same text without the marks and the spaces before them, for what has no links. */
export function withoutSources(text: string): string {
  return text.replace(new RegExp(`\\s*${MARK.source}`, "g"), "");
}
