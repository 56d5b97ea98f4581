import { unreachable } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { TableChange } from "../contract/table-change.js";
import type { Value } from "../contract/types.js";
import type { Row, StoredTable } from "./memory-state.js";

/** Carries out one ALTER on a table that nobody shares. */
export function changeTable(stored: StoredTable, change: TableChange): void {
  const { info } = stored;
  switch (change.kind) {
    case "addColumn": {
      const { fill } = change;
      const fillOf = typeof fill === "function" ? fill : (): Value => fill;
      rewrite(stored, (row) => [...row, fillOf(row)]);
      stored.info = { ...info, columns: [...info.columns, change.column] };
      return;
    }
    case "dropColumn":
      rewrite(stored, (row) => row.filter((_, i) => i !== change.column));
      stored.info = withoutColumn(info, change.column);
      return;
    case "renameColumn":
      setColumn(stored, change.column, { name: change.name });
      return;
    case "renameTable":
      stored.info = { ...info, schema: change.schema, name: change.name };
      return;
    case "alterColumn": {
      const { column, convert } = change;
      if (convert !== undefined) {
        rewrite(stored, (row) => row.map((v, i) => (i === column ? convert(v, row) : v)));
      }
      setColumn(stored, column, change.info);
      return;
    }
    case "setConstraints": {
      const { primaryKey, indexes, foreignKeys, checks } = change;
      stored.info = { ...info, primaryKey, indexes, foreignKeys, checks };
      return;
    }
    default:
      unreachable(change);
  }
}

function rewrite(stored: StoredTable, change: (row: Row) => Row): void {
  stored.rows = new Map(Array.from(stored.rows, ([locator, row]) => [locator, change(row)]));
}

function setColumn(
  stored: StoredTable,
  column: number,
  part: Partial<TableInfo["columns"][number]>,
): void {
  const columns = stored.info.columns.map((old, i) => (i === column ? { ...old, ...part } : old));
  stored.info = { ...stored.info, columns };
}

function withoutColumn(info: TableInfo, dropped: number): TableInfo {
  const moved = (column: number): number => (column > dropped ? column - 1 : column);
  return {
    ...info,
    columns: info.columns.filter((_, i) => i !== dropped),
    primaryKey: info.primaryKey.map(moved),
    indexes: info.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((key) => ({ ...key, column: moved(key.column) })),
    })),
    foreignKeys: info.foreignKeys.map((key) => ({ ...key, columns: key.columns.map(moved) })),
  };
}
