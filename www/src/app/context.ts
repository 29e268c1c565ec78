import type { I18n, Values } from "./i18n.js";
import type { Session } from "./session.js";

/** What every part of the page needs. */
export interface Context {
  i18n: I18n;
  session: Session;
  t(key: string, values?: Values): string;
  /** Tells assistive technology; the last of several quick messages wins. */
  announce(text: string): void;
  /** Opens the chooser for files. */
  choosePhotos(): void;
}
