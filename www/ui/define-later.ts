/** The components that are seen only after a while. The page fetches them once a photo can be dropped. */

import { define } from "./define.js";
import { Methods } from "./methods/methods.js";
import { Recompress } from "./recompress/recompress.js";
import { Compare } from "./result/compare.js";
import { Result } from "./result/result.js";
import { SwitchCard } from "./switch/switch.js";

export function defineLater(): void {
  define({ "tk-compare": Compare, "tk-methods": Methods, "tk-recompress": Recompress, "tk-result": Result, "tk-switch": SwitchCard });
}
