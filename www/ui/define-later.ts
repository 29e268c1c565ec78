/** The components that are seen only after a while. The page fetches them once a photo can be dropped. */

import { define } from "./define.js";
import { Toolbar } from "./canvas/toolbar.js";
import { Methods } from "./methods/methods.js";
import { Recompress } from "./recompress/recompress.js";
import { Refusals } from "./refusals/refusals.js";
import { RegionList } from "./region-list/region-list.js";
import { Compare } from "./result/compare.js";
import { Result } from "./result/result.js";
import { Strip } from "./strip/strip.js";
import { Thumbnail } from "./strip/thumbnail.js";
import { SwitchCard } from "./switch/switch.js";
import { Update } from "./update/update.js";

export function defineLater(): void {
  define({
    "tk-compare": Compare,
    "tk-methods": Methods,
    "tk-recompress": Recompress,
    "tk-refusals": Refusals,
    "tk-region-list": RegionList,
    "tk-result": Result,
    "tk-strip": Strip,
    "tk-switch": SwitchCard,
    "tk-thumbnail": Thumbnail,
    "tk-toolbar": Toolbar,
    "tk-update": Update,
  });
}
