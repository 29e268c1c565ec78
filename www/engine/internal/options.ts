/** Whether a caller's options are what they must be. Knows nothing of the browser. */

import { METHODS, STICKERS } from "../generated/options.js";
import { DECISIONS, ORIGINS, REGION_KINDS, SCHEMA, SHAPES } from "../generated/report.js";
import { TarnkappeError } from "./errors.js";

interface Rule {
  holds(value: unknown): boolean;
  /** What the option must be, in words. */
  must: string;
}

const oneOf = (values: readonly unknown[]): Rule => ({ holds: (value) => values.includes(value), must: `one of ${values.join(", ")}` });
const FLAG: Rule = { holds: (value) => typeof value === "boolean", must: "true or false" };
const FUNCTION: Rule = { holds: (value) => typeof value === "function", must: "a function" };
const NUMBERS: Rule = { holds: isFourNumbers, must: "four numbers: x, y, width and height" };

const JOB = {
  signal: { holds: (value) => isObject(value) && typeof value["addEventListener"] === "function", must: "an AbortSignal" },
  onProgress: FUNCTION,
  rawPreview: FLAG,
} satisfies Record<string, Rule>;

const CHECK = {
  ...JOB,
  thorough: FLAG,
  threshold: { holds: (value) => typeof value === "number" && value >= 0 && value <= 1, must: "a number from 0 to 1" },
  previewSide: { holds: (value) => Number.isInteger(value) && Number(value) > 0, must: "a whole number of pixels from 1 on" },
} satisfies Record<string, Rule>;

/** The options of each call. */
const RULES = {
  create: {
    assets: { holds: (value) => value instanceof URL || typeof value === "string", must: "an address" },
    workers: { holds: (value) => value === "auto" || (Number.isInteger(value) && Number(value) > 0), must: 'a whole number from 1 on, or "auto"' },
    detector: { holds: (value) => isObject(value) && "onnx" in value && isObject(value["spec"]), must: "an object with onnx and spec" },
    onLoaded: FUNCTION,
  },
  load: { signal: JOB.signal, onProgress: FUNCTION },
  recognise: JOB,
  embed: JOB,
  check: CHECK,
  protect: {
    ...CHECK,
    method: oneOf(METHODS),
    colour: { holds: (value) => typeof value === "string" && /^[0-9a-f]{6}$/i.test(value), must: "six hexadecimal digits" },
    sticker: oneOf(STICKERS),
    recompress: FLAG,
    longSide: { holds: (value) => Number.isInteger(value) && Number(value) >= 16 && Number(value) <= 65_535, must: "a whole number from 16 to 65535" },
    regions: { holds: Array.isArray, must: "a list of regions" },
  },
} satisfies Record<string, Record<string, Rule>>;

const orNull = ({ holds, must }: Rule): Rule => ({ holds: (value) => value === null || holds(value), must: `${must}, or null` });
const NUMBER: Rule = { holds: (value) => typeof value === "number", must: "a number" };
const LIST: Rule = { holds: Array.isArray, must: "a list" };
const OBJECT: Rule = { holds: (value) => isObject(value) && !Array.isArray(value), must: "an object" };

/** A region of a report, changed or not, or a new one. */
const REGION: Record<string, Rule> = {
  box: NUMBERS,
  decision: oneOf(DECISIONS),
  kind: oneOf(REGION_KINDS),
  origin: oneOf(ORIGINS),
  cover: orNull(OBJECT),
  id: NUMBER,
  score: orNull(NUMBER),
  maybe: FLAG,
  landmarks: orNull({ holds: (value) => Array.isArray(value) && value.length === 5, must: "five points" }),
  identifiability: orNull(OBJECT),
};

const COVER: Record<string, Rule> = {
  bounds: NUMBERS,
  shape: oneOf(SHAPES),
  ellipse: orNull(LIST),
  polygon: orNull(LIST),
  brush: orNull(OBJECT),
  mask: orNull(LIST),
};

/** @throws TarnkappeError `bad-option` that names the option which is unknown or wrong, or as {@link checkRegions} */
export function checkOptions(call: keyof typeof RULES, options: unknown): void {
  const regions = isObject(options) ? options["regions"] : undefined;
  refuseReport(regions);
  checkFields("options", options, RULES[call]);
  if (Array.isArray(regions)) {
    checkRegions(regions);
  }
}

/** @throws TarnkappeError `schema` for regions of a report of schema 1, else `bad-option` that names what is unknown or wrong */
export function checkRegions(regions: unknown): void {
  refuseReport(regions);
  if (!Array.isArray(regions)) {
    throw wrong("regions", "a list of regions");
  }
  regions.forEach((region, index) => checkRegion(`regions[${index}]`, region));
}

/** A report in the place of its regions gets an error of its own if it is of another schema. */
function refuseReport(regions: unknown): void {
  if (isObject(regions) && typeof regions["schema"] === "number" && regions["schema"] !== SCHEMA) {
    throw otherSchema(regions["schema"]);
  }
}

function otherSchema(schema: number): TarnkappeError {
  return new TarnkappeError("schema", `This is of a report of schema ${schema}; this program reads schema ${SCHEMA}.`);
}

/** @throws TarnkappeError `bad-option` */
export function checkFile(file: unknown): void {
  if (!isObject(file) || typeof file["arrayBuffer"] !== "function" || typeof file["name"] !== "string") {
    throw wrong("file", "a File");
  }
}

function checkRegion(name: string, region: unknown): void {
  // Fields that only schema 1 had, and one that had another type.
  if (isObject(region) && ("grow" in region || "area" in region || Array.isArray(region["cover"]))) {
    throw otherSchema(1);
  }
  checkFields(name, region, REGION, `${name}.`);
  checkPresent(name, region, REGION, ["box"]);
  const cover = isObject(region) ? region["cover"] : undefined;
  if (isObject(cover)) {
    checkFields(`${name}.cover`, cover, COVER, `${name}.cover.`);
    checkPresent(`${name}.cover`, cover, COVER, ["bounds", "shape"]);
  }
}

function checkPresent(name: string, value: unknown, rules: Record<string, Rule>, needed: string[]): void {
  for (const field of needed) {
    if (isObject(value) && value[field] === undefined) {
      throw wrong(`${name}.${field}`, rules[field]?.must ?? "");
    }
  }
}

function checkFields(name: string, options: unknown, rules: Record<string, Rule>, prefix = ""): void {
  if (!isObject(options)) {
    throw wrong(name, "an object");
  }
  for (const [field, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
    if (rule === undefined) {
      throw new TarnkappeError("bad-option", `There is no option "${prefix}${field}".`);
    }
    if (value !== undefined && !rule.holds(value)) {
      throw wrong(`${prefix}${field}`, rule.must);
    }
  }
}

function wrong(option: string, must: string): TarnkappeError {
  return new TarnkappeError("bad-option", `The option "${option}" must be ${must}.`);
}

/** Whether they make sense as a place in the picture is for the engine to see. */
function isFourNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.length === 4 && value.every((each) => typeof each === "number");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
