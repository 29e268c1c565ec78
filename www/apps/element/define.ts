/** Makes `<tarnkappe-input>` known to the browser, once, however often this is loaded. */

import { NAME, TarnkappeInput } from "./element.js";

export { TarnkappeInput };
export type { ElementEvents, ErrorDetail, ProtectedDetail, ReportDetail } from "./state.js";

if (globalThis.customElements !== undefined && customElements.get(NAME) === undefined) {
  customElements.define(NAME, TarnkappeInput);
}

declare global {
  interface HTMLElementTagNameMap {
    "tarnkappe-input": TarnkappeInput;
  }
}
