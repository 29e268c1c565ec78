import { html } from "lit";
import type { TemplateResult } from "lit";

/**
 * A way to choose a photo that looks like the page's buttons, in its words: the browser's own button speaks the browser's language.
 * `classes`: of the label.
 */
export function fileButton(words: string, classes: string, choose: (file: File) => void): TemplateResult {
  const chosen = ({ target }: Event) => {
    const input = target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = ""; // So that the same file can be chosen again.
    if (file !== undefined) {
      choose(file);
    }
  };
  return html`<label class="button secondary file ${classes}"><span>${words}</span><input class="visually-hidden" type="file" accept="image/*" @change=${chosen}></label>`;
}
