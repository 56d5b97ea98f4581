import { Prng } from "../../packages/core/src/base/prng.js";
import { HeldSince } from "../../packages/core/src/testing/simulation/held.js";
import { SimulatedClock } from "../../packages/core/src/testing/simulation/simulated-host.js";
import {
  Simulation,
  type SimulationParts,
} from "../../packages/core/src/testing/simulation/simulation.js";
import type { DatabaseSnapshot } from "../../packages/core/src/snapshot.js";
import { CommitNotes } from "./commits.js";
import { Comparison } from "./comparison.js";
import { Connection, readerOfSnapshot } from "./connection.js";
import type { DatabaseCounts } from "./counts.js";
import { DatabaseState } from "./model.js";
import { Rot } from "./rot.js";
import { createSchema } from "./schema.js";
import { DatabaseSessions } from "./sessions.js";
import { DatabaseTransactions } from "./transactions.js";
import type { OwnStep } from "./workload.js";

interface Held {
  readonly snapshot: DatabaseSnapshot;
  readonly state: DatabaseState;
  readonly now: number;
  readonly since: HeldSince;
}

/** Tables, keys and values of one database, through what users have of it. */
export class DatabaseSimulation extends Simulation<DatabaseState, OwnStep> {
  declare protected readonly counts: DatabaseCounts;
  private connection!: Connection;
  private transactions!: DatabaseTransactions;
  private sessions!: DatabaseSessions;
  private readonly held: Held[] = [];

  constructor(parts: SimulationParts & { readonly counts: DatabaseCounts }) {
    // The time that an operation happens at must be known to the model.
    super({ ...parts, clock: new SimulatedClock(parts.config.tickMs, true) }, new DatabaseState());
  }

  protected override async setUp(): Promise<void> {
    await createSchema(this.connection);
    await this.opened.engine.durable();
    const { seq } = this.opened.engine;
    this.ledger.add(seq, new DatabaseState()).acknowledged = true;
    // A database without the tables is no state that a workload may ever find.
    this.ledger.recovered(seq, false);
  }

  protected override connect(): void {
    const { ledger, counts, pending } = this;
    const { engine } = this.opened;
    this.connection = new Connection(this.opened, () => {
      if (engine.seq !== ledger.seq) ledger.add(engine.seq, ledger.state);
    });
    const { connection } = this;
    const notes = new CommitNotes({ connection, ledger, counts, pending });
    this.transactions = new DatabaseTransactions(notes);
    this.sessions = new DatabaseSessions(notes);
  }

  protected override abandon(): void {
    for (const { snapshot } of this.held.splice(0)) snapshot.release();
    this.sessions.abandon();
    this.connection.close();
  }

  protected override take(step: OwnStep): void | Promise<void> {
    switch (step.step) {
      case "do":
        this.transactions.do(step.operation);
        return step.wait ? this.pending.settle() : undefined;
      case "transact":
        return this.transact(step);
      case "begin":
        return this.sessions.begin(step);
      case "work":
        return this.sessions.work(step);
      case "savepoint":
        return this.sessions.savepoint(step.slot);
      case "rollback":
        return this.sessions.rollback(step.slot);
      case "finish":
        return this.sessions.finish(step);
      case "hold":
        return this.hold();
      case "compareHeld":
        return this.compareHeld(new Prng(step.seed));
      case "release":
        this.held.splice(step.which, 1).forEach(({ snapshot }) => snapshot.release());
        return undefined;
      case "advance":
        return this.clock.advance(step.ms);
      case "sweep":
        return this.transactions.sweep();
      case "rot":
        return new Rot(this.computer, this.ledger, this.counts).strike(
          new Prng(step.seed),
          step.open,
        );
    }
  }

  private async transact(step: OwnStep & { readonly step: "transact" }): Promise<void> {
    await this.transactions.transact(step);
    if (step.wait) await this.pending.settle();
  }

  private hold(): void {
    const { state } = this.ledger;
    const now = this.opened.engine.now();
    const snapshot = this.connection.snapshot();
    this.held.push({ snapshot, state, now, since: new HeldSince(this.opened) });
  }

  private compareHeld(prng: Prng): void {
    for (const { snapshot, state, now, since } of this.held) {
      new Comparison(readerOfSnapshot(snapshot), state, now, "a held snapshot").all(prng);
      since.count(this.counts);
    }
  }

  protected override compareLatest(prng: Prng): void {
    const now = this.opened.engine.now();
    new Comparison(this.connection.reader, this.ledger.state, now, "the database").all(prng);
  }

  protected override problem(): Promise<string | undefined> {
    return this.connection.problem();
  }
}
