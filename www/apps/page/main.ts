/** Starts the page: first what is seen, then the engine, whose files would hold that up on a slow line. */

import { TarnkappeError, createTarnkappe } from "../../engine/index.js";
import { chooseLanguage } from "./known-languages.js";
import { loadAnyWords } from "./languages.js";

/** The engine is not waited for longer where nothing is painted, as in a tab in the background. */
const PAINT_MS = 500;

try {
  await start();
} catch (error) {
  document.documentElement.dataset["failed"] = "true"; // What index.html says for this case is shown at once.
  throw error;
}

async function start(): Promise<void> {
  const wanted = chooseLanguage(location.search, navigator.languages);
  const [{ Page }, words] = await Promise.all([import("./page.js"), loadAnyWords(wanted)]);
  const engine = painted().then(() => createTarnkappe());
  const page = new Page(engine, words, words.language === wanted ? null : wanted);
  try {
    await engine;
    page.ready();
    document.documentElement.dataset["ready"] = "true";
  } catch (error) {
    page.unusable(error instanceof TarnkappeError ? error.code : "internal");
  }
}

/** Resolves once what was drawn last can be seen. */
function painted(): Promise<unknown> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, PAINT_MS);
  });
}
