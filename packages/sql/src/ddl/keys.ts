import type { IndexInfo } from "../contract/source.js";
import type { SqlType } from "../types/sql-type.js";

/** Whether values of the type can be keys of an index. */
export function canBeKey({ name }: SqlType): boolean {
  return name !== "array" && name !== "json" && name !== "record" && name !== "void";
}

/** Whether the index is over exactly these columns, whatever their order. */
export function coversExactly(index: IndexInfo, columns: readonly number[]): boolean {
  return (
    index.columns.length === columns.length &&
    index.columns.every(({ column }) => columns.includes(column))
  );
}
