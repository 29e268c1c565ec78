/** Attacks for the quiz: on a portrait of the gallery, covered as the question shows it. */

import { COVERS, bestAttempt, rank } from "../../../model/workshop/attack.js";
import type { Cover } from "../../../model/workshop/attack.js";
import type { AttackResult, AttackResults } from "../../../model/workshop/quiz.js";
import { loadedWorkshop } from "./engine.js";
import { FIRST_PORTRAIT, subjectOf } from "./people.js";

/** Covers by the names of the questions. */
const COVER_OF: Record<string, Cover["id"]> = {
  eye_bar: "eye-bar",
  mosaic_16: "mosaic-16",
  mosaic_8: "mosaic-8",
  blur_light: "blur-light",
  blur_strong: "blur-strong",
  solid: "solid",
};

/** Attacks with the engine, if another exercise has loaded it. */
export class GalleryResults implements AttackResults {
  readonly #stop = new AbortController();

  async run(names: readonly string[], onResult: (result: AttackResult) => void): Promise<void> {
    const engine = loadedWorkshop();
    const portrait = engine?.pictures[FIRST_PORTRAIT];
    if (engine === undefined || portrait === undefined) {
      return;
    }
    const { signal } = this.#stop;
    const subject = subjectOf(FIRST_PORTRAIT);
    await engine.open(portrait);
    await engine.choose(0);
    const covered = names.flatMap((name) => COVERS.filter(({ id }) => id === COVER_OF[name]).map((cover) => ({ name, cover })));
    for (const { name, cover } of covered) {
      const { picture } = await engine.weaken(cover);
      onResult({ name, picture, rank: null, people: engine.entries });
    }
    for (const { name, cover } of covered) {
      if (!signal.aborted) {
        const { look, undone, parrot } = await engine.attack(cover, { signal });
        const searches = [rank(look.likeness, subject), bestAttempt(undone, subject)?.ranking, rank(parrot, subject)];
        const places = searches.flatMap((ranking) => ranking?.place ?? []);
        onResult({ name, picture: look.picture, rank: Math.min(...places), people: rank(parrot, subject).of });
      }
    }
  }

  stop(): void {
    this.#stop.abort();
    void loadedWorkshop()?.forget().catch(() => undefined);
  }
}
