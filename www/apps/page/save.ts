/** Handing proved copies over to the person. */

/** Browsers drop downloads that start in the same instant. */
const PAUSE_BETWEEN_DOWNLOADS_MS = 300;

export function canShare(files: File[]): boolean {
  return typeof navigator.canShare === "function" && navigator.canShare({ files });
}

/** Opens the system's sheet for sharing. Closing it without a choice is no error. */
export async function share(files: File[]): Promise<void> {
  try {
    await navigator.share({ files });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) {
      throw error;
    }
  }
}

/** `copies`: each is asked for when its turn comes, and is undefined if it has been dropped since. */
export async function saveAll(copies: (() => { url: string; file: File } | undefined)[]): Promise<void> {
  for (const copy of copies) {
    const current = copy();
    if (current === undefined) {
      continue;
    }
    const link = document.createElement("a");
    link.href = current.url;
    link.download = current.file.name;
    link.click();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_DOWNLOADS_MS));
  }
}
