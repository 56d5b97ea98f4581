import { basicAggregates } from "./aggregate-basic.js";
import { jsonAggregates } from "./aggregate-json.js";
import { listAggregates } from "./aggregate-lists.js";
import { orderedSetAggregates } from "./aggregate-ordered.js";
import { statisticsAggregates } from "./aggregate-statistics.js";
import { sumAggregates } from "./aggregate-sums.js";
import { arrayFunctions } from "./array-functions.js";
import { extractFunctions } from "./datetime-extract.js";
import { makingFunctions } from "./datetime-make.js";
import { clockFunctions } from "./datetime-now.js";
import { datetimeOperators } from "./datetime-operators.js";
import { spanFunctions } from "./datetime-spans.js";
import { truncationFunctions } from "./datetime-trunc.js";
import { zoneFunctions } from "./datetime-zones.js";
import { jsonAccessFunctions } from "./json-access.js";
import { jsonBuildFunctions } from "./json-build.js";
import { jsonFunctions } from "./json-functions.js";
import { jsonPathFunctions, jsonPathTables } from "./json-path/index.js";
import { jsonbOperators } from "./jsonb-operators.js";
import type { AggregateFunction, ScalarFunction, TableFunction } from "./registry.js";
import { arrayTableFunctions } from "./table-arrays.js";
import { jsonTableFunctions } from "./table-json.js";
import { recordTableFunctions } from "./table-recordset.js";
import { seriesFunctions } from "./table-series.js";
import { templateInputFunctions } from "./template-input.js";
import { templateOutputFunctions } from "./template-output.js";

/** Functions and operators of arrays, JSON, dates and times. */
export const structuredScalars: readonly (readonly ScalarFunction[])[] = [
  arrayFunctions,
  jsonAccessFunctions,
  jsonBuildFunctions,
  jsonFunctions,
  jsonPathFunctions,
  jsonbOperators,
  clockFunctions,
  datetimeOperators,
  extractFunctions,
  makingFunctions,
  spanFunctions,
  templateInputFunctions,
  templateOutputFunctions,
  truncationFunctions,
  zoneFunctions,
];

export const aggregateFamilies: readonly (readonly AggregateFunction[])[] = [
  basicAggregates,
  jsonAggregates,
  listAggregates,
  orderedSetAggregates,
  statisticsAggregates,
  sumAggregates,
];

export const tableFamilies: readonly (readonly TableFunction[])[] = [
  arrayTableFunctions,
  jsonPathTables,
  jsonTableFunctions,
  recordTableFunctions,
  seriesFunctions,
];
