/** What can be undone and done again. Every change is a whole new state, which is never modified. */

/** How long after a change one of the same sort still counts as the same, in milliseconds. */
const SAME_CHANGE_MS = 1000;

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** The change that led to the present, if one of the same sort shortly after it is to be undone together with it. */
  readonly last: Change | null;
}

export interface Change {
  readonly sort: string;
  /** In milliseconds. */
  readonly at: number;
}

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], last: null };
}

/** Enters a change. Without `change` it is always undone by itself. */
export function enter<T>(history: History<T>, present: T, change: Change | null = null): History<T> {
  const { last } = history;
  const isSame = change !== null && last !== null && change.sort === last.sort && change.at - last.at <= SAME_CHANGE_MS;
  const past = isSame ? history.past : [...history.past, history.present];
  return { past, present, future: [], last: change };
}

/** Without a past, nothing changes. */
export function undo<T>({ past, present, future, ...history }: History<T>): History<T> {
  const before = past.at(-1);
  return before === undefined
    ? { past, present, future, ...history }
    : { past: past.slice(0, -1), present: before, future: [present, ...future], last: null };
}

/** Without a future, nothing changes. */
export function redo<T>({ past, present, future, ...history }: History<T>): History<T> {
  const [next, ...later] = future;
  return next === undefined
    ? { past, present, future, ...history }
    : { past: [...past, present], present: next, future: later, last: null };
}
