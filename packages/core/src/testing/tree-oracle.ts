import type { Value } from "@aegisdb/sql/contract";
import type { Key, KeyRange } from "../base/key.js";

interface OracleVersion {
  readonly seq: number;
  /** Null for a deletion. */
  readonly values: readonly Value[] | null;
}

export interface OracleRow {
  readonly key: Key;
  readonly values: readonly Value[];
}

/** What a tree should hold, kept naively: a list of versions per key, oldest first. */
export class TreeOracle {
  private readonly versions = new Map<Key, OracleVersion[]>();
  private sortedKeys: Key[] | null = null;

  put(key: Key, seq: number, values: readonly Value[]): void {
    this.add(key, { seq, values });
  }

  delete(key: Key, seq: number): void {
    this.add(key, { seq, values: null });
  }

  /** The live values of a key at a sequence. */
  get(key: Key, atSeq: number): readonly Value[] | null {
    const versions = this.versions.get(key) ?? [];
    return versions.findLast((version) => version.seq <= atSeq)?.values ?? null;
  }

  /** The live rows of a range at a sequence, in order. */
  rows(atSeq: number, range: KeyRange = {}): OracleRow[] {
    const rows: OracleRow[] = [];
    for (const key of this.keys()) {
      if (range.start !== undefined && key < range.start) continue;
      if (range.end !== undefined && key >= range.end) continue;
      const values = this.get(key, atSeq);
      if (values !== null) rows.push({ key, values });
    }
    return rows;
  }

  /** Every key ever written, in order. */
  keys(): readonly Key[] {
    this.sortedKeys ??= [...this.versions.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return this.sortedKeys;
  }

  private add(key: Key, version: OracleVersion): void {
    const versions = this.versions.get(key);
    if (versions === undefined) this.sortedKeys = null;
    this.versions.set(key, [...(versions ?? []), version]);
  }
}
