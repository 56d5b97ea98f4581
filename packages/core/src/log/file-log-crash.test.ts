import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { LogWorkload, randomScheduler, randomVariant } from "../testing/log-workload.js";
import { SimulatedDisk } from "../testing/simulation/disk.js";
import { WrappedFile, WrappedFs } from "../testing/simulation/wrapped-fs.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import { MemFs } from "../vfs/mem-fs.js";

const STEPS = 8;
/** Seeds whose runs are cut at every operation. */
const CUT_EVERYWHERE = 2;
/** Cuts of every other run. */
const CUTS = 8;
/** Operations that the second life has at most. */
const SECOND_LIFE = 200;
type Plant = (vfs: Vfs) => Vfs;

/** A life of the computer, from start to crash at operation `after`; the disk it leaves. */
async function live(
  workload: LogWorkload,
  memory: MemFs,
  crash: { after: number; power: boolean; prng: Prng; wasPower: boolean },
  plant?: Plant,
): Promise<{ left: MemFs; struck: boolean; operations: number }> {
  const disk = new SimulatedDisk(memory, plant);
  disk.arm(crash);
  try {
    const log = workload.reopen(disk.fs, crash.wasPower);
    const last = await workload.run(disk.fs, log, STEPS);
    if (!disk.struck) await last.close();
  } catch (error) {
    if (!disk.struck) throw error;
    // What was struck while it was opened or closed fails in its own way.
    expect((error as { code?: string }).code).toMatch(/^(DURABILITY_LOST|IO_ERROR)$/);
  }
  return { left: disk.picture ?? memory, struck: disk.struck, operations: disk.fs.count() };
}

/** One run: three lives, the first of which ends at operation `after`. Gives its operations. */
async function run(seed: number, after: number, plant?: Plant): Promise<number> {
  const prng = new Prng(seed);
  const workload = new LogWorkload(prng.fork(), randomVariant(prng.fork()));
  const memory = new MemFs({ scheduler: randomScheduler(prng) });
  const fate = new Prng(Number.isFinite(after) ? seed * 1e6 + after : seed);
  const power = fate.chance(0.6);
  const first = { after, power, prng: fate, wasPower: false };
  const one = await live(workload, memory, first, plant);
  const second = { after: fate.int(SECOND_LIFE), power: true, prng: fate, wasPower: power };
  const two = await live(workload, one.left, second, plant);
  const log = workload.reopen(two.left, true);
  await log.close();
  await workload.reopen(two.left, true).close();
  return one.operations;
}

/**
 * Cuts the runs of `seeds` seeds: the first few at every operation, the others here and there.
 * Gives the first failure.
 */
async function sweep(seeds: number, plant?: Plant): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const operations = await run(seed, Infinity);
    const stride = seed <= CUT_EVERYWHERE ? 1 : Math.ceil(operations / CUTS);
    for (let after = seed % stride; after < operations; after += stride) {
      try {
        await run(seed, after, plant);
      } catch (error) {
        return `seed ${seed}, cut at operation ${after}: ${String(error)}`;
      }
    }
  }
  return undefined;
}

/** Drops every sync that `drops` says, and nothing else. */
class ForgetfulFs extends WrappedFs {
  readonly #drops: { file?: boolean; through?: boolean; directory?: boolean };

  constructor(inner: Vfs, drops: { file?: boolean; through?: boolean; directory?: boolean }) {
    super(inner);
    this.#drops = drops;
  }

  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const dataSync = options.dataSync === true && this.#drops.through !== true;
    const file = super.openWrite(path, { ...options, dataSync });
    return this.#drops.file === true ? new ForgetfulFile(file) : file;
  }

  override syncDirectory(path: string): void {
    if (this.#drops.directory !== true) super.syncDirectory(path);
  }
}

class ForgetfulFile extends WrappedFile {
  override sync(): void {
    expect(this.path).toContain("log");
  }

  override async syncAsync(): Promise<void> {
    await Promise.resolve();
  }
}

describe("FileLog after a crash", () => {
  it("has every acknowledged record, in order and unaltered, wherever it is cut", async () => {
    expect(await sweep(35)).toBeUndefined();
  });

  it.each([
    ["file syncs", { file: true }],
    ["synchronous data writes", { through: true }],
    ["directory syncs", { directory: true }],
  ])("would be caught if it forgot its %s", async (_, drops) => {
    expect(await sweep(35, (vfs) => new ForgetfulFs(vfs, drops))).toMatch(/^seed \d+/);
  });
});
