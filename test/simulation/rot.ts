import { yieldToEventLoop } from "../../packages/core/src/base/clock.js";
import type { Prng } from "../../packages/core/src/base/prng.js";
import { close, compact } from "../../packages/core/src/engine/life-cycle.js";
import type { OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { AegisError, assert } from "../../packages/core/src/errors.js";
import { DIRECTORY, type Computer } from "../../packages/core/src/testing/simulation/computer.js";
import type { CommitLedger } from "../../packages/core/src/testing/simulation/ledger.js";
import type { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import { Comparison, compareStrictly, type Compare } from "./comparison.js";
import { Connection } from "./connection.js";
import type { DatabaseCounts } from "./counts.js";
import type { DatabaseState } from "./model.js";

const MAX_FLIPS = 3;
const DAMAGE: ReadonlySet<string> = new Set(["CORRUPTION", "UNSUPPORTED_FORMAT"]);

/**
 * Bit rot: a few bytes of a file are not what was written. It happens on a copy of the disk, as it
 * would be found after the process was killed, so that the workload itself goes on unharmed.
 * Whatever is asked then, the answer is the right one, or CORRUPTION with the file and the offset.
 */
export class Rot {
  constructor(
    private readonly computer: Computer,
    private readonly ledger: CommitLedger<DatabaseState>,
    private readonly counts: DatabaseCounts,
  ) {}

  /** `open`: the bytes change while the database is open, after it was asked some things. */
  async strike(prng: Prng, open: boolean): Promise<void> {
    this.counts.rotten++;
    const disk = this.computer.copyOfDisk();
    if (!open) spoil(disk, prng);
    const opened = this.open(disk);
    if (opened === undefined) return;
    try {
      const state = this.stateOf(opened);
      if (state !== undefined) await this.ask(opened, state, prng, open ? disk : undefined);
    } finally {
      await close(opened).catch(admitCorruption);
    }
  }

  private open(disk: MemFs): OpenedEngine | undefined {
    try {
      return this.computer.openCopy(disk);
    } catch (error) {
      admitCorruption(error);
      this.counts.rottenUnopened++;
      return undefined;
    }
  }

  /**
   * Damage at the very end of the log looks like the record that was under way when the power went:
   * then the database says how much it has cut off.
   */
  private stateOf({ engine, log }: OpenedEngine): DatabaseState | undefined {
    const torn = log.recovery.tornBytes > 0;
    const promised = this.ledger.promisedSeq(false);
    assert(torn || engine.seq >= promised, `rot has silently undone what came after ${engine.seq}`);
    const state = this.ledger.stateAt(engine.seq);
    assert(torn || state !== undefined, `rot has brought the database to ${engine.seq}`);
    return state;
  }

  private async ask(
    opened: OpenedEngine,
    state: DatabaseState,
    prng: Prng,
    healthy: MemFs | undefined,
  ): Promise<void> {
    const connection = this.connect(opened);
    if (connection === undefined) return;
    const now = opened.engine.now();
    const tolerantly: Compare = (where, actual, expected) => {
      this.tolerate(() => compareStrictly(where, actual, expected));
    };
    const compare = (where: string): void => {
      new Comparison(connection.reader, state, now, where, tolerantly).all(prng);
    };
    if (healthy !== undefined) {
      new Comparison(connection.reader, state, now, "a healthy copy").some(prng);
      spoil(healthy, prng);
    }
    compare("a rotten copy");
    const problem = await connection.problem().catch(admitCorruption);
    if (problem !== undefined) this.counts.rottenProblems++;
    await compact(opened, {}).catch(admitCorruption);
    await yieldToEventLoop();
    compare("a rotten copy, compacted");
    connection.close();
  }

  /** The models read something when they are put together. */
  private connect(opened: OpenedEngine): Connection | undefined {
    try {
      return new Connection(opened);
    } catch (error) {
      admitCorruption(error);
      this.counts.rottenUnopened++;
      return undefined;
    }
  }

  private tolerate(question: () => void): void {
    try {
      question();
      this.counts.rottenAnswers++;
    } catch (error) {
      admitCorruption(error);
      this.counts.rottenRefusals++;
    }
  }
}

/**
 * Throws an error again unless it is CORRUPTION that says where. The version of a format stands
 * before all that a checksum covers: a wrong one looks like a file of times to come.
 */
function admitCorruption(error: unknown): undefined {
  const known = error instanceof AegisError && DAMAGE.has(error.code);
  if (!known) throw error;
  const { code, message } = error;
  assert(message.includes(DIRECTORY), `an error names the damaged file: ${message}`);
  const located = code !== "CORRUPTION" || /offset \d/.test(message);
  assert(located, `an error says where the damage is: ${message}`);
  return undefined;
}

/** Changes some bytes of one file, or cuts off the end of a run. */
function spoil(disk: MemFs, prng: Prng): void {
  const runs = filesIn(disk, `${DIRECTORY}/runs`);
  const others = [...filesIn(disk, `${DIRECTORY}/log`), ...filesIn(disk, DIRECTORY)];
  const path = prng.pick(runs.length > 0 && prng.chance(0.8) ? runs : others);
  const size = disk.size(path);
  if (size === 0) return;
  const file = disk.openWrite(path, { create: false });
  if (runs.includes(path) && prng.chance(0.2)) file.truncate(prng.int(size));
  else for (let left = 1 + prng.int(MAX_FLIPS); left > 0; left--) flip(file, prng.int(size), prng);
  file.close();
}

function flip(file: ReturnType<MemFs["openWrite"]>, offset: number, prng: Prng): void {
  const byte = new Uint8Array(1);
  file.read(byte, offset);
  byte[0]! ^= 1 + prng.int(255);
  file.write(byte, offset);
}

/** Files with data: LOCK says only who has the directory. */
function filesIn(disk: MemFs, directory: string): string[] {
  const names = disk.list(directory).filter((name) => !["LOCK", "log", "runs"].includes(name));
  return names.map((name) => `${directory}/${name}`);
}
