import { AegisError } from "../contract/errors.js";
import type { SequenceInfo, TableInfo } from "../contract/source.js";
import type { DropStatement, ObjectName } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import {
  defaultsOn,
  type Dependent,
  dependencyLines,
  dependentObjects,
  displayName,
  dropDependents,
  referencesTo,
  refuseDrop,
  viewsOn,
} from "./dependents.js";
import { findRelation, type Relation, type RelationKind, wrongKind } from "./lookup.js";
import { sequenceName } from "./names.js";
import { ownedSequences } from "./sequences.js";

type DroppableKind = RelationKind | "schema";

export function drop(statement: DropStatement, context: DefinitionContext): void {
  const kind = statement.objectType === "materialized view" ? "view" : statement.objectType;
  if (kind === "column") throw new AegisError("INTERNAL", "columns are dropped by ALTER TABLE");
  if (kind === "schema") {
    for (const object of statement.objects) dropSchema(object, statement, context);
    return;
  }
  const relations = statement.objects.flatMap((object) => {
    const relation = findRelation(object, context);
    if (relation === undefined) {
      missing(kind, object, statement, context);
      return [];
    }
    if (relation.kind !== kind) throw wrongKind(object, relation.kind, kind);
    return [relation];
  });
  dropAll(relations, statement.cascade, context);
}

function missing(
  kind: DroppableKind,
  { path, position }: ObjectName,
  { ifExists }: DropStatement,
  context: DefinitionContext,
): void {
  const message = `${kind} "${path.join(".")}" does not exist`;
  if (ifExists) {
    context.notice(`${message}, skipping`);
    return;
  }
  const code =
    kind === "schema"
      ? "SCHEMA_NOT_FOUND"
      : kind === "index"
        ? "INDEX_NOT_FOUND"
        : "TABLE_NOT_FOUND";
  throw new AegisError(code, message, { position });
}

/** Drops relations together: what they are to each other is no obstacle. */
function dropAll(
  relations: readonly Relation[],
  cascade: boolean,
  context: DefinitionContext,
): void {
  const leaving = relations.flatMap((item) => (item.kind === "table" ? [item.table.id] : []));
  for (const relation of relations) {
    const dependents = dependentsOf(relation, leaving, context).filter(
      (dependent) => dependent.kind !== "view" || !leavesToo(dependent, relations),
    );
    if (dependents.length > 0) {
      if (!cascade) refuseDrop(`${relation.kind} ${nameOf(relation)}`, dependents);
      dropDependents(dependents, context);
    }
  }
  for (const relation of relations) dropRelation(relation, context);
}

function leavesToo({ view }: { readonly view: object }, relations: readonly Relation[]): boolean {
  return relations.some((other) => other.kind === "view" && other.view === view);
}

function nameOf(relation: Relation): string {
  switch (relation.kind) {
    case "table":
      return relation.table.name;
    case "view":
      return relation.view.name;
    case "sequence":
      return sequenceName(relation.sequence.name).name;
    case "index":
      return relation.index.name;
  }
}

function dependentsOf(
  relation: Relation,
  leaving: readonly number[],
  context: DefinitionContext,
): readonly Dependent[] {
  switch (relation.kind) {
    case "table": {
      const keys = referencesTo(relation.table, context);
      return [
        ...keys.filter(({ table }) => !leaving.includes(table.id)),
        ...viewsOn(relation.table, context),
      ];
    }
    case "view":
      return viewsOn(relation.view, context);
    case "sequence":
      return defaultsOn(relation.sequence, leaving, context);
    case "index":
      return [];
  }
}

function dropRelation(relation: Relation, context: DefinitionContext): void {
  const { sink } = context;
  switch (relation.kind) {
    case "table":
      dropTable(relation.table, context);
      return;
    case "view":
      if (sink.view(relation.view.schema, relation.view.name) !== undefined) {
        sink.dropView(relation.view.schema, relation.view.name);
      }
      return;
    case "sequence":
      dropSequence(relation.sequence, context);
      return;
    case "index":
      dropIndex(relation, context);
  }
}

function dropTable(table: TableInfo, context: DefinitionContext): void {
  const { sink } = context;
  const current = sink.table(table.schema, table.name);
  if (current === undefined) return;
  const sequences = ownedSequences(current, undefined, context);
  sink.dropTable(current);
  for (const { name } of sequences) sink.dropSequence(name);
}

/** The sequence of an identity column goes with the column only. */
function dropSequence(sequence: SequenceInfo, context: DefinitionContext): void {
  const { ownedBy, name } = sequence;
  const owner = context.sink.tables().find(({ id }) => id === ownedBy?.tableId);
  const column = owner?.columns.find((candidate) => candidate.name === ownedBy?.column);
  if (column?.identity !== undefined) {
    const what = `column ${column.name} of table ${owner!.name}`;
    const message = `cannot drop sequence ${name} because ${what} requires it`;
    throw new AegisError("DEPENDENT_OBJECTS", message, { hint: `You can drop ${what} instead.` });
  }
  if (context.sink.sequence(name) !== undefined) context.sink.dropSequence(name);
}

function dropIndex(
  { table, index }: Extract<Relation, { kind: "index" }>,
  context: DefinitionContext,
): void {
  if (index.constraint !== undefined) {
    const what = `constraint ${index.name} on table ${table.name}`;
    const message = `cannot drop index ${index.name} because ${what} requires it`;
    throw new AegisError("DEPENDENT_OBJECTS", message, { hint: `You can drop ${what} instead.` });
  }
  const current = context.sink.table(table.schema, table.name)!;
  context.sink.dropIndex(current, index);
}

function dropSchema(
  object: ObjectName,
  statement: DropStatement,
  context: DefinitionContext,
): void {
  const { sink } = context;
  const name = object.path.at(-1)!;
  if (!sink.schemas().includes(name)) {
    missing("schema", object, statement, context);
    return;
  }
  const content = relationsIn(name, context);
  if (content.length > 0) {
    if (!statement.cascade)
      throw dependentObjects(`schema ${name}`, contentLines(name, content, context));
    dropAll(content, true, context);
  }
  sink.dropSchema(name);
}

function contentLines(
  schema: string,
  content: readonly Relation[],
  context: DefinitionContext,
): readonly string[] {
  const leaving = content.flatMap((item) => (item.kind === "table" ? [item.table.id] : []));
  return content.flatMap((item) => {
    const label = `${item.kind} ${displayName({ schema, name: nameOf(item) })}`;
    const dependents = dependentsOf(item, leaving, context).filter(
      (dependent) => dependent.kind !== "view" || !leavesToo(dependent, content),
    );
    return [`${label} depends on schema ${schema}`, ...dependencyLines(dependents, label)];
  });
}

function relationsIn(schema: string, { sink }: DefinitionContext): readonly Relation[] {
  const tables = sink.tables(schema);
  const ids = tables.map(({ id }) => id);
  const sequences = sink.sequences().filter(({ name, ownedBy }) => {
    if (ownedBy !== undefined && ids.includes(ownedBy.tableId)) return false;
    return sequenceName(name).schema === schema;
  });
  return [
    ...tables.map((table) => ({ kind: "table" as const, table })),
    ...sink.views(schema).map((view) => ({ kind: "view" as const, view })),
    ...sequences.map((sequence) => ({ kind: "sequence" as const, sequence })),
  ];
}
