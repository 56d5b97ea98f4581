import { assert, unreachable } from "../contract/errors.js";
import type { RowLocator, Sink, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { RunState } from "../executor/expression/run-state.js";
import type { ExecutionContext } from "../executor/operator.js";

/**
 * All parts of a statement see the data as it was before: WITH may change a table that the query
 * behind it reads. So a write inside of WITH is made, recorded and taken back, and what was
 * recorded is done again when the rest of the statement has read all that it reads.
 */

type Row = readonly Value[];

/** What the writers need of a sink. */
export type RowSink = Pick<Sink, "insert" | "update" | "delete" | "row" | "findConflict">;

type Change =
  | {
      readonly kind: "insert";
      readonly table: TableInfo;
      readonly row: Row;
      readonly at: RowLocator;
    }
  | {
      readonly kind: "update";
      readonly table: TableInfo;
      readonly from: RowLocator;
      readonly before: Row;
      readonly after: Row;
      readonly at: RowLocator;
    }
  | {
      readonly kind: "delete";
      readonly table: TableInfo;
      readonly from: RowLocator;
      readonly before: Row;
    };

/** Passes everything on to a sink and remembers what was changed. */
export class RecordingSink implements RowSink {
  readonly changes: Change[] = [];
  readonly #sink: Sink;
  readonly #savepoint: number;
  readonly #others: DeferredWrites;

  constructor(sink: Sink, context: ExecutionContext) {
    this.#sink = sink;
    this.#savepoint = sink.savepoint();
    this.#others = deferred.of(context);
  }

  insert(table: TableInfo, row: Row): RowLocator {
    const at = this.#sink.insert(table, row);
    this.changes.push({ kind: "insert", table, row, at });
    return at;
  }

  update(table: TableInfo, from: RowLocator, before: Row, after: Row): RowLocator {
    const at = this.#sink.update(table, from, before, after);
    this.changes.push({ kind: "update", table, from, before, after, at });
    return at;
  }

  delete(table: TableInfo, from: RowLocator, before: Row): void {
    this.#sink.delete(table, from, before);
    this.changes.push({ kind: "delete", table, from, before });
  }

  /** Undefined also for what another part of the statement writes: it is that part's alone. */
  row(table: TableInfo, locator: RowLocator): Row | undefined {
    return this.isTaken(table, locator) ? undefined : this.#sink.row(table, locator);
  }

  isTaken(table: TableInfo, locator: RowLocator): boolean {
    return this.#others.isTouched(table, locator);
  }

  findConflict: Sink["findConflict"] = (table, arbiter, row) =>
    this.#sink.findConflict(table, arbiter, row);

  takeBack(): void {
    this.#sink.rollbackTo(this.#savepoint);
  }
}

/** The recorded writes of one run of a statement. */
class DeferredWrites {
  readonly #recorded: (readonly Change[])[] = [];
  readonly #finishes: (() => void)[] = [];
  /** Rows that were changed, by table: no other part may change them again, as in PostgreSQL. */
  readonly #touched: Map<number, Set<RowLocator>> = new Map();

  add(changes: readonly Change[], finish: () => void): void {
    this.#recorded.push(changes);
    this.#finishes.push(finish);
    for (const change of changes) {
      if (change.kind !== "insert") this.#touch(change.table, change.from);
    }
  }

  isTouched(table: TableInfo, locator: RowLocator): boolean {
    return this.#touched.get(table.id)?.has(locator) === true;
  }

  #touch(table: TableInfo, locator: RowLocator): void {
    const touched = this.#touched.get(table.id);
    if (touched === undefined) this.#touched.set(table.id, new Set([locator]));
    else touched.add(locator);
  }

  apply(sink: Sink): void {
    for (const changes of this.#recorded.splice(0)) this.#replay(changes, sink);
    for (const finish of this.#finishes.splice(0)) finish();
  }

  #replay(changes: readonly Change[], sink: Sink): void {
    const moved = new Map<string, RowLocator>();
    const keyOf = (table: TableInfo, at: RowLocator): string =>
      `${table.id} ${typeof at} ${String(at)}`;
    const current = (table: TableInfo, at: RowLocator): RowLocator =>
      moved.get(keyOf(table, at)) ?? at;
    for (const change of changes) {
      const { table } = change;
      switch (change.kind) {
        case "insert":
          moved.set(keyOf(table, change.at), sink.insert(table, change.row));
          break;
        case "update": {
          const from = current(table, change.from);
          const at = sink.update(table, from, change.before, change.after);
          moved.set(keyOf(table, change.at), at);
          break;
        }
        case "delete":
          sink.delete(table, current(table, change.from), change.before);
          break;
        default:
          unreachable(change);
      }
    }
  }
}

const deferred = new RunState<DeferredWrites>(() => new DeferredWrites());

/** Keeps what was recorded until `applyDeferred`. */
export function deferWrites(
  context: ExecutionContext,
  recorded: RecordingSink,
  finish: () => void,
): void {
  recorded.takeBack();
  deferred.of(context).add(recorded.changes, finish);
}

/** Makes the writes of WITH, now that nothing reads what was before them. */
export function applyDeferred(context: ExecutionContext): void {
  assert(context.sink !== undefined, "a writing statement has a sink");
  deferred.of(context).apply(context.sink);
}
