import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { KvFixture } from "../testing/kv-fixture.js";
import { KvOracle } from "../testing/kv-oracle.js";
import * as lifeCycle from "../engine/life-cycle.js";
import type { ListOptions } from "./index.js";

const FIRST_SEED = Number(process.env["AEGIS_LIST_SEED"] ?? 1);
const SEEDS = 10;
const STEPS = 120;
/** More than are read ahead at once. */
const KEYS = 420;
const SPACE = "default";

interface Cursor extends Iterator<unknown, undefined> {
  toArray(): Promise<unknown[]>;
  count(): Promise<number>;
}

/** A cursor under way, with what it must still give. */
interface Reading {
  readonly cursor: Cursor;
  left: unknown[];
}

const LETTERS = [..."abé🦊z"];
const keyOf = (n: number): string => `${LETTERS[n % 5]!}${String(n).padStart(3, "0")}`;

/** Cursors over keys and values of very different sizes, while these change and move to disk. */
class Run {
  readonly fixture = new KvFixture({}, { writeBufferBytes: 256 * 1024, memory: false });
  private readonly oracle = new KvOracle();
  private readings: Reading[] = [];
  private writes = 0;

  constructor(private readonly prng: Prng) {}

  async step(): Promise<void> {
    const dice = this.prng.int(100);
    if (dice < 25) await this.write();
    else if (dice < 30) await this.remove();
    else if (dice < 34) this.fixture.clock.advance(this.prng.pick([1, 50, 400]));
    else if (dice < 37) await this.fixture.checkpoint();
    else if (dice < 39) await lifeCycle.compact(this.fixture.opened, {});
    else if (dice < 42) this.fixture.kv.sweep();
    else if (dice < 62) this.open();
    else await this.read();
  }

  async finish(): Promise<void> {
    for (const reading of this.readings)
      expect(await reading.cursor.toArray()).toEqual(reading.left);
    this.readings = [];
    expect(this.fixture.engine.held).toBe(0);
    await this.fixture.close();
  }

  /** Small values mostly, some so large that few of them are read ahead. */
  private value(): unknown {
    const mark = ++this.writes;
    return this.prng.chance(0.97) ? mark : `${mark}${"v".repeat(this.prng.pick([300, 70_000]))}`;
  }

  async write(count: number = this.prng.pick([1, 10, 80])): Promise<void> {
    const now = this.fixture.engine.now();
    const entries = Array.from({ length: count }, () => ({
      key: keyOf(this.prng.int(KEYS)),
      value: this.value(),
      ttl: this.prng.chance(0.2) ? this.prng.pick([30, 300]) : undefined,
    }));
    await this.fixture.kv.setMany(entries);
    this.oracle.setMany(SPACE, entries, now);
  }

  private async remove(): Promise<void> {
    const now = this.fixture.engine.now();
    const keys = Array.from({ length: 20 }, () => keyOf(this.prng.int(KEYS)));
    await this.fixture.kv.deleteMany(keys);
    for (const key of keys) this.oracle.delete(SPACE, key, now);
  }

  private options(): ListOptions {
    const { prng } = this;
    const bound = (): string | undefined =>
      prng.chance(0.7)
        ? undefined
        : [...keyOf(prng.int(KEYS))].slice(0, prng.pick([2, 9])).join("");
    return {
      prefix: prng.chance(0.7) ? undefined : prng.pick(["a", "b", "é", "z0", "z1", "q"]),
      start: bound(),
      end: bound(),
      limit: prng.chance(0.5) ? undefined : prng.pick([0, 1, 31, 32, 33, 127, 128, 129, 300]),
      reverse: prng.chance(0.2),
    };
  }

  private open(): void {
    const options = this.options();
    const { kv, engine } = this.fixture;
    const expected = this.oracle.list(SPACE, options, engine.now());
    if (this.prng.chance(0.5)) this.readings.push({ cursor: kv.list(options), left: expected });
    else {
      this.readings.push({ cursor: kv.keys(options), left: expected.map(({ key }) => key) });
    }
    const { prefix, start, end } = options;
    const all = this.oracle.list(SPACE, { prefix, start, end }, engine.now());
    expect(kv.count({ prefix, start, end })).toBe(all.length);
  }

  private async read(): Promise<void> {
    if (this.readings.length === 0) return;
    const reading = this.prng.pick(this.readings);
    const { cursor } = reading;
    const dice = this.prng.int(10);
    if (dice === 0) {
      expect(await cursor.toArray()).toEqual(reading.left);
      this.readings.splice(this.readings.indexOf(reading), 1);
    } else if (dice === 1) {
      expect(await cursor.count()).toBe(reading.left.length);
      this.readings.splice(this.readings.indexOf(reading), 1);
    } else {
      const count = this.prng.pick([1, 5, 31, 33, 128, 200]);
      const expected = reading.left.slice(0, count);
      reading.left = reading.left.slice(count);
      for (const item of expected) expect(cursor.next().value).toEqual(item);
    }
  }
}

describe("keys and values that are listed", () => {
  it(`are those of one instant, however they are read (seeds from ${FIRST_SEED})`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const run = new Run(new Prng(seed));
      try {
        await run.write(300);
        for (let i = 0; i < STEPS; i++) await run.step();
        await run.finish();
      } catch (cause) {
        throw new Error(`seed ${seed}: ${String(cause).slice(0, 2000)}`, { cause });
      }
    }
  });
});
