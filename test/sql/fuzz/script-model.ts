/** What a random script knows of the tables it has made. */

export type Kind = "int" | "big" | "num" | "text" | "bool" | "date" | "ints" | "json";

export interface ModelColumn {
  readonly name: string;
  readonly kind: Kind;
  /** Computed from others, so that no value may be given. */
  readonly generated: boolean;
}

export interface ModelTable {
  readonly name: string;
  readonly columns: readonly ModelColumn[];
  /** Lists of columns that are unique, the primary key first where there is one. */
  readonly keys: readonly (readonly string[])[];
  readonly constraints: readonly string[];
}

export interface Model {
  readonly tables: readonly ModelTable[];
  readonly views: readonly string[];
  readonly indexes: readonly string[];
}

export const EMPTY: Model = { tables: [], views: [], indexes: [] };

export const TYPE_OF: Readonly<Record<Kind, string>> = {
  int: "integer",
  big: "bigint",
  num: "numeric(8,2)",
  text: "text",
  bool: "boolean",
  date: "date",
  ints: "integer[]",
  json: "jsonb",
};

/** Few values, so that keys meet each other. */
export const VALUES_OF: Readonly<Record<Kind, readonly string[]>> = {
  int: ["0", "1", "2", "3", "4", "5", "-1"],
  big: ["0", "1", "2", "3", "9007199254740993", "-9223372036854775808"],
  num: ["0", "1", "1.50", "2.25", "-3"],
  text: ["''", "'a'", "'b'", "'ab'", "'😀'"],
  bool: ["true", "false"],
  date: ["'2020-01-01'", "'2020-02-29'", "'infinity'"],
  ints: ["'{}'", "'{1,2}'", "'{NULL}'"],
  json: [`'{"a": 1}'`, "'[]'", "'null'", "'1.0'"],
};

export function replaceTable(model: Model, name: string, table: ModelTable | undefined): Model {
  const tables = model.tables.flatMap((old) => {
    if (old.name !== name) return [old];
    return table === undefined ? [] : [table];
  });
  return { ...model, tables };
}
