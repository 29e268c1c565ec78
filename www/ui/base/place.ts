import { noChange } from "lit";
import { Directive, directive } from "lit/directive.js";
import type { ElementPart } from "lit/directive.js";
import type { Box, Size } from "../../model/geometry.js";

/** Styles of an element, set one by one: the content security policy forbids the style attribute. */
class Styles extends Directive {
  #last: Record<string, string> = {};

  render(_values: Record<string, string>): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [values]: [Record<string, string>]): unknown {
    for (const [name, value] of Object.entries(values)) {
      if (value !== this.#last[name]) {
        (element as HTMLElement).style.setProperty(name, value);
      }
    }
    this.#last = values;
    return noChange;
  }
}

export const styles = directive(Styles);

/** Puts an element where `box` lies in the picture. */
export function place([x, y, width, height]: Box, picture: Size) {
  const share = (part: number, whole: number) => `${(part / whole) * 100}%`;
  return styles({
    left: share(x, picture.width),
    top: share(y, picture.height),
    width: share(width, picture.width),
    height: share(height, picture.height),
  });
}
