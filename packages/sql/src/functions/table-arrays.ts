import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import { splitText } from "./array-functions.js";
import { dimensions, flatItems } from "./array-shape.js";
import { ANY, ANY_ARRAY, arrayOf, INTEGER, known, TEXT } from "./overloads.js";
import { compileRegex } from "./pattern/regex.js";
import { splitByRegex } from "./regex-split.js";
import { tableOf } from "./table-series.js";
import type { TableFunction } from "./registry.js";

type Items = readonly Datum[];

/** Items of an array of records become rows of its fields. */
function fieldsOf(type: SqlType | undefined): SqlType["fields"] {
  const element = type?.element;
  return element?.name === "record" ? element.fields : undefined;
}

function itemsOf(array: Datum, type: SqlType | undefined): Items {
  if (array === null) return [];
  const items = array as Items;
  const depth = dimensions(items).length;
  return flatItems(items, type?.element?.name === "record" ? depth - 1 : depth);
}

function* unnestOne([array]: Items, type: SqlType): Iterable<Items> {
  const fields = fieldsOf(type);
  for (const item of itemsOf(array!, type)) {
    if (fields === undefined) yield [item];
    else yield item === null ? fields.map(() => null) : (item as Items);
  }
}

function unnest([type]: readonly SqlType[]): TableFunction {
  const array = type ?? arrayOf(TEXT);
  const columns = fieldsOf(array) ?? [{ name: "unnest", type: known(array.element) }];
  return {
    kind: "table",
    name: "unnest",
    params: [ANY_ARRAY],
    variadic: false,
    columns: () => columns,
    strict: true,
    evaluate: (args) => unnestOne(args, array),
  };
}

/** The items of an array with their numbers, as drivers ask for the columns of a key. */
function expand([type]: readonly SqlType[]): TableFunction {
  const array = type ?? arrayOf(TEXT);
  const columns = [
    { name: "x", type: known(array.element) },
    { name: "n", type: INTEGER },
  ];
  return {
    ...unnest([array]),
    name: "_pg_expandarray",
    columns: () => columns,
    evaluate: ([items]) => itemsOf(items!, array).map((item, i) => [item, i + 1]),
  };
}

/** Several arrays side by side; the shorter ones are filled up with NULLs. */
function* unnestSide(args: Items, types: readonly SqlType[]): Iterable<Items> {
  const lists = args.map((array, i) => itemsOf(array, types[i]));
  const rows = Math.max(...lists.map((items) => items.length));
  for (let row = 0; row < rows; row++) yield lists.map((items) => items[row] ?? null);
}

function unnestSeveral(types: readonly SqlType[]): TableFunction {
  const columns = types.map((type) => ({ name: "unnest", type: known(type.element) }));
  return {
    kind: "table",
    name: "unnest",
    params: [ANY, ANY],
    variadic: true,
    columns: () => columns,
    strict: false,
    evaluate: (args) => unnestSide(args, types),
  };
}

function* singles(items: Items): Iterable<Items> {
  for (const item of items) yield [item];
}

function regexPieces([text, pattern, flags = ""]: Items): Iterable<Items> {
  return singles(splitByRegex(text as string, pattern as string, flags as string));
}

/** The groups of each match, or the whole match where the pattern has no groups. */
function* regexMatches([text, pattern, flags = ""]: Items): Iterable<Items> {
  const global = (flags as string).includes("g");
  const regex = compileRegex(pattern as string, (flags as string).replaceAll("g", ""));
  for (const match of regex.matches(text as string)) {
    const groups = match.length > 1 ? match.slice(1) : [match[0]];
    yield [groups.map((group) => group ?? null)];
    if (!global) return;
  }
}

function splitting(params: readonly SqlType[]): TableFunction {
  const evaluate = ([text, separator, nulls = null]: Items): Iterable<Items> =>
    singles(text === null ? [] : splitText(text as string, separator!, nulls));
  return { ...tableOf("string_to_table", params, TEXT, evaluate), strict: false };
}

export const arrayTableFunctions: readonly TableFunction[] = [
  { ...unnest([]), forTypes: unnest },
  { ...unnestSeveral([arrayOf(TEXT), arrayOf(TEXT)]), forTypes: unnestSeveral },
  { ...expand([]), forTypes: expand },
  splitting([TEXT, TEXT]),
  splitting([TEXT, TEXT, TEXT]),
  tableOf("regexp_split_to_table", [TEXT, TEXT], TEXT, regexPieces),
  tableOf("regexp_split_to_table", [TEXT, TEXT, TEXT], TEXT, regexPieces),
  tableOf("regexp_matches", [TEXT, TEXT], arrayOf(TEXT), regexMatches),
  tableOf("regexp_matches", [TEXT, TEXT, TEXT], arrayOf(TEXT), regexMatches),
];
