import { showAs } from "./base/inspected.js";
import type { WriteTransaction } from "./engine/contract.js";
import type { KeyValueStore, TransactionKeyValue } from "./kv/index.js";
import type {
  QueryOptions,
  QueryResult,
  RowOptions,
  ScriptOptions,
  ScriptResult,
  SqlDatabase,
  SqlParameters,
  SqlRow,
  TransactionSql,
  TransactionStatement,
} from "./query/api/index.js";

/** What `db.transaction` gives its function: the models, their writes returning plain values. */
export class Transaction implements TransactionSql {
  static {
    showAs(this, "Transaction", (transaction) => ({ readOnly: transaction.#tx.readOnly }));
  }

  readonly #tx: WriteTransaction;
  readonly #store: KeyValueStore;
  readonly #database: SqlDatabase;
  // Made when they are first used: most transactions need one of them.
  #kv: TransactionKeyValue | undefined;
  #sql: TransactionSql | undefined;

  constructor(tx: WriteTransaction, store: KeyValueStore, database: SqlDatabase) {
    this.#tx = tx;
    this.#store = store;
    this.#database = database;
  }

  get kv(): TransactionKeyValue {
    return (this.#kv ??= this.#store.inTransaction(this.#tx));
  }

  /** Runs a statement of SQL to its end. */
  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): QueryResult<Row> {
    return this.#calls.query(text, params, options);
  }

  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): TransactionStatement<Params, Row> {
    return this.#calls.prepare(text, options);
  }

  /** A template tag: values become parameters. Gives the rows. */
  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Row[] {
    return this.#calls.sql(parts, ...values);
  }

  /** Runs the statements of a script. */
  exec(script: string, options?: ScriptOptions): ScriptResult {
    return this.#calls.exec(script, options);
  }

  get #calls(): TransactionSql {
    return (this.#sql ??= this.#database.inTransaction(this.#tx));
  }
}
