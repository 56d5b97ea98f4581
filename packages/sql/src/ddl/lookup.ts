import { AegisError } from "../contract/errors.js";
import type { IndexInfo, SequenceInfo, TableInfo, ViewInfo } from "../contract/source.js";
import type { ObjectName } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { schemaOf, sequenceKey } from "./names.js";

/** What a name of the space that tables, views, indexes and sequences share may stand for. */
export type Relation =
  | { readonly kind: "table"; readonly table: TableInfo }
  | { readonly kind: "view"; readonly view: ViewInfo }
  | { readonly kind: "sequence"; readonly sequence: SequenceInfo }
  | { readonly kind: "index"; readonly table: TableInfo; readonly index: IndexInfo };

export type RelationKind = Relation["kind"];

/** The schemas a name is looked for in. */
function searched(object: ObjectName, context: DefinitionContext): readonly string[] {
  const schema = schemaOf(object);
  return schema === undefined ? context.searchPath : [schema];
}

export function findRelation(object: ObjectName, context: DefinitionContext): Relation | undefined {
  const name = object.path.at(-1)!;
  for (const schema of searched(object, context)) {
    const relation = relationIn(context, schema, name);
    if (relation !== undefined) return relation;
  }
  return undefined;
}

function relationIn(
  { sink }: DefinitionContext,
  schema: string,
  name: string,
): Relation | undefined {
  // A sequence can be read as a table, too.
  const sequence = sink.sequence(sequenceKey({ schema, name }));
  if (sequence !== undefined) return { kind: "sequence", sequence };
  const table = sink.table(schema, name);
  if (table !== undefined) return { kind: "table", table };
  const view = sink.view(schema, name);
  if (view !== undefined) return { kind: "view", view };
  for (const owner of sink.tables(schema)) {
    const index = owner.indexes.find((candidate) => candidate.name === name);
    if (index !== undefined) return { kind: "index", table: owner, index };
  }
  return undefined;
}

/** The table of this name; throws for what is none. */
export function requireTable(object: ObjectName, context: DefinitionContext): TableInfo {
  const relation = findRelation(object, context);
  if (relation === undefined) throw missingRelation(object);
  if (relation.kind !== "table") throw wrongKind(object, relation.kind, "table");
  if (relation.table.kind === "virtual") {
    const message = `permission denied: "${relation.table.name}" is a system catalog`;
    throw new AegisError("WRONG_OBJECT_TYPE", message, { sqlState: "42501" });
  }
  return relation.table;
}

export function missingRelation(object: ObjectName): AegisError {
  const name = object.path.join(".");
  return new AegisError("TABLE_NOT_FOUND", `relation "${name}" does not exist`, {
    position: object.position,
    table: name,
  });
}

const ARTICLE: Readonly<Record<RelationKind, string>> = {
  table: "a table",
  view: "a view",
  sequence: "a sequence",
  index: "an index",
};

export function wrongKind(object: ObjectName, is: RelationKind, wanted: RelationKind): AegisError {
  const name = object.path.at(-1)!;
  return new AegisError("WRONG_OBJECT_TYPE", `"${name}" is not ${ARTICLE[wanted]}`, {
    hint: `Use DROP ${is.toUpperCase()} to remove ${ARTICLE[is]}.`,
    position: object.position,
  });
}

/** Position of a column, or undefined. */
export function findColumn(table: TableInfo, name: string): number | undefined {
  const at = table.columns.findIndex((column) => column.name === name);
  return at < 0 ? undefined : at;
}

export function requireColumn(table: TableInfo, name: string, position: number): number {
  const at = findColumn(table, name);
  if (at !== undefined) return at;
  const message = `column "${name}" of relation "${table.name}" does not exist`;
  throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name, table: table.name });
}

/** The table as it is now: definitions are replaced, never changed. */
export function currentTable({ schema, name }: TableInfo, context: DefinitionContext): TableInfo {
  const table = context.sink.table(schema, name);
  if (table === undefined) throw new AegisError("INTERNAL", `table ${name} is gone`);
  return table;
}
