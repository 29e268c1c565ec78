/** Prints what is shown, with all that can be unfolded. */

export function printAll(root: HTMLElement): void {
  const folded = foldedIn(root);
  folded.forEach((details) => (details.open = true));
  print();
  folded.forEach((details) => (details.open = false));
}

/** Also in the components' shadow roots. */
function foldedIn(root: ParentNode): HTMLDetailsElement[] {
  const inside = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot === null ? [] : foldedIn(shadowRoot)));
  return [...root.querySelectorAll<HTMLDetailsElement>("details:not([open])"), ...inside];
}
