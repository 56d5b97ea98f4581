import { types } from "node:util";
import { AegisError } from "../errors.js";
import { MAX_VARIANT_DEPTH } from "../limits.js";
import { checkText } from "./text.js";
import { isOpaque } from "./variant-writer.js";

/**
 * Finds out why a value cannot be stored, and where in it. Runs only after the writer has refused
 * the value, so it may take its time.
 */
export function explainRefusal(value: unknown): AegisError {
  const problem = value === undefined ? refused("undefined", []) : findProblem(value, [], []);
  // A getter or a toJSON method may have answered otherwise this time.
  return problem ?? new AegisError("UNSUPPORTED_VALUE", "the value changed while it was stored");
}

type Path = readonly (string | number)[];

function findProblem(value: unknown, path: Path, above: readonly object[]): AegisError | undefined {
  switch (typeof value) {
    case "string":
      return textProblem(value, `the text ${place(path)}`);
    case "function":
      return refused("a function", path);
    case "symbol":
      return refused("a symbol", path);
    case "object":
      return value === null ? undefined : objectProblem(value, path, above);
    default:
      return undefined;
  }
}

function textProblem(text: string, what: string): AegisError | undefined {
  try {
    checkText(text, what);
    return undefined;
  } catch (error) {
    return error as AegisError;
  }
}

function objectProblem(
  value: object,
  path: Path,
  above: readonly object[],
): AegisError | undefined {
  if (above.includes(value)) return refused("a reference to an object that contains it", path);
  if (above.length >= MAX_VARIANT_DEPTH) {
    return new AegisError(
      "LIMIT_EXCEEDED",
      `the value nests more than ${MAX_VARIANT_DEPTH} levels deep`,
      { hint: "Store deep trees as lists of nodes that name their parents." },
    );
  }
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime()) ? refused("an invalid Date", path) : undefined;
  }
  if (types.isUint8Array(value)) return undefined;
  const inside = [...above, value];
  if (!types.isMap(value) && !types.isSet(value) && "toJSON" in value) {
    if (typeof value.toJSON === "function") {
      return jsonProblem((value as { toJSON(): unknown }).toJSON(), path, inside);
    }
  }
  if (isOpaque(value)) {
    return refused(`an object of type ${value.constructor.name}`, path);
  }
  return memberProblem(value, path, inside);
}

function jsonProblem(json: unknown, path: Path, above: readonly object[]): AegisError | undefined {
  // What toJSON returned is not asked for its own toJSON again.
  if (typeof json === "object" && json !== null && !types.isDate(json)) {
    return isOpaque(json) && !types.isUint8Array(json)
      ? refused(`an object of type ${json.constructor.name}`, path)
      : memberProblem(json, path, above);
  }
  return findProblem(json, path, above);
}

function memberProblem(
  value: object,
  path: Path,
  above: readonly object[],
): AegisError | undefined {
  if (types.isMap(value) || types.isSet(value)) {
    const items: readonly unknown[] = types.isMap(value) ? [...value].flat() : [...value];
    return firstProblem(items.entries(), path, above);
  }
  for (const key of Array.isArray(value) ? [] : Object.keys(value)) {
    const problem = textProblem(key, `the name of a member ${place(path)}`);
    if (problem !== undefined) return problem;
  }
  return firstProblem(Array.isArray(value) ? value.entries() : Object.entries(value), path, above);
}

function firstProblem(
  members: Iterable<readonly [string | number, unknown]>,
  path: Path,
  above: readonly object[],
): AegisError | undefined {
  for (const [key, member] of members) {
    const problem = findProblem(member, [...path, key], above);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function refused(what: string, path: Path): AegisError {
  return new AegisError("UNSUPPORTED_VALUE", `${what} ${place(path)} cannot be stored`, {
    hint: "Values hold what JSON can, and Date, bigint, Uint8Array, Map and Set.",
  });
}

/** The path of more than this many steps is cut. */
const MAX_PATH = 20;

function place(path: Path): string {
  if (path.length === 0) return "as the value itself";
  const steps = path.slice(0, MAX_PATH).map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return `at $${steps.join("")}${path.length > MAX_PATH ? "…" : ""}`;
}
