import { AegisError, unreachable } from "../contract/errors.js";
import type { SequenceInfo, TableInfo, ViewInfo } from "../contract/source.js";
import type { AlterAction } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { asksSequence, refersTo } from "./dependents.js";
import { currentTable, type Relation } from "./lookup.js";
import {
  assertNewRelation,
  type QualifiedName,
  quoteIdentifier,
  requireSchema,
  sequenceKey,
  sequenceName,
} from "./names.js";
import { changeReferences } from "./rename-column.js";
import { nextvalSql, ownedSequences } from "./sequences.js";
import { tableRefs, withQualifierRenamed, withTableRenamed } from "./stored-text.js";
import { parseStatement } from "../parser/index.js";

/** RENAME TO, SET SCHEMA and OWNER TO of whatever shares the names of tables. */
export function moveRelation(
  relation: Relation,
  action: AlterAction,
  context: DefinitionContext,
): void {
  const before = nameOf(relation);
  if (action.kind === "owner") return;
  const after = newName(before, action, context);
  if (after.name === before.name && after.schema === before.schema) return;
  assertNewRelation(context.sink, after);
  switch (relation.kind) {
    case "table":
      moveTable(relation.table, after, context);
      return;
    case "view":
      moveView(relation.view, after, context);
      return;
    case "sequence":
      moveSequence(relation.sequence, after, context);
      return;
    case "index": {
      const table = currentTable(relation.table, context);
      const indexes = table.indexes.map((index) =>
        index.name === before.name ? { ...index, name: after.name } : index,
      );
      const { primaryKey, foreignKeys, checks } = table;
      context.sink.alterTable(table, {
        kind: "setConstraints",
        primaryKey,
        indexes,
        foreignKeys,
        checks,
      });
      return;
    }
    default:
      unreachable(relation);
  }
}

function nameOf(relation: Relation): QualifiedName {
  switch (relation.kind) {
    case "table":
      return relation.table;
    case "view":
      return relation.view;
    case "sequence":
      return sequenceName(relation.sequence.name);
    case "index":
      return { schema: relation.table.schema, name: relation.index.name };
    default:
      return unreachable(relation);
  }
}

function newName(
  before: QualifiedName,
  action: AlterAction,
  context: DefinitionContext,
): QualifiedName {
  if (action.kind === "rename") return { schema: before.schema, name: action.newName };
  if (action.kind !== "setSchema") {
    const message = `ALTER action is not supported for "${before.name}"`;
    throw new AegisError("UNSUPPORTED", message, { position: action.position });
  }
  requireSchema(context.sink, action.schema, action.position);
  return { schema: action.schema, name: before.name };
}

function moveTable(table: TableInfo, after: QualifiedName, context: DefinitionContext): void {
  const { sink } = context;
  const views = sink.views().filter((view) => reads(view, table));
  const sequences = ownedSequences(table, undefined, context);
  sink.alterTable(table, { kind: "renameTable", schema: after.schema, name: after.name });
  const { schema: refSchema, name: refTable } = after;
  changeReferences(table, (key) => ({ ...key, refSchema, refTable }), context);
  const current = sink.table(after.schema, after.name)!;
  const { primaryKey, indexes, foreignKeys } = current;
  const checks = current.checks.map((check) => ({
    ...check,
    sql: withQualifierRenamed(check.sql, table.name, after.name),
  }));
  sink.alterTable(current, { kind: "setConstraints", primaryKey, indexes, foreignKeys, checks });
  for (const view of views) rewriteView(view, table, after, context);
  if (table.schema === after.schema) return;
  for (const sequence of sequences) {
    const { name } = sequenceName(sequence.name);
    moveSequence(sequence, { schema: after.schema, name }, context);
  }
}

function reads({ sql }: ViewInfo, name: QualifiedName): boolean {
  return tableRefs(parseStatement(sql)).some((ref) => refersTo(ref, name));
}

/** A view goes on reading what it read, whatever that is called now. */
function rewriteView(
  view: ViewInfo,
  before: QualifiedName,
  after: QualifiedName,
  context: DefinitionContext,
): void {
  const name = quoteIdentifier(after.name);
  const path = after.schema === "public" ? name : `${quoteIdentifier(after.schema)}.${name}`;
  const sql = withTableRenamed(view.sql, (ref) => refersTo(ref, before), path);
  context.sink.createView({ ...view, sql }, true);
}

function moveView(view: ViewInfo, after: QualifiedName, context: DefinitionContext): void {
  const { sink } = context;
  const readers = sink.views().filter((other) => other !== view && reads(other, view));
  sink.dropView(view.schema, view.name);
  sink.createView({ ...view, ...after }, false);
  for (const reader of readers) rewriteView(reader, view, after, context);
}

/** Defaults that ask the sequence follow its name. */
function moveSequence(
  sequence: SequenceInfo,
  after: QualifiedName,
  context: DefinitionContext,
): void {
  const { sink } = context;
  const key = sequenceKey(after);
  sink.alterSequence(sequence.name, { ...sequence, name: key });
  for (const table of sink.tables()) {
    table.columns.forEach((info, column) => {
      const { defaultSql } = info;
      if (defaultSql === undefined || !asksSequence(defaultSql, sequence.name)) return;
      const changed = { ...info, defaultSql: nextvalSql(key) };
      const change = { kind: "alterColumn", column, info: changed, convert: undefined } as const;
      sink.alterTable(currentTable(table, context), change);
    });
  }
}
