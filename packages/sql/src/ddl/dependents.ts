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
import { removeColumn } from "./remove-column.js";
import { collect, columnNodes, tableRefs } from "./stored-text.js";

/** Something that stands on an object that is to go. */
export type Dependent =
  /** `on` is what it reads itself, where that is not what is to go but a view on it. */
  | { readonly kind: "view"; readonly view: ViewInfo; readonly on?: ViewInfo | undefined }
  | ForeignKeyDependent
  | { readonly kind: "default"; readonly table: TableInfo; readonly column: ColumnInfo }
  | { readonly kind: "generated"; readonly table: TableInfo; readonly column: ColumnInfo };

export interface ForeignKeyDependent {
  readonly kind: "foreignKey";
  readonly table: TableInfo;
  readonly key: ForeignKeyInfo;
}

function dependentLabel(dependent: Dependent): string {
  switch (dependent.kind) {
    case "view":
      return `view ${displayName(dependent.view)}`;
    case "foreignKey":
      return `constraint ${dependent.key.name} on table ${displayName(dependent.table)}`;
    case "default": {
      const table = displayName(dependent.table);
      return `default value for column ${dependent.column.name} of table ${table}`;
    }
    case "generated":
      return `column ${dependent.column.name} of table ${displayName(dependent.table)}`;
  }
}

/** The name with its schema, unless that is the usual one. */
export function displayName({ schema, name }: QualifiedName): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

/** Whether a reference in a view's text means this table or view. */
export function refersTo(ref: TableRef, { schema, name }: QualifiedName): boolean {
  if (ref.path.at(-1) !== name) return false;
  const said = ref.path.at(-2);
  return said === undefined ? true : said === schema;
}

/** Views that read the table or view, and those that read such views. */
export function viewsOn(
  name: QualifiedName,
  context: DefinitionContext,
): readonly Extract<Dependent, { kind: "view" }>[] {
  const found: Extract<Dependent, { kind: "view" }>[] = [];
  const follow = (target: QualifiedName, on: ViewInfo | undefined): void => {
    for (const view of context.sink.views()) {
      const known = found.some((other) => other.view === view);
      if (known || (view.schema === name.schema && view.name === name.name)) continue;
      if (!tableRefs(parseStatement(view.sql)).some((ref) => refersTo(ref, target))) continue;
      found.push({ kind: "view", view, on });
      follow(view, view);
    }
  };
  follow(name, undefined);
  return found;
}

/** Views that name one of these columns of the table, or all that it has. */
export function viewsOnColumns(
  table: TableInfo,
  columns: readonly string[],
  context: DefinitionContext,
): readonly Extract<Dependent, { kind: "view" }>[] {
  return viewsOn(table, context).filter(({ view }) => {
    const tree = parseStatement(view.sql);
    if (columnNodes(tree).some(({ path }) => columns.includes(path.at(-1)!))) return true;
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

/** "view w depends on view v", a line for each. */
export function dependencyLines(
  dependents: readonly Dependent[],
  dependsOn: string,
): readonly string[] {
  return dependents.map((dependent) => {
    const on = dependent.kind === "view" && dependent.on !== undefined ? dependent.on : undefined;
    const base = on === undefined ? dependsOn : `view ${displayName(on)}`;
    return `${dependentLabel(dependent)} depends on ${base}`;
  });
}

export function dependentObjects(label: string, lines: readonly string[]): AegisError {
  const message = `cannot drop ${label} because other objects depend on it`;
  return new AegisError("DEPENDENT_OBJECTS", message, {
    detail: lines.join("\n"),
    hint: "Use DROP ... CASCADE to drop the dependent objects too.",
  });
}

/** Throws DEPENDENT_OBJECTS. */
export function refuseDrop(
  label: string,
  dependents: readonly Dependent[],
  dependsOn: string = label,
): never {
  throw dependentObjects(label, dependencyLines(dependents, dependsOn));
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
    case "generated":
      removeColumn(dependent.table, dependent.column.name, context);
      return;
  }
}
