/** The page in the frame of the sealed mode. The page around it gets proved copies, and no photo. */

import { TarnkappeInput } from "../element/element.js";
import { GREETING, PASSED } from "../element/frame.js";
import type { FromFrame, ToFrame } from "../element/frame.js";
import type { Standing } from "../element/state.js";

let channel: MessagePort | undefined;

function say(message: FromFrame): void {
  channel?.postMessage(message);
}

class SealedInput extends TarnkappeInput {
  protected static override onLoaded = forbidConnections;

  protected override stood({ copies, problem }: Standing): void {
    say({ kind: "standing", copies: [...copies], problem });
  }
}

/** Workers that are started afterwards have this policy, too: what is in a photo cannot leave, whatever its bytes make of a decoder. */
function forbidConnections(): void {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "connect-src 'none'";
  document.head.append(policy);
}

function obey(element: TarnkappeInput, message: ToFrame): void {
  if (message.kind === "reset") {
    element.reset();
    return;
  }
  const { attributes, language, disabled, scheme } = message;
  document.documentElement.lang = language;
  document.documentElement.style.colorScheme = scheme;
  element.disabled = disabled;
  for (const name of PASSED) {
    const value = attributes[name];
    value === undefined ? element.removeAttribute(name) : element.setAttribute(name, value);
  }
}

function watch(element: TarnkappeInput): void {
  new ResizeObserver(() => say({ kind: "height", height: Math.ceil(element.getBoundingClientRect().height) })).observe(element);
  const dialog = element.shadowRoot?.querySelector("dialog");
  if (dialog) {
    new MutationObserver(() => say({ kind: "dialog", isOpen: dialog.open })).observe(dialog, { attributeFilter: ["open"] });
  }
}

customElements.define("tarnkappe-input", SealedInput);
const element = document.querySelector("tarnkappe-input") as SealedInput;

// Whose page may be around this one is for the header `frame-ancestors` to say. The first greeting counts.
addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.source !== parent || event.data !== GREETING || port === undefined || channel !== undefined) {
    return;
  }
  channel = port;
  port.onmessage = ({ data }: MessageEvent<ToFrame>) => obey(element, data);
  watch(element);
  say({ kind: "standing", copies: [], problem: null });
});
