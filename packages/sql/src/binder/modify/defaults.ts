import type { TableInfo } from "../../contract/source.js";
import type { Expr } from "../expr.js";
import type { Statement } from "../statement.js";
import { bindDefault, parseStored } from "./stored-expressions.js";

/** The values of columns that a statement leaves out or gives DEFAULT to, bound when needed. */
export class ColumnDefaults {
  readonly #statement: Statement;
  readonly #table: TableInfo;
  readonly #bound: (Expr | undefined)[] = [];

  constructor(statement: Statement, table: TableInfo) {
    this.#statement = statement;
    this.#table = table;
  }

  /** NULL for a generated column, whose value follows from the rest of the row. */
  of(column: number): Expr {
    return (this.#bound[column] ??= this.#bind(column));
  }

  #bind(column: number): Expr {
    const info = this.#table.columns[column]!;
    if (info.defaultSql === undefined || info.generatedSql !== undefined) {
      return { kind: "const", value: null, type: info.type };
    }
    return bindDefault(this.#statement, info, parseStored(info.defaultSql));
  }
}
