import { yieldToEventLoop } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import { checkpoint, close, compact } from "../../packages/core/src/engine/life-cycle.js";
import type { OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { AegisError } from "../../packages/core/src/errors.js";
import { Computer } from "../../packages/core/src/testing/simulation/computer.js";
import { SimulatedClock } from "../../packages/core/src/testing/simulation/simulated-host.js";
import type { SmallLimits } from "../../packages/core/src/testing/simulation/small-limits.js";
import type { SimulationConfig } from "../../packages/core/src/testing/simulation/steps.js";
import { Connection } from "./connection.js";
import { DatabaseCounts } from "./counts.js";
import { callKv, isSqlOperation, SPACES, type Operation } from "./operations.js";
import { randomCity, randomKey, randomNumbers } from "./random-values.js";
import { createSchema } from "./schema.js";
import { generateOperation } from "./workload.js";

export const OPERATIONS = 150;
const KB = 1024;

/** What a user can choose and what is fixed: none of it may change an answer. */
export function randomConfiguration(prng: Prng): SimulationConfig {
  const limits: Partial<SmallLimits> = {
    LOG_SEGMENT_BYTES: prng.pick([4, 16, 256, 64 * KB]) * KB,
    SCAN_BLOCK_ROWS: prng.pick([2, 16, 100, 4096]),
    POINT_BLOCK_BYTES: prng.pick([64, 512, 16 * KB]),
    MAX_BLOCK_BYTES: prng.pick([1, 4, 4 * KB]) * KB,
    LEVEL_BASE_BYTES: prng.pick([1, 2, 16, 32 * KB]) * KB,
    LEVEL_GROWTH: prng.pick([2, 3, 10]),
    LEVEL_ZERO_SECTIONS: prng.pick([2, 3, 8]),
    COMPACTION_OUTPUT_BYTES: prng.pick([512, 4 * KB, 16 * KB * KB]),
    SMALL_SECTION_BYTES: prng.pick([0, 512, 64 * KB]),
    MERGE_STEP_ROWS: prng.pick([1, 50, 2048]),
    MANIFEST_ROTATE_BYTES: prng.pick([1, 4, KB]) * KB,
  };
  return {
    writeBufferBytes: prng.pick([2, 8, 64, 1024]) * KB,
    bufferPoolBytes: prng.pick([0, 64 * KB, KB * KB, 16 * KB * KB]),
    compression: prng.pick(["none", "lz4"]),
    inlineBackground: prng.chance(0.5),
    sync: prng.pick(["commit", "interval", "none"]),
    tickMs: prng.pick([0, 0.1, 2]),
    limits,
  };
}

/** A database of one configuration, and all that it has answered. */
export class Subject {
  private opened: OpenedEngine;
  private connection: Connection;
  private readonly clock = new SimulatedClock(0.1, true);
  private readonly computer: Computer;
  readonly answers: string[] = [];
  readonly counts = new DatabaseCounts();

  constructor(config: SimulationConfig) {
    this.computer = new Computer(config, this.counts, this.clock);
    this.opened = this.computer.open();
    this.connection = new Connection(this.opened);
  }

  async run(seed: number): Promise<void> {
    await createSchema(this.connection);
    const prng = new Prng(seed);
    for (let i = 0; i < OPERATIONS; i++) {
      await this.write(generateOperation(prng));
      if (prng.chance(0.3)) this.answers.push(this.question(prng));
      if (prng.chance(0.02)) await this.maintain(prng);
      if (prng.chance(0.05)) this.clock.advance(prng.int(20_000));
      if (prng.chance(0.1)) await yieldToEventLoop();
    }
    this.answers.push(this.content());
    this.answers.push((await this.connection.problem()) ?? "no problem");
    this.connection.close();
    this.counts.engineEnds(this.opened);
    await close(this.opened);
  }

  private async write(operation: Operation): Promise<void> {
    this.answers.push(await this.outcome(operation));
  }

  private async outcome(operation: Operation): Promise<string> {
    if (operation.do === "await") return "";
    try {
      if (!isSqlOperation(operation)) {
        const given = callKv(this.connection.space(operation.space), operation);
        return `${operation.do} ${String(await given)}`;
      }
      const { rowCount, durable } = this.connection.run(operation);
      await durable;
      return `${operation.do} ${rowCount}`;
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      return `${operation.do} ${error.code} ${error.message}`;
    }
  }

  private async maintain(prng: Prng): Promise<void> {
    switch (prng.int(4)) {
      case 0:
        await checkpoint(this.opened);
        break;
      case 1:
        await compact(this.opened, {});
        break;
      case 2:
        this.connection.kv.sweep();
        break;
      default:
        this.connection.close();
        this.counts.engineEnds(this.opened);
        await close(this.opened);
        this.computer.newProcess();
        this.opened = this.computer.open();
        this.connection = new Connection(this.opened);
    }
  }

  private question(prng: Prng): string {
    const { customer, low, high, credit } = randomNumbers(prng);
    const key = randomKey(prng);
    const city = randomCity(prng);
    const { reader } = this.connection;
    switch (prng.int(5)) {
      case 0:
        return shown(reader.rows("SELECT * FROM orders WHERE customer_id = $1", [customer]));
      case 1:
        return shown(
          reader.rows("SELECT id FROM orders WHERE total BETWEEN $1 AND $2", [low, high]),
        );
      case 2:
        return shown(
          reader.rows("SELECT * FROM customers WHERE city >= $1 AND credit >= $2", [city, credit]),
        );
      case 3:
        return JSON.stringify(reader.space(prng.pick(SPACES)).get(key) ?? null);
      default:
        return JSON.stringify([...reader.space(prng.pick(SPACES)).list()]);
    }
  }

  private content(): string {
    const { reader } = this.connection;
    const tables = reader.rows(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
      [],
    );
    const names = tables.map(([name]) => String(name)).sort();
    return [
      ...names.map((name) => `${name}: ${shown(reader.rows(`SELECT * FROM ${name}`, []))}`),
      ...SPACES.map((space) => `${space}: ${JSON.stringify([...reader.space(space).list()])}`),
    ].join("\n");
  }
}

/** Rows in a fixed order: which order a query gives them in may depend on how they lie. */
function shown(rows: readonly (readonly unknown[])[]): string {
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join(" ");
}
