/** TEMPORARY, until the engine speaks schema 2 itself: translates its reports and requests. A stand-in says by `schema` that it does. */

import type { RegionRequest } from "../generated/options.js";
import type { CheckName, ErrorCode, FileReport, Identifiability, NotChecked, NoteCode, Reason, Region } from "../generated/report.js";
import { Engine } from "../wasm/tarnkappe.js";

/** The engine speaks schema 1. */
export const IS_OLD = (Engine as { schema?: number }).schema === undefined;

type OldIdentifiability = Omit<Identifiability, "reasons"> & { reasons: string[] };
interface OldFace extends Pick<Region, "box" | "maybe" | "landmarks"> {
  score: number;
  cover: [number, number, number, number];
  identifiability: OldIdentifiability;
}

const kebab = <T extends string>(code: string) => code.replaceAll("_", "-") as T;

export function codeFrom(code: string): ErrorCode {
  return kebab(code);
}

export function reportFrom(report: unknown): FileReport {
  if (!IS_OLD) {
    return report as FileReport;
  }
  const { faces, hints, ...old } = report as Omit<FileReport, "regions"> & { faces: OldFace[]; hints: NotChecked[] };
  const notes = old.notes.map((note) => ({ ...note, code: note.code.replace("to8", "to-8") as NoteCode }));
  const proof = old.proof && { ...old.proof, checks: old.proof.checks.map((check) => ({ ...check, name: kebab<CheckName>(check.name) })) };
  return { ...old, schema: 2, regions: faces.map(regionFrom), notes, proof, skipped: old.skipped ?? { tiles: 0, frames: 0 }, not_checked: hints };
}

function regionFrom({ cover, identifiability, ...face }: OldFace, index: number): Region {
  return {
    ...face,
    id: index + 1,
    kind: "face",
    origin: "found",
    decision: "undecided",
    cover: { bounds: cover, shape: "rectangle", ellipse: null, polygon: null, brush: null },
    identifiability: identifiabilityFrom(identifiability),
  };
}

export function identifiabilityFrom(old: unknown): Identifiability {
  const { reasons, ...rest } = old as OldIdentifiability;
  return { ...rest, reasons: reasons.map((reason) => kebab<Reason>(reason)) };
}

export function requestsTo(requests: RegionRequest[]): RegionRequest[] {
  if (!IS_OLD) {
    return requests;
  }
  // The cover of a report has all fields, one that a person has shaped only those that say something.
  const old = requests.map(({ box, cover, decision, kind = "face", landmarks = null }) => ({
    box,
    cover: decision !== "open",
    grow: (kind === "face" || kind === "head") && (cover == null || "ellipse" in cover) ? "head" : "none",
    area: cover?.bounds ?? null,
    landmarks,
  }));
  return old as unknown as RegionRequest[];
}

export function facesTo(regions: Region[]): Region[] {
  if (!IS_OLD) {
    return regions;
  }
  const old = regions.map(({ box, score, maybe, landmarks, cover, identifiability }) => ({
    ...{ box, score: score ?? 1, maybe, landmarks },
    cover: cover?.bounds ?? box,
    identifiability: identifiability && { ...identifiability, reasons: identifiability.reasons.map((reason) => reason.replaceAll("-", "_")) },
  }));
  return old as unknown as Region[];
}
