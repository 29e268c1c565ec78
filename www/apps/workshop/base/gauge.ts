import { html } from "lit";
import { styles } from "../../../ui/base/place.js";
import type { Words } from "../../../ui/words/words.js";

/** A bar that is full to a share, for those who see it; the number stands beside it. */
export function gauge(share: number, interval?: readonly [number, number]) {
  const percentOf = (value: number) => `${value * 100}%`;
  const whisker = interval && html`<span class="gauge-interval" ${styles({ "--from": percentOf(interval[0]), "--to": percentOf(interval[1]) })}></span>`;
  return html`<span class="gauge" aria-hidden="true" ${styles({ "--share": percentOf(share) })}><span class="gauge-fill"></span>${whisker}</span>`;
}

/** A share in per cent, with as many digits as it takes to tell it from nothing and from all. */
export function percent({ language }: Words, share: number): string {
  const digits = share > 0.9 ? 4 : 2;
  return new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: digits }).format(share > 0.99995 ? 1 : share);
}
