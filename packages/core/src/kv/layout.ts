import type { Layout } from "../tree/layout.js";

/**
 * How keys and values lie in trees: three trees for all namespaces together.
 *
 *     kv.entries      (namespace, key)            → value, version, created, updated, expires
 *     kv.namespaces   (name)                      → id            (empty name: the next free id)
 *     kv.expiry       (expires, namespace, key)   → nothing
 *
 * A row of kv.expiry exists exactly for those entries that expire, so that the sweeper finds what
 * is due without reading the rest. A namespace gets its row with its first write and keeps it.
 */
export const ENTRIES_TREE = "kv.entries";
export const NAMESPACES_TREE = "kv.namespaces";
export const EXPIRY_TREE = "kv.expiry";

export const entriesLayout: Layout = {
  key: [
    { name: "namespace", type: { kind: "int" } },
    { name: "key", type: { kind: "text" } },
  ],
  value: [
    { name: "value", type: { kind: "variant" } },
    { name: "version", type: { kind: "int" } },
    { name: "created_at", type: { kind: "timestamp" } },
    { name: "updated_at", type: { kind: "timestamp" } },
    { name: "expires_at", type: { kind: "timestamp" } },
  ],
  access: "point",
  pointReads: true,
};

/** Columns of kv.entries, numbered over key and value together. */
export const KEY = 1;
export const VALUE = 2;
export const VERSION = 3;
export const CREATED_AT = 4;
export const UPDATED_AT = 5;
export const EXPIRES_AT = 6;

export const namespacesLayout: Layout = {
  key: [{ name: "name", type: { kind: "text" } }],
  value: [{ name: "id", type: { kind: "int" } }],
  access: "point",
  pointReads: true,
};

/** The row that holds the next free id; no namespace has an empty name. */
export const NEXT_ID_ROW = "";
export const NAMESPACE_NAME = 0;
export const NAMESPACE_ID = 1;

export const expiryLayout: Layout = {
  key: [
    { name: "expires_at", type: { kind: "timestamp" } },
    { name: "namespace", type: { kind: "int" } },
    { name: "key", type: { kind: "text" } },
  ],
  value: [],
  access: "point",
  pointReads: false,
};

export const DUE_AT = 0;
export const DUE_NAMESPACE = 1;
export const DUE_KEY = 2;

/** The namespace behind `db.kv` itself; it needs no row in kv.namespaces. */
export const DEFAULT_NAMESPACE = "default";
export const DEFAULT_NAMESPACE_ID = 0;
