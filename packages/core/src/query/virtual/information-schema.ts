import { typeName } from "@aegisdb/sql";
import type { ColumnInfo, Source, TableInfo } from "@aegisdb/sql";
import { splitName } from "../catalog-state.js";
import {
  DATABASE,
  indexColumns,
  INTEGER,
  OWNER,
  TEXT,
  yesNo,
  type SystemTables,
} from "./shared.js";
import { datetimePrecision, internalName, numericFacts } from "./type-facts.js";
import type { VirtualRow, VirtualSpec } from "./virtual-table.js";

const SCHEMA = "information_schema";
/** What PostgreSQL says of text without a limit. */
const MAX_OCTETS = 1_073_741_824;
const BYTES_OF_CHARACTER = 4;

/** Tables, columns, views, schemata and sequences of the standard's information schema. */
export function informationSchema(system: SystemTables): readonly VirtualSpec[] {
  return [
    {
      schema: SCHEMA,
      name: "schemata",
      columns: { catalog_name: TEXT, schema_name: TEXT, schema_owner: TEXT },
      rows: (source) =>
        source
          .schemas()
          .map((name) => ({ catalog_name: DATABASE, schema_name: name, schema_owner: OWNER })),
    },
    {
      schema: SCHEMA,
      name: "tables",
      columns: {
        ...{ table_catalog: TEXT, table_schema: TEXT, table_name: TEXT, table_type: TEXT },
        ...{ is_insertable_into: TEXT, is_typed: TEXT, commit_action: TEXT },
      },
      rows: (source) => tables(source, system),
    },
    {
      schema: SCHEMA,
      name: "columns",
      columns: {
        ...{ table_catalog: TEXT, table_schema: TEXT, table_name: TEXT, column_name: TEXT },
        ...{ ordinal_position: INTEGER, column_default: TEXT, is_nullable: TEXT, data_type: TEXT },
        ...{ character_maximum_length: INTEGER, character_octet_length: INTEGER },
        ...{ numeric_precision: INTEGER, numeric_precision_radix: INTEGER, numeric_scale: INTEGER },
        ...{ datetime_precision: INTEGER, interval_type: TEXT, collation_name: TEXT },
        ...{ domain_name: TEXT, udt_catalog: TEXT, udt_schema: TEXT, udt_name: TEXT },
        ...{ is_identity: TEXT, identity_generation: TEXT, identity_start: TEXT },
        ...{ identity_increment: TEXT, is_generated: TEXT, generation_expression: TEXT },
        is_updatable: TEXT,
      },
      rows: (source) => columns(source, system),
    },
    {
      schema: SCHEMA,
      name: "views",
      columns: {
        ...{ table_catalog: TEXT, table_schema: TEXT, table_name: TEXT, view_definition: TEXT },
        ...{ check_option: TEXT, is_updatable: TEXT, is_insertable_into: TEXT },
      },
      rows: (source) =>
        source.views().map((view) => ({
          ...place(view.schema, view.name),
          ...{ view_definition: view.sql, check_option: "NONE" },
          ...{ is_updatable: "NO", is_insertable_into: "NO" },
        })),
    },
    {
      schema: SCHEMA,
      name: "sequences",
      columns: {
        ...{ sequence_catalog: TEXT, sequence_schema: TEXT, sequence_name: TEXT, data_type: TEXT },
        ...{ numeric_precision: INTEGER, numeric_precision_radix: INTEGER, numeric_scale: INTEGER },
        ...{ start_value: TEXT, minimum_value: TEXT, maximum_value: TEXT, increment: TEXT },
        cycle_option: TEXT,
      },
      rows: sequences,
    },
  ];
}

export function place(schema: string, name: string): VirtualRow {
  return { table_catalog: DATABASE, table_schema: schema, table_name: name };
}

function* tables(source: Source, system: SystemTables): Iterable<VirtualRow> {
  const shared = { is_typed: "NO" };
  for (const { schema, name } of source.tables()) {
    yield {
      ...place(schema, name),
      ...shared,
      table_type: "BASE TABLE",
      is_insertable_into: "YES",
    };
  }
  for (const { schema, name } of [...source.views(), ...system.list]) {
    yield { ...place(schema, name), ...shared, table_type: "VIEW", is_insertable_into: "NO" };
  }
}

function* columns(source: Source, system: SystemTables): Iterable<VirtualRow> {
  for (const table of source.tables()) yield* columnsOf(table, true);
  for (const view of source.views()) {
    const infos = view.columns.map((column) => plainColumn(column));
    yield* columnsOf({ schema: view.schema, name: view.name, columns: infos }, false);
  }
  for (const table of system.list) yield* columnsOf(table, false);
}

function plainColumn({ name, type }: Pick<ColumnInfo, "name" | "type">): ColumnInfo {
  const nothing = { defaultSql: undefined, identity: undefined, generatedSql: undefined };
  return { name, type, notNull: false, ...nothing };
}

function* columnsOf(
  table: Pick<TableInfo, "schema" | "name" | "columns">,
  updatable: boolean,
): Iterable<VirtualRow> {
  for (const [i, column] of table.columns.entries()) {
    const { identity, generatedSql } = column;
    yield {
      ...place(table.schema, table.name),
      column_name: column.name,
      ordinal_position: i + 1,
      column_default: identity === undefined ? (column.defaultSql ?? null) : null,
      is_nullable: yesNo(!column.notNull),
      ...typeFacts(column),
      is_identity: yesNo(identity !== undefined),
      identity_generation:
        identity === undefined ? null : identity === "always" ? "ALWAYS" : "BY DEFAULT",
      is_generated: generatedSql === undefined ? "NEVER" : "ALWAYS",
      generation_expression: generatedSql ?? null,
      is_updatable: yesNo(updatable),
    };
  }
}

function typeFacts({ type }: ColumnInfo): VirtualRow {
  const numeric = numericFacts(type);
  const isText = type.name === "text" || type.name === "varchar" || type.name === "char";
  const { length } = type;
  return {
    data_type: type.name === "array" ? "ARRAY" : typeName(type),
    character_maximum_length: isText ? (length ?? null) : null,
    character_octet_length: isText
      ? length === undefined
        ? MAX_OCTETS
        : length * BYTES_OF_CHARACTER
      : null,
    numeric_precision: numeric?.precision ?? null,
    numeric_precision_radix: numeric?.radix ?? (type.name === "numeric" ? 10 : null),
    numeric_scale: numeric?.scale ?? null,
    datetime_precision: datetimePrecision(type),
    udt_catalog: DATABASE,
    udt_schema: "pg_catalog",
    udt_name: internalName(type),
  };
}

function sequences(source: Source): VirtualRow[] {
  return source.sequences().map((sequence) => {
    const [schema, name] = splitName(sequence.name);
    return {
      ...{ sequence_catalog: DATABASE, sequence_schema: schema, sequence_name: name },
      ...{ data_type: "bigint", numeric_precision: 64, numeric_precision_radix: 2 },
      ...{ numeric_scale: 0, start_value: String(sequence.start) },
      ...{ minimum_value: String(sequence.min), maximum_value: String(sequence.max) },
      ...{ increment: String(sequence.increment), cycle_option: yesNo(sequence.cycle) },
    };
  });
}

/** Constraints of a table under their names: what every view of constraints begins with. */
export interface NamedConstraint {
  readonly table: TableInfo;
  readonly name: string;
  readonly type: "PRIMARY KEY" | "UNIQUE" | "FOREIGN KEY" | "CHECK";
  readonly columns: readonly number[];
}

export function* constraintsOf(table: TableInfo): Iterable<NamedConstraint> {
  for (const index of table.indexes) {
    if (index.constraint === undefined) continue;
    const type = index.constraint === "primary" ? "PRIMARY KEY" : "UNIQUE";
    yield { table, name: index.name, type, columns: indexColumns(index) };
  }
  for (const { name, columns: keys } of table.foreignKeys) {
    yield { table, name, type: "FOREIGN KEY", columns: keys };
  }
  for (const { name } of table.checks) yield { table, name, type: "CHECK", columns: [] };
}
