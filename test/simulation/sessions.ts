import type { SqlSession } from "@aegisdb/sql";
import { assert } from "../../packages/core/src/errors.js";
import { outcomeInTime } from "../../packages/core/src/testing/simulation/pending.js";
import { compareAnswer, isConflict, type CommitNotes, type Work } from "./commits.js";
import { applySql, type Expected } from "./model-sql.js";
import type { DatabaseState } from "./model.js";
import { statementOf } from "./operations.js";
import type { OwnStep } from "./workload.js";

interface Slot {
  readonly session: SqlSession;
  readonly work: Work;
  /** Commits so far when it began. */
  readonly began: number;
  /** States at the savepoints. */
  readonly marks: DatabaseState[];
}

/** Transactions of sessions, which stay open while others go on. */
export class DatabaseSessions {
  private readonly slots = new Map<number, Slot>();

  constructor(private readonly notes: CommitNotes) {}

  begin({ slot, isolation }: OwnStep & { readonly step: "begin" }): void {
    this.slots.get(slot)?.session.close();
    const session = this.notes.connection.session();
    const level = isolation === "serializable" ? "SERIALIZABLE" : "REPEATABLE READ";
    run(session, `BEGIN ISOLATION LEVEL ${level}`);
    // A session takes its snapshot with the first statement after BEGIN.
    run(session, "SAVEPOINT begun");
    this.slots.set(slot, {
      session,
      work: this.notes.newWork(),
      began: this.notes.ledger.count,
      marks: [],
    });
  }

  work({ slot, operation }: OwnStep & { readonly step: "work" }): void {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    const { session, work } = open;
    const { text, params } = statementOf(operation);
    const after = work.state.fork();
    const failed = session.status === "failed";
    const expected: Expected = failed
      ? { kind: "refused", codes: ["FAILED_TRANSACTION"] }
      : applySql(after, operation);
    try {
      const done = this.notes.given(operation, expected, () =>
        session.run(session.prepare(text), params),
      );
      if (done === undefined) {
        assert(session.status === "failed", "a failed statement fails its transaction");
        return;
      }
      compareAnswer(operation, expected, done.rowCount);
      work.state = after;
    } catch (error) {
      this.slots.delete(slot);
      session.close();
      this.admitConflict(error, open);
    }
  }

  savepoint(slot: number): void {
    const open = this.slots.get(slot);
    if (open === undefined || open.session.status === "failed") return;
    run(open.session, `SAVEPOINT s${open.marks.length}`);
    open.marks.push(open.work.state);
    open.work.state = open.work.state.fork();
  }

  rollback(slot: number): void {
    const open = this.slots.get(slot);
    const mark = open?.marks.at(-1);
    if (open === undefined || mark === undefined) return;
    run(open.session, `ROLLBACK TO s${open.marks.length - 1}`);
    open.work.state = mark.fork();
    this.notes.counts.savepointRollbacks++;
  }

  async finish({ slot, commit }: OwnStep & { readonly step: "finish" }): Promise<void> {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    this.slots.delete(slot);
    const { session, work } = open;
    const failed = session.status === "failed";
    const prepared = session.prepare(commit ? "COMMIT" : "ROLLBACK");
    const { command, durable } = session.run(prepared, []);
    session.close();
    assert(
      command === (commit && !failed ? "COMMIT" : "ROLLBACK"),
      `${command} ends a transaction`,
    );
    if (command === "ROLLBACK") return;
    const noted = this.notes.noteMerged(work);
    try {
      await outcomeInTime(durable!);
      assert(noted !== undefined || !work.state.differsFrom(work.before), "COMMIT commits");
      if (noted !== undefined) noted.acknowledged = true;
    } catch (error) {
      this.admitConflict(error, open);
      assert(noted === undefined, "a transaction that met a conflict was committed");
    }
  }

  /** Throws the error unless it is a conflict that can be. */
  private admitConflict(error: unknown, { began }: Slot): void {
    if (!isConflict(error)) throw error;
    this.notes.counts.conflicts++;
    assert(this.notes.ledger.count > began, "a transaction that was alone met a conflict");
  }

  /** Gives up what is open. */
  abandon(): void {
    for (const { session } of this.slots.values()) session.close();
    this.slots.clear();
  }
}

function run(session: SqlSession, text: string): void {
  session.run(session.prepare(text), []);
}
