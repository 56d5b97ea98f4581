import { unitsText } from "../base/keycode-text.js";
import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import type { RowView } from "../tree/row-view.js";
import type { ReadView, RowCursor } from "../engine/contract.js";
import { spaceRange } from "./key.js";
import { VALUE } from "./layout.js";
import { checkNames, checkSignal, type ListRequest } from "./options.js";
import { isExpired } from "./read.js";
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
  readonly #prefixLength: number;
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
    this.#prefixLength = space?.prefix.length ?? 0;
    if (space !== undefined && request.limit > 0) {
      const { start, end } = spaceRange(space, request);
      this.#rows = view.scan(space.trees.entries, { start, end, reverse: request.reverse });
    } else {
      this.#end();
    }
  }

  /** The item of a row; it must not refer to the row. */
  protected abstract item(key: string, row: RowView): Item;

  next(): IteratorResult<Item, undefined> {
    const row = this.#advance();
    if (row === undefined) return { done: true, value: undefined };
    const key = unitsText((this.#rows!.key as string).slice(this.#prefixLength));
    return { done: false, value: this.item(key, row) };
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
      const { done, value } = this.next();
      if (done !== true) items.push(value);
      return done !== true;
    });
    return items;
  }

  /** How many items are left; the values are not read. */
  async count(options?: ReadAllOptions): Promise<number> {
    let count = 0;
    await this.#readAll("count", options, () => {
      const more = this.#advance() !== undefined;
      if (more) count++;
      return more;
    });
    return count;
  }

  /** Steps to the end, giving way to the event loop; an aborted signal ends the cursor. */
  async #readAll(
    call: string,
    options: ReadAllOptions | undefined,
    step: () => boolean,
  ): Promise<void> {
    try {
      const signal = readAllSignal(call, options);
      throwIfAborted(signal);
      for (let rows = 1; step(); rows++) {
        if (rows % ROWS_PER_TURN !== 0) continue;
        await yieldToEventLoop();
        throwIfAborted(signal);
      }
    } finally {
      this.#end();
    }
  }

  /** The next live row, or undefined at the end. */
  #advance(): RowView | undefined {
    const rows = this.#rows;
    if (rows === undefined || this.#left <= 0) return undefined;
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
  protected override item(key: string, row: RowView): KeyValue<T> {
    return { key, value: row.json(VALUE) as T };
  }
}

export class KeyCursor extends KeyValueCursor<string> {
  protected override item(key: string): string {
    return key;
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
