import { AegisError } from "../contract/errors.js";
import type {
  ColumnInfo,
  ForeignKeyInfo,
  SequenceInfo,
  TableInfo,
  ViewInfo,
} from "../contract/source.js";
import { parseStored } from "../binder/modify/stored-expressions.js";
import type { TableRef } from "../parser/ast.js";
import { parseStatement } from "../parser/index.js";
import type { DefinitionContext } from "./context.js";
import { currentTable } from "./lookup.js";
import type { QualifiedName } from "./names.js";
import { collect, columnNodes, tableRefs } from "./stored-text.js";

/** Something that stands on an object that is to go. */
export type Dependent =
  | { readonly kind: "view"; readonly view: ViewInfo }
  | { readonly kind: "foreignKey"; readonly table: TableInfo; readonly key: ForeignKeyInfo }
  | { readonly kind: "default"; readonly table: TableInfo; readonly column: ColumnInfo }
  | { readonly kind: "generated"; readonly table: TableInfo; readonly column: ColumnInfo };

export function dependentLabel(dependent: Dependent): string {
  switch (dependent.kind) {
    case "view":
      return `view ${dependent.view.name}`;
    case "foreignKey":
      return `constraint ${dependent.key.name} on table ${dependent.table.name}`;
    case "default":
      return `default value for column ${dependent.column.name} of table ${dependent.table.name}`;
    case "generated":
      return `column ${dependent.column.name} of table ${dependent.table.name}`;
  }
}

/** Whether a reference in a view's text means this table or view. */
export function refersTo(ref: TableRef, { schema, name }: QualifiedName): boolean {
  if (ref.path.at(-1) !== name) return false;
  const said = ref.path.at(-2);
  return said === undefined ? true : said === schema;
}

/** Views that read the table or view, and those that read such views. */
export function viewsOn(name: QualifiedName, context: DefinitionContext): readonly ViewInfo[] {
  const found: ViewInfo[] = [];
  const all = context.sink.views();
  const pending: QualifiedName[] = [name];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const target = at;
    for (const view of all) {
      if (found.includes(view) || (view.schema === name.schema && view.name === name.name))
        continue;
      if (!tableRefs(parseStatement(view.sql)).some((ref) => refersTo(ref, target))) continue;
      found.push(view);
      pending.push(view);
    }
  }
  return found;
}

/** Views that name a column of the table, or all of its columns. */
export function viewsOnColumn(
  table: TableInfo,
  column: string,
  context: DefinitionContext,
): readonly ViewInfo[] {
  return viewsOn(table, context).filter(({ sql }) => {
    const tree = parseStatement(sql);
    if (columnNodes(tree).some(({ path }) => path.at(-1) === column)) return true;
    const stars = collect(tree, (node) =>
      "kind" in node && node.kind === "star" ? node : undefined,
    );
    return stars.length > 0;
  });
}

/** Foreign keys of other tables that lead to the table; its own are no obstacle to it. */
export function referencesTo(
  table: QualifiedName,
  context: DefinitionContext,
): readonly Extract<Dependent, { kind: "foreignKey" }>[] {
  return context.sink.tables().flatMap((other) => {
    if (other.schema === table.schema && other.name === table.name) return [];
    return other.foreignKeys
      .filter(({ refSchema, refTable }) => refSchema === table.schema && refTable === table.name)
      .map((key) => ({ kind: "foreignKey" as const, table: other, key }));
  });
}

/** Columns whose default asks the sequence, but for those of tables that are to go. */
export function defaultsOn(
  { name }: SequenceInfo,
  leaving: readonly number[],
  context: DefinitionContext,
): readonly Extract<Dependent, { kind: "default" }>[] {
  return context.sink.tables().flatMap((table) => {
    if (leaving.includes(table.id)) return [];
    return table.columns
      .filter(({ defaultSql }) => defaultSql !== undefined && asksSequence(defaultSql, name))
      .map((column) => ({ kind: "default" as const, table, column }));
  });
}

/** Whether a default calls nextval of the sequence. */
export function asksSequence(sql: string, key: string): boolean {
  const named = collect(parseStored(sql), (node) => {
    if (!("kind" in node) || node.kind !== "string") return undefined;
    return (node as unknown as { readonly value: string }).value;
  });
  return named.some((text) => text.replaceAll('"', "").replace(/^public\./, "") === key);
}

/** Throws DEPENDENT_OBJECTS. */
export function refuseDrop(
  label: string,
  dependents: readonly Dependent[],
  dependsOn: string = label,
): never {
  const lines = dependents.map(
    (dependent) => `${dependentLabel(dependent)} depends on ${dependsOn}`,
  );
  throw new AegisError(
    "DEPENDENT_OBJECTS",
    `cannot drop ${label} because other objects depend on it`,
    {
      detail: lines.join("\n"),
      hint: "Use DROP ... CASCADE to drop the dependent objects too.",
    },
  );
}

/** Drops what stands in the way, with the notice that PostgreSQL gives. */
export function dropDependents(dependents: readonly Dependent[], context: DefinitionContext): void {
  const [only] = dependents;
  if (dependents.length === 1) context.notice(`drop cascades to ${dependentLabel(only!)}`);
  else if (dependents.length > 1) {
    context.notice(`drop cascades to ${dependents.length} other objects`);
  }
  for (const dependent of dependents) dropDependent(dependent, context);
}

function dropDependent(dependent: Dependent, context: DefinitionContext): void {
  const { sink } = context;
  switch (dependent.kind) {
    case "view":
      if (sink.view(dependent.view.schema, dependent.view.name) !== undefined) {
        sink.dropView(dependent.view.schema, dependent.view.name);
      }
      return;
    case "foreignKey": {
      const table = currentTable(dependent.table, context);
      const foreignKeys = table.foreignKeys.filter(({ name }) => name !== dependent.key.name);
      const { primaryKey, indexes, checks } = table;
      sink.alterTable(table, { kind: "setConstraints", primaryKey, indexes, foreignKeys, checks });
      return;
    }
    case "default": {
      const table = currentTable(dependent.table, context);
      const column = table.columns.findIndex(({ name }) => name === dependent.column.name);
      const info: ColumnInfo = { ...table.columns[column]!, defaultSql: undefined };
      sink.alterTable(table, { kind: "alterColumn", column, info, convert: undefined });
      return;
    }
    case "generated": {
      const table = currentTable(dependent.table, context);
      const column = table.columns.findIndex(({ name }) => name === dependent.column.name);
      sink.alterTable(table, { kind: "dropColumn", column });
      return;
    }
  }
}
