import type { Prng } from "../../../packages/core/src/base/prng.js";
import type { Named } from "./expressions.js";
import { ALL_TYPES, literal, type Type, TYPES } from "./types.js";

interface RandomColumn {
  readonly name: string;
  readonly type: Type;
}

export interface RandomTable {
  readonly name: string;
  /** The first is `id`, an integer that no two rows share. */
  readonly columns: readonly RandomColumn[];
  readonly rows: number;
}

export interface RandomSchema {
  readonly tables: readonly RandomTable[];
  /** Statements that make tables and fill them. */
  readonly script: readonly string[];
  /** Statements that change some rows, for data that is partly old and partly new. */
  readonly changes: readonly string[];
  /** Statements that make indexes; some fail on what the tables hold. */
  readonly indexes: readonly string[];
}

export interface SchemaOptions {
  readonly tables: number;
  /** Rows of a table, of which one of the sizes is picked. */
  readonly sizes: readonly number[];
}

const DEFAULTS: SchemaOptions = { tables: 4, sizes: [0, 1, 3, 8, 8, 15, 30] };

/** A few small tables of random columns, rows and indexes; the same seed gives the same. */
export function randomSchema(prng: Prng, options: SchemaOptions = DEFAULTS): RandomSchema {
  const tables = Array.from({ length: options.tables }, (_, i) => randomTable(prng, i, options));
  return {
    tables,
    script: tables.flatMap((table) => [create(prng, table), ...inserts(prng, table)]),
    changes: tables.flatMap((table) => changes(prng, table)),
    indexes: tables.flatMap((table) => indexes(prng, table)),
  };
}

function randomTable(prng: Prng, number: number, { sizes }: SchemaOptions): RandomTable {
  const types = [...ALL_TYPES, "int4", "int4", "text", "numeric", "bool"] as const;
  const columns: RandomColumn[] = [{ name: "id", type: "int4" }];
  const count = 3 + prng.int(9);
  for (let i = 0; i < count; i++) columns.push({ name: `c${i}`, type: prng.pick(types) });
  return { name: `t${number}`, columns, rows: prng.pick(sizes) };
}

function create(prng: Prng, table: RandomTable): string {
  const key = prng.pick(["PRIMARY KEY", "PRIMARY KEY", "UNIQUE NOT NULL", "NOT NULL", ""]);
  const columns = table.columns.map(
    ({ name, type }) => `${name} ${TYPES[type].sql}${name === "id" && key !== "" ? ` ${key}` : ""}`,
  );
  return `CREATE TABLE ${table.name} (${columns.join(", ")})`;
}

/** A literal for a column: NULL often, an extreme sometimes. */
function randomDatum(prng: Prng, type: Type): string {
  if (prng.chance(0.2)) return "NULL";
  const { values, extremes } = TYPES[type];
  const odd = extremes.length > 0 && prng.chance(0.08);
  return literal(type, prng.pick(odd ? extremes : values));
}

function row(prng: Prng, { columns }: RandomTable, id: number): string {
  return `(${columns
    .map(({ name, type }) => (name === "id" ? String(id) : randomDatum(prng, type)))
    .join(", ")})`;
}

const ROWS_A_STATEMENT = 200;

function inserts(prng: Prng, table: RandomTable): string[] {
  const statements: string[] = [];
  for (let first = 0; first < table.rows; first += ROWS_A_STATEMENT) {
    const count = Math.min(ROWS_A_STATEMENT, table.rows - first);
    const rows = Array.from({ length: count }, (_, i) => row(prng, table, first + i + 1));
    statements.push(`INSERT INTO ${table.name} VALUES ${rows.join(", ")}`);
  }
  return statements;
}

function changes(prng: Prng, table: RandomTable): string[] {
  if (table.rows === 0) return [];
  const { name, type } = prng.pick(table.columns.slice(1));
  return [
    `UPDATE ${table.name} SET ${name} = ${randomDatum(prng, type)} WHERE id % 4 = ${prng.int(4)}`,
    `DELETE FROM ${table.name} WHERE id % 7 = ${prng.int(7)}`,
    `INSERT INTO ${table.name} VALUES ${row(prng, table, table.rows + 1)}`,
  ];
}

function indexes(prng: Prng, table: RandomTable): string[] {
  const count = prng.int(4);
  return Array.from({ length: count }, (_, i) => {
    const columns = Array.from({ length: 1 + prng.int(3) }, () => prng.pick(table.columns).name);
    const parts = [...new Set(columns)].map(
      (name) => name + prng.pick(["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"]),
    );
    const unique = prng.chance(0.15) ? "UNIQUE " : "";
    return `CREATE ${unique}INDEX ${table.name}_i${i} ON ${table.name} (${parts.join(", ")})`;
  });
}

/** The columns of a table under an alias, as expressions name them. */
export function columnsOf(table: RandomTable, alias: string): Named[] {
  return table.columns.map(({ name, type }) => ({ text: `${alias}.${name}`, type }));
}
