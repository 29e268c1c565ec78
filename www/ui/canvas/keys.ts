/** What keys and buttons do to the picture. */

import type { Tool } from "../../model/tools.js";

/** The key that chooses a tool while the focus is on the picture or its tools. */
export const TOOL_KEYS: Record<string, Tool> = { v: "select", r: "rectangle", o: "ellipse", b: "brush", e: "eraser" };

/** A press of a button moves the picture by so many pixels of the view. */
export const PAN_STEP = 60;
