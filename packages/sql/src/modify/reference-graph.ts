import type { ForeignKeyInfo, RowLocator, Sink, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { BoundReference, BoundRules } from "../planner/plan.js";
import { findCast } from "../types/casts.js";
import { sameBase } from "../types/common-type.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage, toStorage } from "../types/storage.js";
import { RowRules } from "./rules.js";

type Row = readonly Value[];
type Convert = (value: Value) => Value;

/** The foreign keys that a statement may have to do with, by their tables; shared by its runs. */
export class ReferenceGraph {
  readonly #ofChild: Map<number, CompiledReference[]> = new Map();
  readonly #ofParent: Map<number, CompiledReference[]> = new Map();

  constructor(references: readonly BoundReference[]) {
    const rules = new Map<BoundRules, RowRules>();
    for (const reference of references) {
      let child = rules.get(reference.child);
      child ??= new RowRules(reference.child);
      rules.set(reference.child, child);
      const compiled = new CompiledReference(reference, child);
      append(this.#ofChild, child.table.id, compiled);
      append(this.#ofParent, reference.parent.id, compiled);
    }
  }

  ofChild(table: TableInfo): readonly CompiledReference[] {
    return this.#ofChild.get(table.id) ?? NONE;
  }

  ofParent(table: TableInfo): readonly CompiledReference[] {
    return this.#ofParent.get(table.id) ?? NONE;
  }
}

const NONE: readonly CompiledReference[] = [];

function append<T>(lists: Map<number, T[]>, key: number, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

export class CompiledReference {
  readonly key: ForeignKeyInfo;
  readonly child: RowRules;
  readonly parent: TableInfo;
  /** Positions in the parent, beside `key.columns`. */
  readonly parentColumns: readonly number[];
  readonly #toParent: readonly (Convert | undefined)[];
  readonly #toChild: readonly (Convert | undefined)[];

  constructor({ key, parent }: BoundReference, child: RowRules) {
    this.key = key;
    this.child = child;
    this.parent = parent;
    this.parentColumns = key.refColumns.map((name) =>
      parent.columns.findIndex((column) => column.name === name),
    );
    const types = key.columns.map((column, i) => ({
      child: child.table.columns[column]!.type,
      parent: parent.columns[this.parentColumns[i]!]!.type,
    }));
    this.#toParent = types.map((pair) => converter(pair.child, pair.parent));
    this.#toChild = types.map((pair) => converter(pair.parent, pair.child));
  }

  /** What the parent's columns have to be, for a row of the child. */
  parentKey(row: Row): readonly Value[] {
    return this.key.columns.map((column, i) => convert(this.#toParent[i], row[column]!));
  }

  /** What children of a parent row have in their columns. */
  childKey(row: Row): readonly Value[] {
    return this.parentColumns.map((column, i) => convert(this.#toChild[i], row[column]!));
  }

  keyOfParent(row: Row): readonly Value[] {
    return this.parentColumns.map((column) => row[column]!);
  }

  /** `matches` is validated at every isolation level, which a read by key is not. */
  findParent(sink: Sink, key: readonly Value[]): boolean {
    return first(sink.matches(this.parent, this.parentColumns, key)) !== undefined;
  }

  /** Whether a row of the child with this key still exists. */
  isThere(sink: Sink, row: Row): boolean {
    const values = this.key.columns.map((column) => row[column]!);
    return first(sink.matches(this.child.table, this.key.columns, values)) !== undefined;
  }

  /** Rows that refer to a row of the parent, up to a limit, gathered before any is changed. */
  children(
    sink: Sink,
    parentRow: Row,
    limit: number = Infinity,
  ): readonly { readonly locator: RowLocator; readonly row: Row }[] {
    const found = [];
    const values = this.childKey(parentRow);
    for (const match of sink.matches(this.child.table, this.key.columns, values)) {
      found.push(match);
      if (found.length >= limit) break;
    }
    return found;
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function convert(conversion: Convert | undefined, value: Value): Value {
  return conversion === undefined || value === null ? value : conversion(value);
}

const NO_SESSION = { now: 0, timeZone: "UTC" } as const;

/** Integers of every size are stored alike; other types that differ go through their cast. */
function converter(from: SqlType, to: SqlType): Convert | undefined {
  const alike = sameBase(from, to) && from.precision === to.precision && from.scale === to.scale;
  if (alike || (isInteger(from) && isInteger(to))) return undefined;
  const cast = findCast(from, to);
  if (cast === undefined) return undefined;
  const target = to.name === "numeric" || to.length === undefined ? to : { name: to.name };
  return (value) => toStorage(cast.apply(fromStorage(value, from), target, NO_SESSION, true), to);
}

function isInteger({ name }: SqlType): boolean {
  return name === "smallint" || name === "integer" || name === "bigint";
}
