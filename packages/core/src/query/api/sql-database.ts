import { SqlEngine, type SqlSession } from "@aegisdb/sql";
import { systemClock } from "../../base/clock.js";
import type { Prng } from "../../base/prng.js";
import type { Engine, ReadView, WriteTransaction } from "../../engine/contract.js";
import { createSqlHost, type EngineSqlHost } from "../host.js";
import { preciseClock } from "./precise-clock.js";
import { execInTurns } from "./script.js";
import { Session } from "./session.js";
import { SqlAtInstant, SqlInTransaction } from "./sql-calls.js";
import type { ScriptOptions, ScriptResult } from "./types.js";

/** SQL over an engine: what `db`, its transactions, its snapshots and its sessions run on. */
export class SqlDatabase {
  readonly host: EngineSqlHost;
  /** Single statements, for `db` itself. */
  readonly statements: SqlSession;
  readonly #engine: SqlEngine;

  constructor(engine: Engine, prng: Prng, maxQueryMemory: number) {
    this.host = createSqlHost(engine, {
      random: () => prng.float(),
      clock: preciseClock(systemClock),
    });
    this.#engine = new SqlEngine(this.host, { maxQueryMemory });
    this.statements = this.#engine.autocommit();
  }

  session(): Session {
    return new Session(this.#engine.session());
  }

  /** Runs a script in a session of its own, so that it may begin and end transactions. */
  async exec(script: string, options?: ScriptOptions): Promise<ScriptResult> {
    const session = this.#engine.session();
    try {
      return await execInTurns(session, script, options);
    } finally {
      session.close();
    }
  }

  inTransaction(tx: WriteTransaction): SqlInTransaction {
    const { readOnly, serializable } = tx;
    const isolation = serializable ? "serializable" : "repeatable read";
    const modes = { isolation, readOnly } as const;
    return new SqlInTransaction(this.#engine.within(this.host.inTransaction(tx), modes));
  }

  at(view: ReadView): SqlAtInstant {
    return new SqlAtInstant(this.#engine.at(this.host.at(view)));
  }

  close(): void {
    this.host.close();
  }
}
