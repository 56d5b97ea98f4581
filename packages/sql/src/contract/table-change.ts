import type { CheckInfo, ColumnInfo, ForeignKeyInfo, IndexInfo, TableInfo } from "./source.js";
import type { Value } from "./types.js";

export type TableDefinition = Omit<TableInfo, "id" | "kind">;

export type TableChange =
  | {
      readonly kind: "addColumn";
      readonly column: ColumnInfo;
      /** The value of the rows there are, or how to make it of a row as it was. */
      readonly fill: Value | ((row: readonly Value[]) => Value);
    }
  /**
   * Precondition: no key, index or foreign key of the table uses the column. Positions after it
   * move down by one, in those as well.
   */
  | { readonly kind: "dropColumn"; readonly column: number }
  | { readonly kind: "renameColumn"; readonly column: number; readonly name: string }
  /** Names in other tables' foreign keys are changed by whoever asks for this. */
  | { readonly kind: "renameTable"; readonly schema: string; readonly name: string }
  | {
      readonly kind: "alterColumn";
      readonly column: number;
      readonly info: ColumnInfo;
      /** Undefined: the stored values stay as they are. */
      readonly convert: ((value: Value, row: readonly Value[]) => Value) | undefined;
    }
  /** An index that differs from one there was in its name only is that one, renamed. */
  | {
      readonly kind: "setConstraints";
      readonly primaryKey: readonly number[];
      readonly indexes: readonly IndexInfo[];
      readonly foreignKeys: readonly ForeignKeyInfo[];
      readonly checks: readonly CheckInfo[];
    };
