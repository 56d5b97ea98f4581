import type { SequenceInfo, TableInfo, ViewInfo } from "@aegisdb/sql";
import type { StoredTable } from "./stored-table.js";

export const PUBLIC_SCHEMA = "public";

/** A name in a schema. What a relation is never changes; a change makes another of its name. */
export type Relation = StoredTable | StoredView | StoredSequence;

interface StoredView {
  readonly kind: "view";
  readonly id: number;
  readonly version: number;
  readonly schema: string;
  readonly name: string;
  readonly info: ViewInfo;
}

export interface StoredSequence {
  readonly kind: "sequence";
  readonly id: number;
  readonly version: number;
  readonly schema: string;
  readonly name: string;
  readonly info: SequenceInfo;
}

/** All definitions at one instant. Immutable. */
export class CatalogState {
  static readonly empty: CatalogState = new CatalogState(0, new Map(), []);

  /** A number that no other state has. */
  readonly version: number;
  /** The user's own, in the order of their names. */
  readonly schemas: readonly string[];
  private readonly relations: ReadonlyMap<string, Relation>;
  private tablesById: ReadonlyMap<number, StoredTable> | undefined;

  constructor(
    version: number,
    relations: ReadonlyMap<string, Relation>,
    schemas: readonly string[],
  ) {
    this.version = version;
    this.relations = relations;
    this.schemas = schemas;
  }

  find(schema: string, name: string): Relation | undefined {
    return this.relations.get(relationKey(schema, name));
  }

  all(): Iterable<Relation> {
    return this.relations.values();
  }

  table(schema: string, name: string): StoredTable | undefined {
    const relation = this.find(schema, name);
    return relation?.kind === "table" ? relation : undefined;
  }

  view(schema: string, name: string): ViewInfo | undefined {
    const relation = this.find(schema, name);
    return relation?.kind === "view" ? relation.info : undefined;
  }

  /** By its name as SQL gives it: with its schema outside of public. */
  sequence(name: string): StoredSequence | undefined {
    const relation = this.find(...splitName(name));
    return relation?.kind === "sequence" ? relation : undefined;
  }

  tableById(id: number): StoredTable | undefined {
    this.tablesById ??= new Map(
      [...this.relations.values()].flatMap((relation) =>
        relation.kind === "table" ? [[relation.id, relation]] : [],
      ),
    );
    return this.tablesById.get(id);
  }

  tables(schema?: string): TableInfo[] {
    return this.select("table", schema);
  }

  views(schema?: string): ViewInfo[] {
    return this.select("view", schema).map(({ info }) => info);
  }

  sequences(schema?: string): StoredSequence[] {
    return this.select("sequence", schema);
  }

  /** The state in which `removed` are gone and `added` are there. */
  changed(
    version: number,
    removed: readonly { readonly schema: string; readonly name: string }[],
    added: readonly Relation[],
  ): CatalogState {
    const relations = new Map(this.relations);
    for (const { schema, name } of removed) relations.delete(relationKey(schema, name));
    for (const relation of added) {
      relations.set(relationKey(relation.schema, relation.name), relation);
    }
    return new CatalogState(version, relations, this.schemas);
  }

  withSchemas(version: number, schemas: readonly string[]): CatalogState {
    return new CatalogState(version, this.relations, schemas);
  }

  private select<K extends Relation["kind"]>(
    kind: K,
    schema: string | undefined,
  ): Extract<Relation, { kind: K }>[] {
    const selected: Extract<Relation, { kind: K }>[] = [];
    for (const relation of this.relations.values()) {
      if (relation.kind !== kind || (schema !== undefined && relation.schema !== schema)) continue;
      selected.push(relation as Extract<Relation, { kind: K }>);
    }
    return selected;
  }
}

/** No name holds a NUL. */
function relationKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

/** Schema and name of a sequence. */
export function splitName(name: string): [schema: string, name: string] {
  const dot = name.indexOf(".");
  return dot < 0 ? [PUBLIC_SCHEMA, name] : [name.slice(0, dot), name.slice(dot + 1)];
}

export function joinName(schema: string, name: string): string {
  return schema === PUBLIC_SCHEMA ? name : `${schema}.${name}`;
}
