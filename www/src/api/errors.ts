/** What a rejection of this library carries. */
export class TarnkappeError extends Error {
  override readonly name = "TarnkappeError";

  /**
   * @param code stable, underscored: the engine's codes, and `aborted`, `crash`, `disposed` and `load`
   * @param message an English sentence for a log; show people your own words for the code
   */
  constructor(
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The work was stopped by the caller's signal. */
export function aborted(signal: AbortSignal): TarnkappeError {
  return new TarnkappeError("aborted", "The work was cancelled.", { cause: signal.reason });
}
