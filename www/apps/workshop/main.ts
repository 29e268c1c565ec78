/** Starts the workshop. The engine and the recogniser are fetched by the exercises that need them. */

import { App } from "./app.js";
import { chooseWords } from "./languages.js";

try {
  new App(await chooseWords(location.search, navigator.languages));
  document.documentElement.dataset["ready"] = "true";
} catch (error) {
  document.documentElement.dataset["failed"] = "true"; // What index.html says for this case is shown at once.
  throw error;
}
