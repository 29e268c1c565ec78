/** Starts the page. The engine's files, the words and the components are fetched at the same time. */

import { TarnkappeError, createTarnkappe } from "../../engine/index.js";
import { chooseLanguage } from "./known-languages.js";
import { loadAnyWords } from "./languages.js";

const engine = createTarnkappe();
engine.catch(() => undefined); // The page says what happened, once it is there.

try {
  await start();
} catch (error) {
  document.documentElement.dataset["failed"] = "true"; // What index.html says for this case is shown at once.
  throw error;
}

async function start(): Promise<void> {
  const wanted = chooseLanguage(location.search, navigator.languages);
  const [{ Page }, words] = await Promise.all([import("./page.js"), loadAnyWords(wanted)]);
  const page = new Page(engine, words, words.language === wanted ? null : wanted);
  try {
    await engine;
    page.ready();
    document.documentElement.dataset["ready"] = "true";
  } catch (error) {
    page.unusable(error instanceof TarnkappeError ? error.code : "internal");
  }
}
