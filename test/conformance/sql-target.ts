// The database that cases are run on: sessions by name over one fresh database in memory, with
// values as the text that PostgreSQL prints.

import { systemClock } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import * as lifeCycle from "../../packages/core/src/engine/life-cycle.js";
import { openEngine } from "../../packages/core/src/engine/open-engine.js";
import { createSqlHost } from "../../packages/core/src/query/host.js";
import { NodeHost } from "../../packages/core/src/vfs/host.js";
import { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import {
  type Datum,
  runScript,
  type ScriptStep,
  SqlEngine,
  type SqlSession,
  type StatementResult,
  toText,
} from "../../packages/sql/src/index.js";

const MB = 1024 * 1024;
const STATEMENT_MS = 10_000;

export interface Answer {
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface Target {
  /** Runs a text in the session of that name; gives the rows of its last statement. */
  run(session: string, text: string): Promise<Answer>;
  close(): Promise<void>;
}

export function openTarget(): Target {
  const opened = openEngine({
    vfs: new MemFs(),
    directory: "/memory",
    host: new NodeHost(),
    clock: systemClock,
    prng: new Prng(1),
    memory: true,
    sync: "commit",
    syncIntervalMs: 100,
    maxTransactionBytes: 1024 * MB,
    bufferPoolBytes: 64 * MB,
    writeBufferBytes: 64 * MB,
    compression: "none",
    inlineBackground: false,
    threads: false,
  });
  const prng = new Prng(1);
  const host = createSqlHost(opened.engine, {
    random: () => prng.float(),
    clock: () => systemClock.now(),
  });
  const engine = new SqlEngine(host, { currentUser: "postgres", currentDatabase: "postgres" });
  const sessions = new Map<string, SqlSession>();
  return {
    run: async (name, text) => {
      const session = sessions.get(name) ?? engine.session();
      sessions.set(name, session);
      return runText(session, text);
    },
    close: async () => {
      for (const session of sessions.values()) session.close();
      host.close();
      await lifeCycle.close(opened);
    },
  };
}

async function runText(session: SqlSession, text: string): Promise<Answer> {
  let last: StatementResult | undefined;
  const steps = runScript(session, text, { form: "datums", timeout: STATEMENT_MS });
  for (;;) {
    const step: IteratorResult<ScriptStep, unknown> = steps.next();
    if (step.done === true) break;
    last = step.value.result;
    await last.durable;
  }
  return { rows: last === undefined ? [] : textRows(last, session) };
}

function textRows({ rows, columns }: StatementResult, session: SqlSession): Answer["rows"] {
  const timeZone = session.settings.get("timezone") ?? "UTC";
  return (rows as (readonly Datum[])[]).map((row) =>
    row.map((datum, i) => (datum === null ? null : toText(datum, columns[i]!.type, timeZone))),
  );
}
