import type { ReadView } from "../engine/contract.js";
import { EntryCursor, KeyCursor } from "./entry-cursor.js";
import { keysOf } from "./inputs.js";
import { keyUnits, spaceRange } from "./key.js";
import { listRequest, rangeRequest } from "./options.js";
import { countRange, liveRow, readEntry, readValue } from "./read.js";
import type { Space, SpaceDirectory } from "./space.js";
import type { Entry, ListOptions, RangeOptions } from "./types.js";

/** A view for a scan that may outlive the call; `release` when the scan is over. */
export interface ScanView {
  readonly view: ReadView;
  readonly release: (() => void) | undefined;
}

/**
 * The reads of a namespace, the same outside of transactions, inside of them and in snapshots.
 * A namespace that nobody wrote to is empty, and reading it creates nothing.
 */
export abstract class NamespaceReader<T> {
  /** `default` for `db.kv` itself. */
  readonly name: string;
  protected readonly spaces: SpaceDirectory;
  #space: Space | undefined;

  protected constructor(spaces: SpaceDirectory, name: string) {
    this.spaces = spaces;
    this.name = name;
  }

  /** The view that a read of this moment uses. */
  protected abstract view(): ReadView;

  protected scanView(): ScanView {
    return { view: this.view(), release: undefined };
  }

  /** The value of the key; undefined if there is none or it has expired. */
  get<V extends T = T>(key: string): V | undefined {
    const view = this.view();
    const space = this.#locate(view);
    if (space !== undefined) return readValue(view, space, key) as V | undefined;
    keyUnits(key);
    return undefined;
  }

  /** The value with its version and times. */
  entry<V extends T = T>(key: string): Entry<V> | undefined {
    const view = this.view();
    const space = this.#locate(view);
    if (space !== undefined) return readEntry(view, space, key) as Entry<V> | undefined;
    keyUnits(key);
    return undefined;
  }

  has(key: string): boolean {
    const view = this.view();
    const space = this.#locate(view);
    if (space !== undefined) return liveRow(view, space, key) !== null;
    keyUnits(key);
    return false;
  }

  /** The values of the keys at one instant, in the order of the keys. */
  getMany<V extends T = T>(keys: Iterable<string>): (V | undefined)[] {
    const list = keysOf("getMany", keys);
    const view = this.view();
    const space = this.#locate(view);
    const values: (V | undefined)[] = [];
    for (const key of list) {
      if (space === undefined) keyUnits(key);
      values.push(space === undefined ? undefined : (readValue(view, space, key) as V | undefined));
    }
    return values;
  }

  /** Entries at the instant of the call, in key order (by code point), read as they are reached. */
  list<V extends T = T>(options?: ListOptions): EntryCursor<V> {
    const request = listRequest("list", options);
    const { view, release } = this.scanView();
    return new EntryCursor<V>(view, this.#locate(view), request, release);
  }

  /** Like `list` without reading the values. */
  keys(options?: ListOptions): KeyCursor {
    const request = listRequest("keys", options);
    const { view, release } = this.scanView();
    return new KeyCursor(view, this.#locate(view), request, release);
  }

  /** How many entries there are. */
  count(options?: RangeOptions): number {
    const range = rangeRequest("count", options);
    const view = this.view();
    const space = this.#locate(view);
    return space === undefined ? 0 : countRange(view, space, spaceRange(space, range));
  }

  #locate(view: ReadView): Space | undefined {
    return (this.#space ??= this.spaces.find(this.name)) ?? this.spaces.findIn(view, this.name);
  }
}
