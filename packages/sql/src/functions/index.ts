import { arithmeticOperators } from "./arithmetic.js";
import { bitOperators } from "./bit-operators.js";
import { byteFunctions } from "./bytes.js";
import { catalogFunctions } from "./catalog-functions.js";
import { comparisonOperators } from "./comparison.js";
import { aggregateFamilies, structuredScalars, tableFamilies } from "./families.js";
import { mathFunctions } from "./math.js";
import { numberFormatFunctions } from "./number-format/index.js";
import { patternOperators } from "./pattern-operators.js";
import { quotingFunctions } from "./quoting.js";
import { regexFunctions } from "./regex-functions.js";
import type {
  AggregateFunction,
  FunctionRegistry,
  ScalarFunction,
  TableFunction,
  WindowFunction,
} from "./registry.js";
import { nearestNames } from "./similar.js";
import { systemFunctions } from "./system.js";
import { textFunctions } from "./text-functions.js";
import { textOperators } from "./text-operators.js";
import { textPartFunctions } from "./text-parts.js";
import { trigonometricFunctions } from "./trigonometry.js";
import { bucketFunctions } from "./width-bucket.js";
import { windowFunctions } from "./window-functions.js";

export { resolveOverload } from "./resolve.js";

const scalars = byName<ScalarFunction>([
  ...structuredScalars,
  arithmeticOperators,
  bitOperators,
  comparisonOperators,
  textOperators,
  patternOperators,
  mathFunctions,
  trigonometricFunctions,
  bucketFunctions,
  textFunctions,
  textPartFunctions,
  regexFunctions,
  quotingFunctions,
  numberFormatFunctions,
  byteFunctions,
  systemFunctions,
  catalogFunctions,
]);
const aggregates = byName<AggregateFunction>(aggregateFamilies);
const windows = byName<WindowFunction>([windowFunctions]);
const tables = byName<TableFunction>(tableFamilies);

function byName<F extends { readonly name: string }>(
  lists: readonly (readonly F[])[],
): ReadonlyMap<string, readonly F[]> {
  const map = new Map<string, F[]>();
  for (const fn of lists.flat()) {
    const overloads = map.get(fn.name);
    if (overloads === undefined) map.set(fn.name, [fn]);
    else overloads.push(fn);
  }
  return map;
}

const NONE: readonly never[] = [];

/** All functions and operators that are built in. */
export const registry: FunctionRegistry = {
  scalar: (name) => scalars.get(name) ?? NONE,
  aggregate: (name) => aggregates.get(name) ?? NONE,
  window: (name) => windows.get(name) ?? NONE,
  table: (name) => tables.get(name) ?? NONE,
  similar: (name) =>
    nearestNames(name, [
      ...scalars.keys(),
      ...aggregates.keys(),
      ...windows.keys(),
      ...tables.keys(),
    ]),
};
