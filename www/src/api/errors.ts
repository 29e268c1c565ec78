import type { FileReport } from "../types/report.js";

/** What a rejection of this library carries. */
export class TarnkappeError extends Error {
  override readonly name = "TarnkappeError";
  /** What the file gives away although it cannot be opened; only from a check. */
  readonly report: FileReport | null;

  /**
   * @param code stable, underscored: the engine's codes, and `aborted`, `bad_option`, `crash`, `disposed` and `load`
   * @param message an English sentence for a log; show people your own words for the code
   */
  constructor(
    readonly code: string,
    message: string,
    options?: { cause?: unknown; report?: FileReport | null },
  ) {
    super(message, options);
    this.report = options?.report ?? null;
  }
}

/** The work was stopped by the caller's signal. */
export function aborted(signal: AbortSignal): TarnkappeError {
  return new TarnkappeError("aborted", "The work was cancelled.", { cause: signal.reason });
}
