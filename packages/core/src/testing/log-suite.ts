import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitLog } from "../log/contract.js";
import {
  MAX_RECORD_BYTES,
  appendTo,
  codeOf,
  expectRecords,
  readAll,
  recordOf,
  type Appended,
} from "./log-fixture.js";

export interface LogUnderTest {
  /**
   * Opens the log; after it was closed, the same one if it is kept. Records may have up to
   * `MAX_RECORD_BYTES`.
   */
  open(): CommitLog;
  /** Whether records are there again after close and open. */
  readonly kept: boolean;
  dispose(): void;
}

/** Lengths around the sizes where a layout of records could change its mind. */
const LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 150, 4095, 4096, 65_536, 131_056, 131_057, 400_000];

/** What every implementation of the CommitLog contract must do. */
export function describeLogContract(name: string, make: () => LogUnderTest): void {
  describe(`log contract: ${name}`, () => {
    let under: LogUnderTest;
    let log: CommitLog;
    beforeEach(() => {
      under = make();
      log = under.open();
    });
    afterEach(async () => {
      await log.close();
      under.dispose();
    });

    orderCases(() => log);
    refusalCases(() => log);
    readCases(() => log);
    endCases(() => log, {
      reopen: () => (log = under.open()),
      kept: () => under.kept,
    });
  });
}

function orderCases(current: () => CommitLog): void {
  it("is empty at first, at position 0", () => {
    const log = current();
    expect([log.end, log.durableEnd]).toEqual([0, 0]);
    expect([...log.read(0)]).toEqual([]);
    expect(log.recovery).toEqual({ cleanClose: true, tornBytes: 0, missingBytes: 0, records: 0 });
  });

  it("gives records growing positions, the last of which is its end", async () => {
    const log = current();
    const positions: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { position, settled } = appendTo(log, recordOf(i, 10));
      positions.push(position);
      await settled;
      expect(log.end).toBe(position);
      expect(log.durableEnd).toBe(position);
    }
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(5);
    expect(positions.every((position) => Number.isSafeInteger(position) && position > 0)).toBe(
      true,
    );
  });

  it("copies the record before append returns", async () => {
    const log = current();
    const payload = recordOf(1, 100);
    const expected = { ...appendTo(log, payload.slice()), payload: payload.slice() };
    const buffer = payload.slice();
    const second = appendTo(log, buffer);
    buffer.fill(0);
    await Promise.all([expected.settled, second.settled]);
    expectRecords(readAll(log), [expected, { ...second, payload }]);
  });

  it("settles records that were appended together, in order and durable", async () => {
    const log = current();
    const settledOrder: number[] = [];
    const all = Array.from({ length: 100 }, (_, i) => {
      const appended = appendTo(log, recordOf(i, i));
      const watched = appended.settled.then(() => {
        expect(log.durableEnd).toBeGreaterThanOrEqual(appended.position);
        settledOrder.push(i);
      });
      return { ...appended, watched };
    });
    await Promise.all(all.map(({ watched }) => watched));
    expect(settledOrder).toEqual(all.map((_, i) => i));
    expectRecords(readAll(log), all);
  });

  it("makes everything ordered durable by sync", async () => {
    const log = current();
    const { position } = appendTo(log, recordOf(1, 10));
    await log.sync();
    expect(log.durableEnd).toBe(position);
    await log.sync();
  });
}

function refusalCases(current: () => CommitLog): void {
  it("refuses a record for another place than its end, and changes nothing", async () => {
    const log = current();
    const first = appendTo(log, recordOf(1, 10));
    await first.settled;
    let ordered = 0;
    for (const after of [0, first.position - 1, first.position + 1]) {
      expect(await codeOf(() => log.append(recordOf(2, 10), after, () => ordered++))).toBe(
        "LOG_MOVED",
      );
    }
    expect(ordered).toBe(0);
    expectRecords(readAll(log), [first]);
    await appendTo(log, recordOf(3, 10)).settled;
    expect(readAll(log)).toHaveLength(2);
  });

  it("refuses a record that is too large, and changes nothing", async () => {
    const log = current();
    const tooLarge = new Uint8Array(MAX_RECORD_BYTES + 1);
    expect(await codeOf(() => log.append(tooLarge, 0, () => undefined))).toBe("LIMIT_EXCEEDED");
    expect(log.end).toBe(0);
    const largest = appendTo(log, tooLarge.subarray(1));
    await largest.settled;
    expectRecords(readAll(log), [largest]);
  });
}

function readCases(current: () => CommitLog): void {
  it("gives back records of every length", async () => {
    const log = current();
    const all = LENGTHS.map((length, i) => appendTo(log, recordOf(i, length)));
    expectRecords(readAll(log), all);
    await log.sync();
    expectRecords(readAll(log), all);
  });

  it("reads from any position it gave", async () => {
    const log = current();
    const all = Array.from({ length: 30 }, (_, i) => appendTo(log, recordOf(i, i * 37)));
    await log.sync();
    all.forEach(({ position }, i) => {
      expectRecords(readAll(log, position), all.slice(i + 1));
    });
  });

  it("reads up to the end at the time of the call", async () => {
    const log = current();
    const first = appendTo(log, recordOf(1, 10));
    await first.settled;
    const second = appendTo(log, recordOf(2, 10));
    const reading = log.read(0);
    const third = appendTo(log, recordOf(3, 10));
    const found: number[] = [];
    for (const record of reading) {
      found.push(record.position);
      appendTo(log, recordOf(4, 10));
    }
    expect(found).toEqual([first.position, second.position]);
    expect(readAll(log)[2]!.position).toBe(third.position);
    await log.sync();
  });

  it("reads the same whatever was written meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            length: fc.oneof(fc.nat(64), fc.nat(5000), fc.constantFrom(...LENGTHS)),
            wait: fc.constantFrom("none", "settled", "turn"),
            read: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        async (steps) => {
          const log = current();
          const from = log.end;
          const all: Appended[] = [];
          for (const { length, wait, read } of steps) {
            const appended = appendTo(log, recordOf(all.length, length));
            all.push(appended);
            if (wait === "settled") await appended.settled;
            if (wait === "turn") await new Promise((resolve) => setImmediate(resolve));
            if (read) expectRecords(readAll(log, from), all);
          }
          expectRecords(readAll(log, from), all);
          await log.sync();
          expectRecords(readAll(log, from), all);
        },
      ),
      { numRuns: 30 },
    );
  });
}

interface Reopening {
  reopen(): CommitLog;
  kept(): boolean;
}

function endCases(current: () => CommitLog, { reopen, kept }: Reopening): void {
  it("keeps what comes after the position it is truncated before", async () => {
    const log = current();
    const all = Array.from({ length: 40 }, (_, i) => appendTo(log, recordOf(i, 20_000)));
    await log.sync();
    const middle = all[20]!.position;
    await log.truncateBefore(middle);
    expectRecords(readAll(log, middle), all.slice(21));
    const code = await codeOf(() => readAll(log, 0));
    expect(["", "NOT_FOUND"]).toContain(code);
    await log.truncateBefore(log.end);
    expect(log.end).toBe(all.at(-1)!.position);
    expect(readAll(log, log.end)).toEqual([]);
    const next = appendTo(log, recordOf(99, 10));
    await next.settled;
    expectRecords(readAll(log, all.at(-1)!.position), [next]);
  });

  it("refuses everything after close, which may be called twice", async () => {
    const log = current();
    const { settled } = appendTo(log, recordOf(1, 10));
    const closed = log.close();
    expect(await codeOf(() => log.append(recordOf(2, 10), log.end, () => undefined))).toBe(
      "DATABASE_CLOSED",
    );
    await Promise.all([closed, log.close(), settled]);
    expect(await codeOf(() => log.sync())).toBe("DATABASE_CLOSED");
    expect(await codeOf(() => log.truncateBefore(0))).toBe("DATABASE_CLOSED");
    expect(await codeOf(() => log.read(0))).toBe("DATABASE_CLOSED");
  });

  it("goes on after close and open where it is kept", async () => {
    let log = current();
    const first = appendTo(log, recordOf(1, 10));
    await log.close();
    log = reopen();
    if (!kept()) {
      expect(log.end).toBe(0);
      return;
    }
    expect(log.recovery).toEqual({ cleanClose: true, tornBytes: 0, missingBytes: 0, records: 1 });
    expect([log.end, log.durableEnd]).toEqual([first.position, first.position]);
    expectRecords(readAll(log), [first]);
    const second = appendTo(log, recordOf(2, 10));
    expect(second.position).toBeGreaterThan(first.position);
    await log.close();
    log = reopen();
    expectRecords(readAll(log), [first, second]);
    expectRecords(readAll(log, first.position), [second]);
  });
}
