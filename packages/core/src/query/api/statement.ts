import { PlanMemo, type PreparedText, type RunOptions, type SqlSession } from "@aegisdb/sql";
import { showAs } from "../../base/inspected.js";
import { AegisError } from "../../errors.js";
import type {
  PreparedStatement,
  ReadStatement,
  RunResult,
  StatementArguments,
  TransactionStatement,
} from "./types.js";

/** A statement of one session: what `prepare` gives, in all its forms. */
class SessionStatement<Params, Row> implements ReadStatement<Params, Row> {
  static {
    showAs(this, "Statement", (statement) => ({ text: statement.text }));
  }

  readonly text: string;
  protected readonly session: SqlSession;
  protected readonly prepared: PreparedText;
  protected readonly options: RunOptions;

  constructor(session: SqlSession, text: string, options: RunOptions) {
    this.text = text;
    this.session = session;
    this.prepared = session.prepare(text);
    this.options = { ...options, memo: new PlanMemo() };
  }

  get(...params: StatementArguments<Params>): Row | undefined {
    this.#assertReading("get");
    return this.session.first(this.prepared, params, this.options) as Row | undefined;
  }

  all(...params: StatementArguments<Params>): Row[] {
    this.#assertReading("all");
    return this.session.run(this.prepared, params, this.options).rows as Row[];
  }

  iterate(...params: StatementArguments<Params>): IterableIterator<Row> {
    this.#assertReading("iterate");
    return this.session.iterate(this.prepared, params, this.options) as IterableIterator<Row>;
  }

  /** A write would be done before anybody could wait for it. */
  #assertReading(call: string): void {
    if (this.prepared.reads) return;
    throw new AegisError("INVALID_ARGUMENT", `${call} is for statements that only read`, {
      hint: "Use run, which also gives the rows of RETURNING.",
    });
  }
}

/** Only reads: on a snapshot. */
export class SnapshotStatement<Params, Row> extends SessionStatement<Params, Row> {}

export class DatabaseStatement<Params, Row>
  extends SessionStatement<Params, Row>
  implements PreparedStatement<Params, Row>
{
  /** Done when this returns, whoever waits for it; every failure is a rejection. */
  async run(...params: StatementArguments<Params>): Promise<RunResult<Row>> {
    const { rowCount, rows, durable } = this.session.run(this.prepared, params, this.options);
    await durable;
    return { rowCount, rows: rows as Row[] };
  }
}

export class InTransactionStatement<Params, Row>
  extends SessionStatement<Params, Row>
  implements TransactionStatement<Params, Row>
{
  run(...params: StatementArguments<Params>): RunResult<Row> {
    const { rowCount, rows } = this.session.run(this.prepared, params, this.options);
    return { rowCount, rows: rows as Row[] };
  }
}
