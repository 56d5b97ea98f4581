import { AegisError } from "../../contract/errors.js";
import type { TableInfo } from "../../contract/source.js";

/** Throws for the tables that only show what is elsewhere. */
export function assertWritable(table: TableInfo, position: number): void {
  if (table.kind === "table") return;
  throw new AegisError("WRONG_OBJECT_TYPE", `cannot change system catalog "${table.name}"`, {
    sqlState: "42501",
    table: table.name,
    position,
  });
}
