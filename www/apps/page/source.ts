/** Files that a person has chosen, which may lie in folders or zip files and are opened when their turn comes. */

export interface Source {
  /** With the folders that it lies in. */
  readonly name: string;
  /** @throws IntakeError if it cannot be unpacked, or what the browser throws if it cannot be read any more */
  open(): File | Promise<File>;
}

/** What could not be taken in, and why: a code that has a sentence. */
export interface Refused {
  readonly name: string;
  readonly code: string;
}

export interface Intake {
  readonly files: Source[];
  readonly refused: Refused[];
}

export class IntakeError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** One more than the page takes, so that it can say that there were more. */
export const MOST_FILES = 10_001;

/** Files that systems put beside people's own. */
const JUNK = /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

export function isJunk(name: string): boolean {
  return JUNK.test(name);
}

export function fromFile(file: File): Source {
  return { name: file.webkitRelativePath || file.name, open: () => file };
}
