import type { ColumnInfo, IndexInfo, SqlType, TableDefinition } from "@aegisdb/sql";
import { ManualClock } from "../base/clock.js";
import { Prng } from "../base/prng.js";
import * as lifeCycle from "../engine/life-cycle.js";
import { openEngine, type EngineOptions, type OpenedEngine } from "../engine/open-engine.js";
import { createSqlHost, type EngineSqlHost } from "../query/host.js";
import type { Host, ProcessIdentity } from "../vfs/host.js";
import { MemFs } from "../vfs/mem-fs.js";

const MB = 1024 * 1024;

/** Every opening is another process, and all others are dead. */
class FreshHost implements Host {
  static #pids = 0;
  readonly #pid = ++FreshHost.#pids;

  self(): ProcessIdentity {
    return { pid: this.#pid, startTime: "0", bootId: "boot", pidNamespace: "pid", host: "test" };
  }

  isDead(identity: ProcessIdentity): boolean {
    return identity.pid !== this.#pid;
  }
}

/** A host of SQL over an engine on a disk in memory. */
export class SqlFixture {
  readonly disk: MemFs;
  readonly opened: OpenedEngine;
  readonly host: EngineSqlHost;

  constructor(disk: MemFs = new MemFs(), options: Partial<EngineOptions> = {}) {
    this.disk = disk;
    this.opened = openEngine({
      vfs: disk,
      directory: "/sql",
      host: new FreshHost(),
      clock: new ManualClock(Date.UTC(2026, 0, 1) * 1000),
      prng: new Prng(1),
      memory: false,
      sync: "commit",
      syncIntervalMs: 100,
      maxTransactionBytes: 256 * MB,
      bufferPoolBytes: 16 * MB,
      writeBufferBytes: 64 * MB,
      compression: "none",
      inlineBackground: true,
      threads: false,
      ...options,
    });
    this.host = createSqlHost(this.opened.engine, { random: () => 0.5, clock: () => 0 });
  }

  /** The same database after a clean close. */
  async reopened(): Promise<SqlFixture> {
    await this.close();
    return new SqlFixture(this.disk);
  }

  /** The same database as a power cut leaves it, with nothing of what was not synced. */
  crashed(): SqlFixture {
    return new SqlFixture(this.disk.crashClone({ int: () => 0 }, { style: "lost" }));
  }

  /** Moves everything into run files. */
  checkpoint(): Promise<void> {
    return lifeCycle.checkpoint(this.opened);
  }

  compact(): Promise<void> {
    return lifeCycle.compact(this.opened, {});
  }

  async close(): Promise<void> {
    this.host.close();
    await lifeCycle.close(this.opened);
  }
}

export function column(name: string, type: SqlType | SqlType["name"], notNull = false): ColumnInfo {
  return {
    name,
    type: typeof type === "string" ? { name: type } : type,
    notNull,
    defaultSql: undefined,
    identity: undefined,
    generatedSql: undefined,
  };
}

export function index(
  name: string,
  columns: readonly number[],
  part: Partial<IndexInfo> = {},
): IndexInfo {
  return {
    name,
    columns: columns.map((position) => ({ column: position, descending: false })),
    unique: false,
    nullsNotDistinct: false,
    constraint: undefined,
    ...part,
  };
}

/** A table of schema public; a primary key has its index, as SQL gives it. */
export function definition(
  name: string,
  columns: readonly ColumnInfo[],
  primaryKey: readonly number[],
  indexes: readonly IndexInfo[] = [],
): TableDefinition {
  const primary = index(`${name}_pkey`, primaryKey, { unique: true, constraint: "primary" });
  return {
    schema: "public",
    name,
    columns,
    primaryKey,
    indexes: primaryKey.length === 0 ? indexes : [primary, ...indexes],
    foreignKeys: [],
    checks: [],
  };
}
