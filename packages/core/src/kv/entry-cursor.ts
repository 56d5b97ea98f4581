import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import type { RowCells } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";
import type { ReadView, RowCursor } from "../engine/contract.js";
import { spaceRange } from "./key.js";
import { KEY, VALUE } from "./layout.js";
import { checkNames, checkSignal, type ListRequest } from "./options.js";
import { isExpired } from "./read.js";
import { ReadAhead } from "./read-ahead.js";
import type { Space } from "./space.js";
import type { KeyValue } from "./types.js";

/** Rows between two looks at the event loop in the awaitable forms: some hundred microseconds. */
const ROWS_PER_TURN = 512;

export interface ReadAllOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The entries or keys of a range at the instant of the call, in key order. Iterate it, once; or
 * await `toArray` or `count`, which let other work run in between and stop on a signal. Rows are
 * copied as they are reached, so writes made meanwhile neither disturb nor show up.
 */
export abstract class KeyValueCursor<Item> implements IterableIterator<Item, undefined> {
  readonly #view: ReadView;
  readonly #rows: RowCursor | undefined;
  /** Reads in place of `#rows` where it may. */
  readonly #ahead: ReadAhead<Item> | undefined;
  #left: number;
  #release: (() => void) | undefined;

  /**
   * `space` is undefined for a namespace that does not exist, which has no entries. `release` runs
   * once, when the view is not needed any more.
   */
  constructor(
    view: ReadView,
    space: Space | undefined,
    request: ListRequest,
    release: (() => void) | undefined,
  ) {
    this.#view = view;
    this.#release = release;
    this.#left = request.limit;
    if (space !== undefined && request.limit > 0) {
      const { start, end } = spaceRange(space, request);
      this.#rows = view.scan(space.trees.entries, { start, end, reverse: request.reverse });
      if (this.#rows.canTake) {
        const make = (cells: RowCells, row: number): Item => this.itemAt(cells, row);
        this.#ahead = new ReadAhead(this.#rows, view, space.prefix, request.limit, make);
      }
    } else {
      this.#end();
    }
  }

  /** The item of a row; it must not refer to the row. */
  protected abstract item(row: RowView): Item;
  /** The same of a row in cells. */
  protected abstract itemAt(cells: RowCells, row: number): Item;

  next(): IteratorResult<Item, undefined> {
    const item = this.#nextItem();
    return item === undefined ? { done: true, value: undefined } : { done: false, value: item };
  }

  /** Ends the iteration early, as leaving a `for` loop does. */
  return(): IteratorResult<Item, undefined> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** All items that are left. */
  async toArray(options?: ReadAllOptions): Promise<Item[]> {
    const items: Item[] = [];
    await this.#readAll("toArray", options, () => {
      const item = this.#nextItem();
      if (item === undefined) return 0;
      items.push(item);
      return 1;
    });
    return items;
  }

  /** How many items are left; the values are not read. */
  async count(options?: ReadAllOptions): Promise<number> {
    let count = 0;
    await this.#readAll("count", options, () => {
      const rows = this.#skip();
      count += rows;
      return rows;
    });
    return count;
  }

  /**
   * Steps to the end, giving way to the event loop; an aborted signal ends the cursor. `step` tells
   * how many rows it went over, none at the end.
   */
  async #readAll(
    call: string,
    options: ReadAllOptions | undefined,
    step: () => number,
  ): Promise<void> {
    try {
      const signal = readAllSignal(call, options);
      throwIfAborted(signal);
      let rows = 0;
      for (let more = step(); more > 0; more = step()) {
        rows += more;
        if (rows < ROWS_PER_TURN) continue;
        rows = 0;
        await yieldToEventLoop();
        throwIfAborted(signal);
      }
    } finally {
      this.#end();
    }
  }

  /** The next item, which is never undefined itself; undefined at the end. */
  #nextItem(): Item | undefined {
    if (this.#ahead === undefined) {
      const row = this.#advance();
      return row === undefined ? undefined : this.item(row);
    }
    if (this.#left <= 0) return undefined;
    const item = this.#ahead.next();
    if (item === undefined || --this.#left === 0) this.#end();
    return item;
  }

  /** Goes over the next items without making them; tells how many they are, none at the end. */
  #skip(): number {
    if (this.#left <= 0) return 0;
    const rows =
      this.#ahead === undefined ? Number(this.#advance() !== undefined) : this.#ahead.skip();
    if (rows === 0) this.#end();
    return rows;
  }

  /** The next live row, or undefined at the end. */
  #advance(): RowView | undefined {
    const rows = this.#rows;
    if (rows === undefined || this.#left <= 0) {
      this.#end();
      return undefined;
    }
    while (rows.next()) {
      const { row } = rows;
      if (isExpired(row, this.#view)) continue;
      this.#left--;
      return row;
    }
    this.#end();
    return undefined;
  }

  #end(): void {
    this.#left = 0;
    this.#release?.();
    this.#release = undefined;
  }
}

export class EntryCursor<T> extends KeyValueCursor<KeyValue<T>> {
  protected override item(row: RowView): KeyValue<T> {
    return { key: row.text(KEY), value: row.json(VALUE) as T };
  }

  protected override itemAt(cells: RowCells, row: number): KeyValue<T> {
    return { key: cells.text(KEY, row), value: cells.json(VALUE, row) as T };
  }
}

export class KeyCursor extends KeyValueCursor<string> {
  protected override item(row: RowView): string {
    return row.text(KEY);
  }

  protected override itemAt(cells: RowCells, row: number): string {
    return cells.text(KEY, row);
  }
}

function readAllSignal(call: string, options: ReadAllOptions | undefined): AbortSignal | undefined {
  if (options === undefined) return undefined;
  checkNames(call, options, ["signal"]);
  checkSignal(options.signal);
  return options.signal;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AegisError("ABORTED", "the call was aborted by its signal", { cause: signal.reason });
}
