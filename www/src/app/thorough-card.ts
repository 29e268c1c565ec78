import { THOROUGH_BYTES } from "../api/index.js";
import type { Context } from "./context.js";
import { looksLikeCrowd } from "./crowd.js";
import { h } from "./dom.js";
import type { Photo } from "./photo.js";
import { SwitchCard, act, alarm, done } from "./switch-card.js";
import { searchWords, thoroughFailureWords } from "./words.js";

/** The switch for thorough searching, what it costs, and what becomes of it. */
export function thoroughCard(photo: Photo, context: Context): SwitchCard {
  const { session } = context;
  return new SwitchCard(context, {
    name: "thorough",
    bytes: THOROUGH_BYTES,
    state: () => session.thorough,
    set: (wanted) => session.setThorough(wanted),
    failureWords: (code) => thoroughFailureWords(context, code),
    content: (on) => {
      if (photo.thorough) {
        return ending(photo, context);
      }
      return on ? [...ending(photo, context), ...missing(photo, context)] : suggestion(photo, context);
    },
  });
}

/** How the search of this photo ended. */
function ending(photo: Photo, context: Context): HTMLElement[] {
  const words = searchWords(context, photo);
  if (words === null) {
    return [];
  }
  return [photo.searchFailure === null ? done(words) : alarm(words)];
}

/** The search of this photo was stopped or has failed. */
function missing(photo: Photo, context: Context): HTMLElement[] {
  return [h("p", {}, context.t("thorough.missing")), act(context, "thorough.search", () => context.session.search(photo))];
}

function suggestion(photo: Photo, context: Context): HTMLElement[] {
  if (photo.report === null || !looksLikeCrowd(photo.report)) {
    return [];
  }
  return [h("p", {}, context.t("thorough.crowd")), act(context, "thorough.go", () => context.session.setThorough(true))];
}
