/** A plugin for FilePond: a file becomes a proved copy while it is taken in. One that has none is refused with the reason. */

import { AdapterEngine } from "./engine.js";
import type { AdapterOptions } from "./engine.js";

/** What FilePond gives a plugin, as far as it is used here; its own types do not describe that. */
interface FilePondApi {
  addFilter(name: string, filter: (value: Blob, context: { query: (name: string) => unknown }) => Promise<Blob>): void;
  utils: { Type: { STRING: unknown } };
}

interface PluginDescription {
  options: Record<string, [unknown, unknown]>;
}

export interface TarnkappeFilePondOptions extends AdapterOptions {
  /** What the person reads if a file cannot be cleaned. */
  label?: string;
}

/**
 * FilePond's own input holds the photo, under the name of the form's field, until a quarter of a second after the choice. A form around it that
 * is submitted meanwhile would send it, so the input belongs to no form until it is empty again.
 */
function guardInputs(): void {
  const inputOf = (event: Event): HTMLInputElement | null => {
    const [target] = event.composedPath();
    return target instanceof HTMLInputElement && target.matches("[type=file].filepond--browser") ? target : null;
  };
  addEventListener("input", (event) => inputOf(event)?.setAttribute("form", ""), { capture: true });
  const release = (input: HTMLInputElement) => {
    input.value = "";
    input.removeAttribute("form");
  };
  // By then FilePond has taken the files over.
  const changed = (event: Event) => {
    const input = inputOf(event);
    if (input !== null) {
      setTimeout(release, 0, input);
    }
  };
  addEventListener("change", changed, { capture: true });
}

/** Use it with `FilePond.registerPlugin(tarnkappeFilePond({ … }))`. */
export default function tarnkappeFilePond(options: TarnkappeFilePondOptions = {}): (api: FilePondApi) => PluginDescription {
  const engine = new AdapterEngine(options);
  return ({ addFilter, utils }) => {
    guardInputs();
    // The chain of prepared outputs does not know of errors: it would wait for ever, or send the original.
    addFilter("LOAD_FILE", async (file, { query }) => {
      try {
        return await engine.copy(file, file instanceof File ? file.name : "photo");
      } catch (error) {
        const main = String(query("GET_LABEL_TARNKAPPE_FAILED"));
        throw { status: { main, sub: error instanceof Error ? error.message : String(error) } };
      }
    });
    return { options: { labelTarnkappeFailed: [options.label ?? "The photo could not be cleaned", utils.Type.STRING] } };
  };
}
