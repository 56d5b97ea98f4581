import { comparatorOf, fromStorage, hashKey } from "@aegisdb/sql";
import type { IndexInfo, KeyBounds, SqlType, TableInfo, Value } from "@aegisdb/sql";

export type OracleRow = readonly Value[];

/** Order of two stored values of a type; NULLs last. */
function compareStored(type: SqlType, a: Value, b: Value): number {
  const left = fromStorage(a, type);
  const right = fromStorage(b, type);
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return comparatorOf(type)(left, right);
}

interface KeyColumn {
  readonly column: number;
  readonly descending: boolean;
}

/** A table as a list of rows, where every question is a look at each of them. */
export class TableOracle {
  info: TableInfo;
  rows: OracleRow[] = [];

  constructor(info: TableInfo) {
    this.info = info;
  }

  copy(): TableOracle {
    const copy = new TableOracle(this.info);
    copy.rows = [...this.rows];
    return copy;
  }

  /** A row other than `self` that has the key of `row` in one of the unique indexes. */
  conflict(row: OracleRow, self: OracleRow | undefined, among?: IndexInfo): OracleRow | undefined {
    const indexes = among === undefined ? this.info.indexes.filter((i) => i.unique) : [among];
    for (const index of indexes) {
      const key = this.uniqueKey(index, row);
      if (key === undefined) continue;
      const found = this.rows.find(
        (other) => other !== self && this.uniqueKey(index, other) === key,
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether two rows of the table share a key that no two may share. */
  hasDuplicates(index: IndexInfo): boolean {
    return this.rows.some((row) => this.conflict(row, row, index) !== undefined);
  }

  matching(columns: readonly number[], values: readonly Value[]): OracleRow[] {
    return this.rows.filter((row) =>
      columns.every((column, i) => this.compare(column, row[column]!, values[i]!) === 0),
    );
  }

  bounded({ index, equal, from, to }: KeyBounds): OracleRow[] {
    const keys = this.keyColumns(index).map(({ column }) => column);
    return this.rows.filter((row) => {
      const order = (at: number, bound: Value): number | undefined => {
        const value = row[keys[at]!]!;
        return value === null || bound === null ? undefined : this.compare(keys[at]!, value, bound);
      };
      if (!equal.every((value, i) => order(i, value) === 0)) return false;
      const low = from && order(equal.length, from.value);
      const high = to && order(equal.length, to.value);
      if (from !== undefined && !(low !== undefined && (low > 0 || (low === 0 && from.inclusive))))
        return false;
      return to === undefined || (high !== undefined && (high < 0 || (high === 0 && to.inclusive)));
    });
  }

  /** Order of two rows by an index, or by the primary key. */
  compareRows(index: IndexInfo | undefined, a: OracleRow, b: OracleRow): number {
    for (const { column, descending } of this.keyColumns(index)) {
      const order = this.compare(column, a[column]!, b[column]!);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  }

  private keyColumns(index: IndexInfo | undefined): readonly KeyColumn[] {
    if (index !== undefined) return index.columns;
    return this.info.primaryKey.map((column) => ({ column, descending: false }));
  }

  private compare(column: number, a: Value, b: Value): number {
    return compareStored(this.info.columns[column]!.type, a, b);
  }

  private uniqueKey(index: IndexInfo, row: OracleRow): string | undefined {
    const parts: string[] = [];
    for (const { column } of index.columns) {
      const { type } = this.info.columns[column]!;
      const datum = fromStorage(row[column]!, type);
      if (datum === null && !index.nullsNotDistinct) return undefined;
      parts.push(datum === null ? "null" : `v${String(hashKey(datum, type))}`);
    }
    return JSON.stringify(parts);
  }
}

/** A row as text, by which rows of two sources can be compared in any order. */
export function rowText(row: OracleRow): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    if (Object.is(value, -0)) return "-0";
    return value;
  });
}
