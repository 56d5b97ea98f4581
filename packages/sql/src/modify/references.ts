import { assert, unreachable } from "../contract/errors.js";
import type { Sink, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { ExecutionContext } from "../executor/operator.js";
import { checkLimits } from "../executor/run-limits.js";
import type { CompiledReference, ReferenceGraph } from "./reference-graph.js";
import { sameKey } from "./stored-key.js";
import { missingParent, partialKey, stillReferenced } from "./violations.js";

type Row = readonly Value[];

/** A row of a parent table went away, or its key may have changed. */
interface ParentEvent {
  readonly table: TableInfo;
  readonly before: Row;
  /** Undefined: deleted. */
  readonly after: Row | undefined;
}

interface ReferenceCheck {
  readonly reference: CompiledReference;
  readonly row: Row;
}

/**
 * The foreign keys of one run of a writing statement. It is told of every row that is written; the
 * actions and the checks wait for `finish`, when all rows of the statement are in place.
 */
export class ReferenceKeeper {
  readonly #graph: ReferenceGraph;
  readonly #sink: Sink;
  readonly #context: ExecutionContext;
  readonly #events: ParentEvent[] = [];
  /** Rows of children whose parent was not there yet. */
  readonly #orphans: ReferenceCheck[] = [];
  /** Rows of parents that nobody may refer to in the end (NO ACTION). */
  readonly #departed: ReferenceCheck[] = [];
  /** The key last found, by reference: rows of a load often follow one parent. */
  readonly #found: Map<CompiledReference, readonly Value[]> = new Map();

  constructor(graph: ReferenceGraph, context: ExecutionContext) {
    assert(context.sink !== undefined, "a writing statement has a sink");
    this.#graph = graph;
    this.#sink = context.sink;
    this.#context = context;
  }

  inserted(table: TableInfo, row: Row): void {
    for (const reference of this.#graph.ofChild(table)) this.#checkParent(reference, row);
  }

  updated(table: TableInfo, before: Row, after: Row): void {
    for (const reference of this.#graph.ofChild(table)) {
      const { columns } = reference.key;
      if (!sameKey(before, after, columns)) this.#checkParent(reference, after);
    }
    if (this.#graph.ofParent(table).length > 0) this.#events.push({ table, before, after });
  }

  deleted(table: TableInfo, before: Row): void {
    if (this.#graph.ofParent(table).length > 0) {
      this.#events.push({ table, before, after: undefined });
    }
  }

  /** Carries out the actions and makes the checks; afterwards every key refers to a row. */
  finish(): void {
    this.#found.clear();
    this.#runEvents();
    for (const { reference, row } of this.#departed) {
      if (reference.findParent(this.#sink, reference.keyOfParent(row))) continue;
      this.#refuseChildren(reference, row, false);
    }
    for (const { reference, row } of this.#orphans) {
      const { child, key, parent } = reference;
      if (reference.findParent(this.#sink, reference.parentKey(row))) continue;
      // The row may have gone since, by an action or by a later change of the same statement.
      if (reference.isThere(this.#sink, row)) throw missingParent(child.table, key, parent, row);
    }
    this.#departed.length = 0;
    this.#orphans.length = 0;
  }

  #checkParent(reference: CompiledReference, row: Row): void {
    const { key, child } = reference;
    let nulls = 0;
    for (const column of key.columns) if (row[column] === null) nulls++;
    if (nulls > 0) {
      if (key.match === "full" && nulls < key.columns.length) throw partialKey(child.table, key);
      return;
    }
    const last = this.#found.get(reference);
    if (last !== undefined && sameKey(last, row, key.columns)) return;
    if (reference.findParent(this.#sink, reference.parentKey(row))) {
      this.#found.set(reference, row);
    } else this.#orphans.push({ reference, row });
  }

  /** Actions append the events they lead to, until none leads further. */
  #runEvents(): void {
    for (const event of this.#events) {
      checkLimits(this.#context);
      for (const reference of this.#graph.ofParent(event.table)) this.#runEvent(reference, event);
    }
    this.#events.length = 0;
  }

  #runEvent(reference: CompiledReference, { before, after }: ParentEvent): void {
    const { parentColumns, key } = reference;
    if (after !== undefined && sameKey(before, after, parentColumns)) return;
    if (parentColumns.some((column) => before[column] === null)) return;
    const action = after === undefined ? key.onDelete : key.onUpdate;
    switch (action) {
      case "no action":
        this.#departed.push({ reference, row: before });
        return;
      case "restrict":
        this.#refuseChildren(reference, before, true);
        return;
      case "cascade":
        if (after === undefined) this.#deleteChildren(reference, before);
        else this.#changeChildren(reference, before, reference.childKey(after));
        return;
      case "set null":
        this.#changeChildren(
          reference,
          before,
          key.columns.map(() => null),
        );
        return;
      case "set default": {
        const { child } = reference;
        const values = key.columns.map((column) => child.defaultOf(column, this.#context));
        this.#changeChildren(reference, before, values);
        // The default may be the very key that goes.
        this.#departed.push({ reference, row: before });
        return;
      }
      default:
        unreachable(action);
    }
  }

  #refuseChildren(reference: CompiledReference, before: Row, isRestricted: boolean): void {
    const [first] = reference.children(this.#sink, before, 1);
    if (first !== undefined) throw stillReferenced(reference, before, isRestricted);
  }

  #deleteChildren(reference: CompiledReference, before: Row): void {
    const { table } = reference.child;
    for (const { locator, row } of reference.children(this.#sink, before)) {
      this.#sink.delete(table, locator, row);
      this.deleted(table, row);
    }
  }

  #changeChildren(reference: CompiledReference, before: Row, values: readonly Value[]): void {
    const { child, key } = reference;
    for (const { locator, row } of reference.children(this.#sink, before)) {
      const changed = row.slice();
      key.columns.forEach((column, i) => {
        changed[column] = values[i]!;
      });
      const admitted = child.readmit(changed, this.#context);
      this.#sink.update(child.table, locator, row, admitted);
      this.updated(child.table, row, admitted);
    }
  }
}
