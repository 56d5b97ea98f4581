import type { Notice } from "@aegisdb/sql";

/**
 * Values for the parameters of a statement: an array for `$1` and `?`, an object for `:name`. What
 * a parameter takes follows from its type: numbers and bigints, strings, booleans, Dates (or epoch
 * milliseconds), Uint8Arrays, arrays, and anything JSON can carry for json and jsonb.
 */
export type SqlParameters = readonly unknown[] | Readonly<Record<string, unknown>>;

/** A row as it comes unless its type is given. */
export type SqlRow = Record<string, unknown>;

/** How values reach JavaScript. */
export interface RowOptions {
  /** A row is an object by column names (default), or an array in the order of the columns. */
  readonly rowMode?: "object" | "array" | undefined;
  /** BIGINT: "mixed" (default) is a number where that is safe, else a bigint. */
  readonly bigints?: "mixed" | "bigint" | "string" | undefined;
  /** NUMERIC that a number could round: "string" (default), or "number". */
  readonly decimals?: "string" | "number" | undefined;
  /** TIMESTAMP: "date" (default) cuts to milliseconds, "string" and "micros" do not. */
  readonly timestamps?: "date" | "string" | "micros" | undefined;
}

export interface QueryOptions extends RowOptions {
  /** Ends the statement: ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, or text such as "5s"; past it the statement ends with TIMEOUT. 0: none. */
  readonly timeout?: number | string | undefined;
  /** Bytes, or text such as "64MB"; a result whose rows take more fails with RESULT_TOO_LARGE. */
  readonly maxResultSize?: number | string | undefined;
}

export interface QueryColumn {
  readonly name: string;
  /** As PostgreSQL names it: "integer", "numeric(10,2)", "text[]". */
  readonly type: string;
}

export interface QueryResult<Row = SqlRow> {
  /** What ran: "SELECT", "INSERT", "CREATE TABLE". */
  readonly command: string;
  readonly columns: readonly QueryColumn[];
  readonly rows: Row[];
  /** Rows of the result, or rows written. */
  readonly rowCount: number;
  readonly executionTimeMs: number;
  readonly notices: readonly Notice[];
}

export interface RunResult<Row = SqlRow> {
  /** Rows written, or rows of a result. */
  readonly rowCount: number;
  /** What RETURNING gave. */
  readonly rows: Row[];
}

export interface ScriptOptions {
  /** Ends the script: ABORTED. Looked at between statements. */
  readonly signal?: AbortSignal | undefined;
  /** Of each statement; see `QueryOptions`. */
  readonly timeout?: number | string | undefined;
  /** After each statement. */
  readonly onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

export interface ScriptResult {
  readonly statements: number;
  /** Rows that were inserted, updated or deleted. */
  readonly rowCount: number;
  /** How often each command ran: `{ "CREATE TABLE": 11, INSERT: 15607 }`. */
  readonly commands: Readonly<Record<string, number>>;
  readonly notices: readonly Notice[];
  readonly executionTimeMs: number;
}

export interface ExplainOptions {
  /** Runs the statement, which must only read, and says what each node did. */
  readonly analyze?: boolean | undefined;
  /** Values of the statement's parameters; needed with `analyze`. */
  readonly params?: SqlParameters | undefined;
  /** "text" (default): lines. "json": PostgreSQL's tree of nodes, parsed. */
  readonly format?: "text" | "json" | undefined;
}

/** The arguments of a prepared statement's calls: a list, or one object for `:name`. */
export type StatementArguments<Params> = Params extends readonly unknown[] ? Params : [Params];

/** A statement's reading calls; all are synchronous and throw on a statement that writes. */
export interface ReadStatement<Params = unknown[], Row = SqlRow> {
  readonly text: string;
  /** The first row. */
  get(...params: StatementArguments<Params>): Row | undefined;
  all(...params: StatementArguments<Params>): Row[];
  /** Rows as they are asked for, of the instant of the call. Ends early with `return`. */
  iterate(...params: StatementArguments<Params>): IterableIterator<Row>;
}

/** A statement that is parsed once and planned once a shape of its parameters. */
export interface PreparedStatement<Params = unknown[], Row = SqlRow> extends ReadStatement<
  Params,
  Row
> {
  /** Runs it; settles when what it wrote is durable. */
  run(...params: StatementArguments<Params>): Promise<RunResult<Row>>;
}

/** The same inside a transaction, where nothing is waited for. */
export interface TransactionStatement<Params = unknown[], Row = SqlRow> extends ReadStatement<
  Params,
  Row
> {
  run(...params: StatementArguments<Params>): RunResult<Row>;
}

/** SQL inside a transaction: everything is done when the call returns. */
export interface TransactionSql {
  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): QueryResult<Row>;
  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): TransactionStatement<Params, Row>;
  /** Values become parameters; gives the rows. */
  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Row[];
  /** Runs the statements of a script. */
  exec(script: string, options?: ScriptOptions): ScriptResult;
}

/** SQL on a snapshot: reads only. */
export interface SnapshotSql {
  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): ReadStatement<Params, Row>;
  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<Row[]>;
}
