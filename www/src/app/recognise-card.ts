import { RECOGNISER_BYTES } from "../api/index.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";
import type { Photo } from "./photo.js";
import { SwitchCard, act, alarm, done } from "./switch-card.js";
import { recogniserFailureWords } from "./words.js";

/** The switch for trying to recognise, what it means for the people shown, and how it went for this photo. */
export function recogniseCard(photo: Photo, context: Context): SwitchCard {
  const { session } = context;
  return new SwitchCard(context, {
    name: "recognise",
    bytes: RECOGNISER_BYTES,
    state: () => session.recogniser,
    set: (wanted) => session.setRecogniser(wanted),
    failureWords: (code) => recogniserFailureWords(context, code),
    content: (on) => (on ? outcome(photo, context) : []),
  });
}

function outcome({ recognition }: Photo, context: Context): HTMLElement[] {
  const { t } = context;
  switch (recognition.kind) {
    case "none":
      return [h("p", {}, t("recognise.nobody"))];
    case "working":
      return [h("p", {}, t("recognise.working", { percent: Math.round(100 * recognition.fraction) }))];
    case "done":
      return [done(t("recognise.done"))];
    case "failed":
      return [alarm(recogniserFailureWords(context, recognition.code)), act(context, "recognise.again", () => context.session.setRecogniser(true))];
  }
}
