import { Canvas } from "./canvas/canvas.js";
import { Failure } from "./failure/failure.js";
import { Foot } from "./foot/foot.js";
import { Header } from "./header/header.js";
import { Review } from "./review/review.js";
import { Start } from "./start/start.js";
import { Working } from "./working/working.js";

const COMPONENTS = {
  "tk-canvas": Canvas,
  "tk-failure": Failure,
  "tk-foot": Foot,
  "tk-header": Header,
  "tk-review": Review,
  "tk-start": Start,
  "tk-working": Working,
} as const;

/** Makes the components known to the browser, but for those of `define-later.ts`. */
export function defineComponents(): void {
  define(COMPONENTS);
}

/** Another bundle of the same page may have done that before. */
export function define(components: Readonly<Record<string, CustomElementConstructor>>): void {
  for (const [name, component] of Object.entries(components)) {
    if (customElements.get(name) === undefined) {
      customElements.define(name, component);
    }
  }
}
