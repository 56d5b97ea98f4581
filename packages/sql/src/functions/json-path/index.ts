import { AegisError } from "../../contract/errors.js";
import type { Datum } from "../../types/datum.js";
import { Jsonb, type JsonNode } from "../../types/jsonb.js";
import type { SqlType } from "../../types/sql-type.js";
import { scalar } from "../define.js";
import { BOOLEAN, JSONB, TEXT } from "../overloads.js";
import type { ScalarFunction, TableFunction } from "../registry.js";
import { tableOf } from "../table-series.js";
import { pathError, queryPath } from "./evaluate.js";
import { parsePath } from "./parser.js";

const NO_VARIABLES = new Map<string, JsonNode>();

interface PathCall {
  readonly items: readonly JsonNode[];
  /** An error came behind the items, and the call asked for silence. */
  readonly failed: boolean;
}

/** The items a path leads to, `most` of them at most. */
function run(args: readonly Datum[], most: number): PathCall {
  const [target, path, variables, silent] = args;
  const parsed = parsePath(path as string);
  const given = variables === undefined ? NO_VARIABLES : (variables as Jsonb).node;
  const items: JsonNode[] = [];
  try {
    for (const item of queryPath(parsed, (target as Jsonb).node, given)) {
      items.push(item);
      // A strict path must be without an error to its end.
      if (items.length >= most && !parsed.strict) break;
    }
    return { items, failed: false };
  } catch (error) {
    const silenced = silent === true && error instanceof AegisError && isPathError(error);
    if (silenced) return { items, failed: true };
    throw error;
  }
}

/** A variable that is not there, or a bad argument, is an error even of a silent call. */
function isPathError(error: AegisError): boolean {
  return error.code !== "TYPE_NOT_FOUND" && error.sqlState !== "22023";
}

function exists(args: readonly Datum[]): Datum {
  const { items, failed } = run(args, 1);
  return failed ? null : items.length > 0;
}

/** The one answer of a path that is a condition. */
function match(args: readonly Datum[]): Datum {
  const { items } = run(args, Infinity);
  const [only] = items;
  if (items.length === 1 && (only === null || typeof only === "boolean")) return only;
  if (args[3] === true) return null;
  throw pathError("22038", "single boolean result is expected");
}

const PARAMS: readonly SqlType[] = [JSONB, TEXT, JSONB, BOOLEAN];
const COUNTS = [2, 3, 4];

function overloads(
  name: string,
  result: SqlType,
  evaluate: ScalarFunction["evaluate"],
): readonly ScalarFunction[] {
  return COUNTS.map((count) => scalar(name, PARAMS.slice(0, count), result, evaluate));
}

/** The operators are silent. */
function operator(name: string, evaluate: (args: readonly Datum[]) => Datum): ScalarFunction {
  const nothing = Jsonb.of(NO_VARIABLES);
  return scalar(name, [JSONB, TEXT], BOOLEAN, ([target, path]) =>
    evaluate([target!, path!, nothing, true]),
  );
}

/** A path is written as text: there is no type jsonpath. */
export const jsonPathFunctions: readonly ScalarFunction[] = [
  operator("@?", exists),
  operator("@@", match),
  ...overloads("jsonb_path_exists", BOOLEAN, exists),
  ...overloads("jsonb_path_match", BOOLEAN, match),
  ...overloads("jsonb_path_query_array", JSONB, (args) => Jsonb.of(run(args, Infinity).items)),
  ...overloads("jsonb_path_query_first", JSONB, (args) => {
    const [first] = run(args, Infinity).items;
    return first === undefined ? null : Jsonb.of(first);
  }),
];

function* queryRows(args: readonly Datum[]): Iterable<readonly Datum[]> {
  for (const item of run(args, Infinity).items) yield [Jsonb.of(item)];
}

export const jsonPathTables: readonly TableFunction[] = COUNTS.map((count) =>
  tableOf("jsonb_path_query", PARAMS.slice(0, count), JSONB, queryRows),
);
