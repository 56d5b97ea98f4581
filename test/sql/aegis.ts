import { SqlEngine, type SqlSession, type SqlType, runScript, toText } from "@aegisdb/sql";
import { SqlFixture } from "../../packages/core/src/testing/sql-fixture.js";
import type { TextResult } from "./postgres.js";

/** A database of ours over a disk in memory, whose results come as PostgreSQL would print them. */
export class Aegis {
  readonly fixture: SqlFixture = new SqlFixture();
  private readonly session: SqlSession = new SqlEngine(this.fixture.host).session();

  exec(script: string): void {
    const steps = runScript(this.session, script);
    while (steps.next().done !== true);
  }

  query(sql: string): TextResult {
    const result = this.session.run(this.session.prepare(sql), [], { form: "datums" });
    const rows = (result.rows as Parameters<typeof toText>[0][][]).map((row) =>
      row.map((datum, i) => textOf(datum, result.columns[i]!.type)),
    );
    return { columns: result.columns.map((column) => column.name), rows };
  }

  async close(): Promise<void> {
    this.session.close();
    await this.fixture.close();
  }
}

function textOf(datum: Parameters<typeof toText>[0] | null, type: SqlType): string | null {
  return datum === null ? null : toText(datum, type, "UTC");
}
