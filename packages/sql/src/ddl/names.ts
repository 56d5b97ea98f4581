import { AegisError } from "../contract/errors.js";
import type { Source } from "../contract/source.js";
import type { ObjectName } from "../parser/ast.js";
import { FUNCTION_NAMES, RESERVED } from "../parser/keywords.js";
import type { DefinitionContext } from "./context.js";

/** Bytes of a name, as in PostgreSQL; longer ones are cut where they are made up. */
const MAX_NAME_BYTES = 63;

const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set(["information_schema", "pg_catalog"]);

export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** The schema of a name that says one; a database in front of it says nothing here. */
export function schemaOf({ path }: ObjectName): string | undefined {
  return path.at(-2);
}

/** Where an object of this name is to be made. */
export function nameForCreation(object: ObjectName, context: DefinitionContext): QualifiedName {
  const schemas = context.sink.schemas();
  const found = context.searchPath.find((name) => schemas.includes(name));
  const schema = schemaOf(object) ?? found ?? "public";
  requireSchema(context.sink, schema, object.position);
  if (SYSTEM_SCHEMAS.has(schema)) {
    throw new AegisError("INVALID_DEFINITION", `permission denied for schema ${schema}`, {
      sqlState: "42501",
      position: object.position,
    });
  }
  return { schema, name: object.path.at(-1)! };
}

export function requireSchema(source: Source, schema: string, position: number): void {
  if (source.schemas().includes(schema)) return;
  throw new AegisError("SCHEMA_NOT_FOUND", `schema "${schema}" does not exist`, { position });
}

/** Name of a sequence in the catalog. */
export function sequenceKey({ schema, name }: QualifiedName): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

export function sequenceName(key: string): QualifiedName {
  const dot = key.indexOf(".");
  if (dot < 0) return { schema: "public", name: key };
  return { schema: key.slice(0, dot), name: key.slice(dot + 1) };
}

/** The name as SQL text reads it. */
export function quoteIdentifier(name: string): string {
  const isPlain =
    /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) && !FUNCTION_NAMES.has(name);
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Every name that a table, index, view or sequence of the schema has. */
export function relationNames(source: Source, schema: string): Set<string> {
  const names = new Set<string>();
  for (const table of source.tables(schema)) {
    names.add(table.name);
    for (const index of table.indexes) names.add(index.name);
  }
  for (const view of source.views(schema)) names.add(view.name);
  for (const { name } of source.sequences()) {
    const sequence = sequenceName(name);
    if (sequence.schema === schema) names.add(sequence.name);
  }
  return names;
}

/** Names of the constraints in a schema that are no relations. */
function constraintNames(source: Source, schema: string): Set<string> {
  const names = new Set<string>();
  for (const { checks, foreignKeys } of source.tables(schema)) {
    for (const { name } of [...checks, ...foreignKeys]) names.add(name);
  }
  return names;
}

/** Throws TABLE_EXISTS where a relation of the name is there. */
export function assertNewRelation(source: Source, { schema, name }: QualifiedName): void {
  if (relationNames(source, schema).has(name)) throw relationExists(name);
}

export function relationExists(name: string): AegisError {
  return new AegisError("TABLE_EXISTS", `relation "${name}" already exists`, { table: name });
}

/** Makes up names as PostgreSQL does: t_a_key, or t_a_key1 where that is taken. */
export class NameChooser {
  readonly #taken: Set<string>;

  constructor(source: Source, schema: string) {
    this.#taken = relationNames(source, schema);
    for (const name of constraintNames(source, schema)) this.#taken.add(name);
  }

  take(name: string): string {
    this.#taken.add(name);
    return name;
  }

  choose(table: string, columns: string | undefined, label: string): string {
    for (let number = 0; ; number++) {
      const name = join(table, columns, number === 0 ? label : `${label}${number}`);
      if (!this.#taken.has(name)) return this.take(name);
    }
  }
}

/** "table_columns_label", the longer of the first two cut until all fits. */
function join(table: string, columns: string | undefined, label: string): string {
  let [first, second] = [table, columns ?? ""];
  const overhead = Buffer.byteLength(label) + (columns === undefined ? 1 : 2);
  while (Buffer.byteLength(first) + Buffer.byteLength(second) + overhead > MAX_NAME_BYTES) {
    if (Buffer.byteLength(first) > Buffer.byteLength(second)) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return columns === undefined ? `${first}_${label}` : `${first}_${second}_${label}`;
}
