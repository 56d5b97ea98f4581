import type { ReferentialAction, Source } from "@aegisdb/sql";
import { constraintsOf, place, type NamedConstraint } from "./information-schema.js";
import { DATABASE, INTEGER, referencedKey, TEXT } from "./shared.js";
import type { VirtualRow, VirtualSpec } from "./virtual-table.js";

const SCHEMA = "information_schema";
const CONSTRAINT = { constraint_catalog: TEXT, constraint_schema: TEXT, constraint_name: TEXT };
const TABLE = { table_catalog: TEXT, table_schema: TEXT, table_name: TEXT };

/** Constraints and what they are made of. */
export const informationConstraints: readonly VirtualSpec[] = [
  {
    schema: SCHEMA,
    name: "table_constraints",
    columns: {
      ...CONSTRAINT,
      ...TABLE,
      ...{ constraint_type: TEXT, is_deferrable: TEXT, initially_deferred: TEXT, enforced: TEXT },
    },
    rows: tableConstraints,
  },
  {
    schema: SCHEMA,
    name: "key_column_usage",
    columns: {
      ...CONSTRAINT,
      ...TABLE,
      ...{ column_name: TEXT, ordinal_position: INTEGER, position_in_unique_constraint: INTEGER },
    },
    rows: keyColumns,
  },
  {
    schema: SCHEMA,
    name: "constraint_column_usage",
    columns: { ...TABLE, column_name: TEXT, ...CONSTRAINT },
    rows: usedColumns,
  },
  {
    schema: SCHEMA,
    name: "referential_constraints",
    columns: {
      ...CONSTRAINT,
      ...{ unique_constraint_catalog: TEXT, unique_constraint_schema: TEXT },
      ...{ unique_constraint_name: TEXT, match_option: TEXT, update_rule: TEXT, delete_rule: TEXT },
    },
    rows: references,
  },
  {
    schema: SCHEMA,
    name: "check_constraints",
    columns: { ...CONSTRAINT, check_clause: TEXT },
    rows: checks,
  },
];

function* allConstraints(source: Source): Iterable<NamedConstraint> {
  for (const table of source.tables()) yield* constraintsOf(table);
}

function constraint(schema: string, name: string): VirtualRow {
  return { constraint_catalog: DATABASE, constraint_schema: schema, constraint_name: name };
}

function* tableConstraints(source: Source): Iterable<VirtualRow> {
  const fixed = { is_deferrable: "NO", initially_deferred: "NO", enforced: "YES" };
  for (const { table, name, type } of allConstraints(source)) {
    yield {
      ...constraint(table.schema, name),
      ...place(table.schema, table.name),
      ...fixed,
      constraint_type: type,
    };
  }
  // NOT NULL is a check to the standard, and has no name of its own.
  for (const table of source.tables()) {
    for (const [i, { notNull }] of table.columns.entries()) {
      if (!notNull) continue;
      yield {
        ...constraint(table.schema, notNullName(table.id, i)),
        ...place(table.schema, table.name),
        ...fixed,
        constraint_type: "CHECK",
      };
    }
  }
}

function notNullName(tableId: number, column: number): string {
  return `2200_${tableId}_${column + 1}_not_null`;
}

function* keyColumns(source: Source): Iterable<VirtualRow> {
  for (const { table, name, type, columns } of allConstraints(source)) {
    for (const [i, column] of columns.entries()) {
      yield {
        ...constraint(table.schema, name),
        ...place(table.schema, table.name),
        column_name: table.columns[column]!.name,
        ordinal_position: i + 1,
        position_in_unique_constraint: type === "FOREIGN KEY" ? i + 1 : null,
      };
    }
  }
}

/** The columns that a constraint needs: those of its own table, or those it refers to. */
function* usedColumns(source: Source): Iterable<VirtualRow> {
  for (const { table, name, type, columns } of allConstraints(source)) {
    const own = constraint(table.schema, name);
    if (type !== "FOREIGN KEY") {
      for (const column of columns) {
        const columnName = table.columns[column]!.name;
        yield { ...place(table.schema, table.name), column_name: columnName, ...own };
      }
      continue;
    }
    const key = table.foreignKeys.find((candidate) => candidate.name === name)!;
    for (const column of key.refColumns) {
      yield { ...place(key.refSchema, key.refTable), column_name: column, ...own };
    }
  }
}

function* references(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    for (const key of table.foreignKeys) {
      const target = referencedKey(source, key.refSchema, key.refTable, key.refColumns);
      yield {
        ...constraint(table.schema, key.name),
        unique_constraint_catalog: DATABASE,
        unique_constraint_schema: key.refSchema,
        unique_constraint_name: target?.index.name ?? null,
        match_option: key.match === "full" ? "FULL" : "NONE",
        update_rule: ruleOf(key.onUpdate),
        delete_rule: ruleOf(key.onDelete),
      };
    }
  }
}

function ruleOf(action: ReferentialAction): string {
  return action.toUpperCase();
}

function* checks(source: Source): Iterable<VirtualRow> {
  for (const table of source.tables()) {
    for (const { name, sql } of table.checks) {
      yield { ...constraint(table.schema, name), check_clause: `(${sql})` };
    }
    for (const [i, { name, notNull }] of table.columns.entries()) {
      if (!notNull) continue;
      const own = constraint(table.schema, notNullName(table.id, i));
      yield { ...own, check_clause: `${name} IS NOT NULL` };
    }
  }
}
