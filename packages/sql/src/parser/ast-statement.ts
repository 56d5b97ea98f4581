import type { ExpressionNode, Positioned, SortItem, TypeName } from "./ast-expression.js";
import type { FromNode, ObjectName, QueryNode, SelectItem, WithClause } from "./ast-query.js";
import type { DefinitionStatement } from "./ast-definition.js";

export interface Assignment extends Positioned {
  readonly columns: readonly string[];
  /** What stands behind a dot after the only column, as in `t.a`; no column has fields. */
  readonly field?: string;
  /** For several columns a row or a subquery. */
  readonly value: ExpressionNode;
}

export interface OnConflict extends Positioned {
  /** What identifies the conflict; nothing at all means any. */
  readonly target: readonly SortItem[];
  readonly targetWhere?: ExpressionNode;
  readonly constraint?: string;
  readonly action: "nothing" | "update";
  readonly assignments: readonly Assignment[];
  readonly where?: ExpressionNode;
}

export interface InsertStatement extends Positioned {
  readonly kind: "insert";
  readonly with?: WithClause;
  readonly table: ObjectName;
  readonly alias?: string;
  /** Undefined where the text names none. */
  readonly columns?: readonly ColumnName[];
  readonly overriding?: "system" | "user";
  /** Undefined for DEFAULT VALUES. */
  readonly source?: QueryNode;
  readonly onConflict?: OnConflict;
  readonly returning: readonly SelectItem[];
}

export interface ColumnName extends Positioned {
  readonly name: string;
}

export interface UpdateStatement extends Positioned {
  readonly kind: "update";
  readonly with?: WithClause;
  readonly table: ObjectName;
  readonly alias?: string;
  readonly assignments: readonly Assignment[];
  readonly from: readonly FromNode[];
  readonly where?: ExpressionNode;
  readonly returning: readonly SelectItem[];
}

export interface DeleteStatement extends Positioned {
  readonly kind: "delete";
  readonly with?: WithClause;
  readonly table: ObjectName;
  readonly alias?: string;
  readonly using: readonly FromNode[];
  readonly where?: ExpressionNode;
  readonly returning: readonly SelectItem[];
}

export interface TransactionModes {
  readonly isolation?: "serializable" | "repeatable read" | "read committed" | "read uncommitted";
  readonly readOnly?: boolean;
  readonly deferrable?: boolean;
}

export type TransactionStatement =
  | ({ readonly kind: "begin"; readonly modes: TransactionModes } & Positioned)
  | ({ readonly kind: "commit" | "rollback"; readonly chain: boolean } & Positioned)
  | ({
      readonly kind: "savepoint" | "release" | "rollbackTo";
      readonly name: string;
    } & Positioned)
  | ({
      readonly kind: "setTransaction";
      /** SET SESSION CHARACTERISTICS: for the transactions to come. */
      readonly session: boolean;
      readonly modes: TransactionModes;
    } & Positioned);

export type SettingStatement =
  | ({
      readonly kind: "set";
      readonly name: string;
      readonly local: boolean;
      /** Undefined for DEFAULT. */
      readonly values?: readonly string[];
    } & Positioned)
  /** `name` is "all" for RESET ALL and SHOW ALL, "tables" for SHOW TABLES. */
  | ({ readonly kind: "reset" | "show"; readonly name: string } & Positioned)
  | ({ readonly kind: "discard"; readonly what: string } & Positioned);

/** VACUUM, ANALYZE and the like, which the database does by itself, and what changes nothing. */
export interface MaintenanceStatement extends Positioned {
  readonly kind: "maintenance";
  readonly command: string;
}

export type PreparedStatement =
  | ({
      readonly kind: "prepare";
      readonly name: string;
      readonly types: readonly TypeName[];
      readonly statement: Statement;
      /** The text of the statement inside. */
      readonly text: string;
    } & Positioned)
  | ({
      readonly kind: "execute";
      readonly name: string;
      readonly arguments: readonly ExpressionNode[];
    } & Positioned)
  /** Without a name: all of them. */
  | ({ readonly kind: "deallocate"; readonly name?: string } & Positioned);

export interface ExplainStatement extends Positioned {
  readonly kind: "explain";
  /** Names as written; an option without a value is "true". */
  readonly options: Readonly<Record<string, string>>;
  readonly statement: Statement;
}

export type Statement =
  | QueryNode
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | DefinitionStatement
  | TransactionStatement
  | SettingStatement
  | MaintenanceStatement
  | PreparedStatement
  | ExplainStatement;
