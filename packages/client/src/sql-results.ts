/** Values for `$1` and `?`, or by name for `:name`. */
export type QueryParameters = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Something that a statement wants to be known besides its result. */
export interface Notice {
  readonly severity: string;
  readonly message: string;
}

/** The result of one statement. Times are ISO 8601; integers beyond 2^53 come as text. */
export interface QueryResult {
  /** What ran: "SELECT", "INSERT", "CREATE TABLE". */
  readonly command: string;
  readonly columns: readonly string[];
  /** The SQL type of each column. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows of the result, or rows written. */
  readonly row_count: number;
  readonly notices?: readonly Notice[];
  readonly execution_time_ms: number;
}

/** What a script did. */
export interface ScriptResult {
  readonly statements: number;
  readonly row_count: number;
  /** How often each command ran. */
  readonly commands: Readonly<Record<string, number>>;
  readonly notices: readonly Notice[];
  readonly execution_time_ms: number;
}

export interface TableSummary {
  readonly schema: string;
  readonly name: string;
  /** How many it has. */
  readonly columns: number;
  readonly row_count: number;
  readonly bytes: number;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
}

export interface TableIndex {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  readonly unique: boolean;
  readonly bytes: number;
}

export type TableConstraint =
  | {
      readonly kind: "primary_key" | "unique";
      readonly name: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "foreign_key";
      readonly name: string;
      readonly columns: readonly string[];
      readonly references: {
        readonly schema: string;
        readonly table: string;
        readonly columns: readonly string[];
      };
      readonly on_delete: string;
      readonly on_update: string;
    }
  | { readonly kind: "check"; readonly name: string; readonly expression: string };

/** A table with its columns and constraints. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly primary_key: readonly string[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly TableIndex[];
  readonly row_count: number;
  readonly bytes: number;
}
