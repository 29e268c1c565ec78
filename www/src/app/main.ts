/** Starts the page. */

import { TarnkappeError } from "../api/index.js";
import { engine } from "./engine.js";
import { I18n, chooseLanguage, loadLocales } from "./i18n.js";
import { Page } from "./page.js";

try {
  await start();
} catch (error) {
  document.documentElement.dataset["failed"] = "true"; // What index.html says for this case is shown at once.
  throw error;
}

async function start(): Promise<void> {
  const locales = await loadLocales(new URL("../locales/", import.meta.url));
  const i18n = new I18n(locales, chooseLanguage([...locales.keys()], location.search, navigator.languages));
  const page = new Page(
    {
      header: find("header", HTMLElement),
      main: find("main", HTMLElement),
      status: find("#status", HTMLElement),
      chooser: find("#chooser", HTMLInputElement),
      camera: find("#camera", HTMLInputElement),
    },
    i18n,
    engine,
  );
  try {
    await engine;
    document.documentElement.dataset["ready"] = "true";
  } catch (error) {
    page.unusable(error instanceof TarnkappeError ? error.code : "internal");
  }
}

function find<T extends HTMLElement>(selector: string, type: { new (): T }): T {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(`index.html has no ${selector}`);
  }
  return element;
}
