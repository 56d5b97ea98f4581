import type { Value } from "@aegisdb/sql/contract";
import type { Prng } from "../../base/prng.js";
import type { Layout, LayoutColumn } from "../../tree/layout.js";
import { layoutColumns } from "../../tree/layout.js";
import { randomText, randomValue } from "./values.js";

/**
 * The trees of the simulation: between them every form of key and every type of value.
 *
 * `owners` is to `accounts` what a secondary index is to its table: one row for each account, kept
 * in step by whoever writes accounts.
 */
export type ShapeName = "accounts" | "owners" | "documents" | "readings" | "extra";

const ACCOUNTS: Layout = {
  key: [{ name: "id", type: { kind: "int" } }],
  value: [
    { name: "owner", type: { kind: "text" } },
    { name: "balance", type: { kind: "decimal", precision: 18, scale: 2 } },
    { name: "active", type: { kind: "bool" } },
    { name: "opened", type: { kind: "timestamp" } },
    { name: "note", type: { kind: "variant" } },
  ],
  access: "scan",
  pointReads: true,
};

const OWNERS: Layout = {
  key: [
    { name: "owner", type: { kind: "text" }, nullable: true },
    { name: "id", type: { kind: "int" } },
  ],
  value: [],
  access: "point",
  pointReads: false,
};

const DOCUMENTS: Layout = {
  key: [{ name: "path", type: { kind: "text" } }],
  value: [
    { name: "body", type: { kind: "variant" } },
    { name: "tag", type: { kind: "uuid" } },
    { name: "content", type: { kind: "bytes" } },
    { name: "ratio", type: { kind: "float" } },
  ],
  access: "point",
  pointReads: true,
};

const READINGS: Layout = {
  key: [
    { name: "series", type: { kind: "text" } },
    { name: "at", type: { kind: "timestamp" }, descending: true },
  ],
  value: [
    { name: "exact", type: { kind: "numeric" } },
    { name: "day", type: { kind: "date" } },
    { name: "hour", type: { kind: "time" } },
    { name: "lasted", type: { kind: "interval" } },
    { name: "count", type: { kind: "int" } },
  ],
  access: "scan",
  pointReads: false,
};

const EXTRA: Layout = {
  key: [{ name: "n", type: { kind: "int" } }],
  value: [{ name: "label", type: { kind: "text" } }],
  access: "point",
  pointReads: true,
};

export const layouts: Readonly<Record<ShapeName, Layout>> = {
  accounts: ACCOUNTS,
  owners: OWNERS,
  documents: DOCUMENTS,
  readings: READINGS,
  extra: EXTRA,
};

/** Position of the owner in an account's row. */
export const OWNER_COLUMN = 1;
/** Keys of each shape come from about this many, so that writes meet again and again. */
const KEYS = 60;
const NULL_CHANCE = 0.15;
const FIRST_READING = 1_700_000_000_000_000;

export function randomKey(prng: Prng, shape: ShapeName): Value[] {
  switch (shape) {
    case "accounts":
    case "extra":
      return [prng.chance(0.02) ? 2n ** 60n + BigInt(prng.int(3)) : prng.int(KEYS) - KEYS / 4];
    case "owners":
      return [randomOwner(prng), prng.int(KEYS)];
    case "documents":
      return [`${prng.pick(["a", "b/", "\ue000", "\u{1f600}"])}${prng.int(KEYS / 3)}`];
    case "readings":
      return [prng.pick(["cpu", "disk", "dísk"]), FIRST_READING + prng.int(KEYS / 3) * 1000];
  }
}

/** A whole row with a random key. */
export function randomRow(prng: Prng, shape: ShapeName): Value[] {
  const values = layouts[shape].value.map((column) =>
    prng.chance(NULL_CHANCE) ? null : randomValue(prng, column.type),
  );
  if (shape === "accounts") values[OWNER_COLUMN - 1] = randomOwner(prng);
  return [...randomKey(prng, shape), ...values];
}

function randomOwner(prng: Prng): string | null {
  if (prng.chance(NULL_CHANCE)) return null;
  return prng.chance(0.1)
    ? randomText(prng, 4)
    : prng.pick(["ada", "bob", "cy", "dé", "\u{1f600}"]);
}

export function columnsOf(shape: ShapeName): readonly LayoutColumn[] {
  return layoutColumns(layouts[shape]);
}

/** Whether `values` could be a key of this shape: an extra tree's name may have changed hands. */
export function fitsKey(shape: ShapeName, values: readonly Value[]): boolean {
  const { key } = layouts[shape];
  return values.length === key.length && keyTypesFit(shape, values);
}

export function fitsRow(shape: ShapeName, values: readonly Value[]): boolean {
  return values.length === columnsOf(shape).length && keyTypesFit(shape, values);
}

function keyTypesFit(shape: ShapeName, values: readonly Value[]): boolean {
  return layouts[shape].key.every(
    (column, i) =>
      values[i] === null || (typeof values[i] === "string") === (column.type.kind === "text"),
  );
}
