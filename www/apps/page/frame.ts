/** What the HTML of an app brings along. */

/** @throws Error if the HTML has no such element */
export function find<T extends HTMLElement>(selector: string, type: { new (): T }): T {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) {
    throw new Error(`index.html has no ${selector}`);
  }
  return element;
}

/** The icon's address: it is part of the HTML, so that nothing is left to be fetched once the page is ready. */
export function emblem(): string {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? "";
}
