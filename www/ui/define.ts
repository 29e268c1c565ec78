import { Canvas } from "./canvas/canvas.js";
import { Toolbar } from "./canvas/toolbar.js";
import { Failure } from "./failure/failure.js";
import { Foot } from "./foot/foot.js";
import { Header } from "./header/header.js";
import { Methods } from "./methods/methods.js";
import { Recompress } from "./recompress/recompress.js";
import { Refusals } from "./refusals/refusals.js";
import { RegionList } from "./region-list/region-list.js";
import { Compare } from "./result/compare.js";
import { Result } from "./result/result.js";
import { Review } from "./review/review.js";
import { Start } from "./start/start.js";
import { Strip } from "./strip/strip.js";
import { Thumbnail } from "./strip/thumbnail.js";
import { SwitchCard } from "./switch/switch.js";
import { Update } from "./update/update.js";
import { Working } from "./working/working.js";

const COMPONENTS = {
  "tk-canvas": Canvas,
  "tk-compare": Compare,
  "tk-failure": Failure,
  "tk-foot": Foot,
  "tk-header": Header,
  "tk-methods": Methods,
  "tk-recompress": Recompress,
  "tk-refusals": Refusals,
  "tk-region-list": RegionList,
  "tk-result": Result,
  "tk-review": Review,
  "tk-start": Start,
  "tk-strip": Strip,
  "tk-switch": SwitchCard,
  "tk-thumbnail": Thumbnail,
  "tk-toolbar": Toolbar,
  "tk-update": Update,
  "tk-working": Working,
} as const;

/** Makes the components known to the browser. Another bundle of the same page may have done that before. */
export function defineComponents(): void {
  for (const [name, component] of Object.entries(COMPONENTS)) {
    if (customElements.get(name) === undefined) {
      customElements.define(name, component);
    }
  }
}
