import type { ErrorCode, FileReport } from "../generated/report.js";

/**
 * The engine's codes, and those of the API itself. `altered`: a part of the program arrived, but is not what this version was built
 * with. `gone`: the server has no such part any more. `left-out`: this copy of the program never had it. `no-…`: the browser has not or forbids what is needed. `unproved`: the proof of a copy failed.
 */
export type TarnkappeErrorCode =
  | ErrorCode
  | "aborted"
  | "altered"
  | "crash"
  | "disposed"
  | "gone"
  | "left-out"
  | "load"
  | "no-simd"
  | "no-webassembly"
  | "no-workers"
  | "unproved";

/** What a rejection of this library carries. */
export class TarnkappeError extends Error {
  override readonly name = "TarnkappeError";
  /** What the file gives away although it cannot be opened; only from a check. */
  readonly report: FileReport | null;

  /**
   * @param code stable; show people your own words for it
   * @param message an English sentence for a log
   */
  constructor(
    readonly code: TarnkappeErrorCode,
    message: string,
    options?: { cause?: unknown; report?: FileReport | null },
  ) {
    super(message, options);
    this.report = options?.report ?? null;
  }
}

/** Nothing here decodes the file's format so far. */
export class UndecodedError extends TarnkappeError {
  /** @param format its name in reports */
  constructor(
    readonly format: string,
    ...given: ConstructorParameters<typeof TarnkappeError>
  ) {
    super(...given);
  }
}

/** The work was stopped by the caller's signal. */
export function aborted(signal: AbortSignal): TarnkappeError {
  return new TarnkappeError("aborted", "The work was cancelled.", { cause: signal.reason });
}
