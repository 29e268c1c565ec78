/** A task under time: when it began, when it was done. Times in milliseconds. */

export interface Clock {
  readonly began: number | null;
  readonly ended: number | null;
}

export const STOPPED: Clock = { began: null, ended: null };

export type ClockEvent = { readonly kind: "start" | "stop"; readonly at: number } | { readonly kind: "reset" };

export function stepClock(state: Clock, event: ClockEvent): Clock {
  switch (event.kind) {
    case "start":
      return state.began === null ? { began: event.at, ended: null } : state;
    case "stop":
      return state.began !== null && state.ended === null ? { ...state, ended: event.at } : state;
    case "reset":
      return STOPPED;
  }
}

/** Whole seconds since the task began, until now or until it was done. */
export function secondsOf({ began, ended }: Clock, now: number): number {
  return began === null ? 0 : Math.max(0, Math.floor(((ended ?? now) - began) / 1000));
}

/** "1:05" */
export function clockWords(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
