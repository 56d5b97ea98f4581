import { showAs } from "./base/inspected.js";
import type { Snapshot } from "./engine/contract.js";
import type { KeyValueStore, SnapshotKeyValue } from "./kv/index.js";
import type {
  QueryOptions,
  QueryResult,
  ReadStatement,
  RowOptions,
  SnapshotSql,
  SqlDatabase,
  SqlParameters,
  SqlRow,
} from "./query/api/index.js";

/** The database at one instant, until released. Reads only. */
export class DatabaseSnapshot implements SnapshotSql, Disposable {
  static {
    showAs(this, "DatabaseSnapshot", (snapshot) => ({ seq: snapshot.#view.seq }));
  }

  readonly kv: SnapshotKeyValue;
  readonly #view: Snapshot;
  readonly #database: SqlDatabase;
  #sql: SnapshotSql | undefined;

  constructor(view: Snapshot, store: KeyValueStore, database: SqlDatabase) {
    this.kv = store.at(view);
    this.#view = view;
    this.#database = database;
  }

  /** Runs a reading statement of SQL. */
  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    return this.#calls.query(text, params, options);
  }

  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): ReadStatement<Params, Row> {
    return this.#calls.prepare(text, options);
  }

  /** A template tag: values become parameters. Gives the rows. */
  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#calls.sql(parts, ...values);
  }

  release(): void {
    this.#view.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  get #calls(): SnapshotSql {
    return (this.#sql ??= this.#database.at(this.#view));
  }
}
