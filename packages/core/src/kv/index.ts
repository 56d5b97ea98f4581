export type { EntryCursor, KeyCursor, KeyValueCursor, ReadAllOptions } from "./entry-cursor.js";
export type { Namespace } from "./namespace.js";
export type { NamespaceReader } from "./reader.js";
export type { SnapshotNamespace } from "./snapshot-namespace.js";
export {
  KeyValueStore,
  type KeyValueOptions,
  type SnapshotKeyValue,
  type TransactionKeyValue,
} from "./store.js";
export type { TransactionNamespace } from "./transaction-namespace.js";
export type {
  Counted,
  DeleteOptions,
  Duration,
  Entry,
  EntryInput,
  IncrementOptions,
  KeyValue,
  KeyValueChange,
  ListOptions,
  RangeOptions,
  RemoveChange,
  SetChange,
  SetManyOptions,
  SetOptions,
  WatchOptions,
} from "./types.js";
