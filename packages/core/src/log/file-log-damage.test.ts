import { describe, expect, it } from "vitest";
import { crc32 } from "../base/checksum.js";
import { systemClock } from "../base/clock.js";
import {
  appendTo,
  expectRecords,
  readAll,
  recordOf,
  type Appended,
} from "../testing/log-fixture.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { FileLogOptions } from "./file-log-options.js";
import { FileLog } from "./file-log.js";
import { segmentName } from "./format.js";

const DIRECTORY = "log";
const SEGMENT_BYTES = 400;

function open(vfs: MemFs, options: Partial<FileLogOptions> = {}): FileLog {
  const fixed = { vfs, directory: DIRECTORY, clock: systemClock, logId: 42 };
  return FileLog.open({ ...fixed, segmentBytes: SEGMENT_BYTES, ...options });
}

interface SmallLog {
  readonly vfs: MemFs;
  readonly records: readonly Appended[];
  /** How many of them a later frame proves durable. */
  readonly proven: number;
}

/**
 * Records of many lengths over several segments, one of which has padding at its end. Each record
 * is made durable before the next one; those that wait when the log is closed are so by that.
 */
async function smallLog(close: boolean): Promise<SmallLog> {
  const vfs = new MemFs();
  const log = open(vfs);
  const records: Appended[] = [];
  for (const length of [0, 1, 8, 30, 100, 64, 200, 7, 700, 40]) {
    const appended = appendTo(log, recordOf(records.length, length));
    records.push(appended);
    if (!close || records.length < 9) await appended.settled;
  }
  if (close) await log.close();
  return { vfs, records, proven: close ? records.length : records.length - 1 };
}

/** The disk with other bytes at a place of a file. */
function overwritten(vfs: MemFs, path: string, offset: number, bytes: Uint8Array): MemFs {
  const copy = vfs.clone();
  const file = copy.openWrite(path, { create: false });
  file.write(bytes, offset);
  file.close();
  return copy;
}

/** The disk with one byte changed. */
function flipped(vfs: MemFs, path: string, offset: number, mask: number): MemFs {
  const byte = vfs.readFile(path).slice(offset, offset + 1);
  byte[0]! ^= mask;
  return overwritten(vfs, path, offset, byte);
}

/** Opens a damaged log: "CORRUPTION", or how many records are left, which must be a prefix. */
async function outcome(vfs: MemFs, records: readonly Appended[]): Promise<number | "CORRUPTION"> {
  let log: FileLog;
  try {
    log = open(vfs);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    expect(code).toBe("CORRUPTION");
    expect(message).toMatch(/^log\/\d{16}\.log is damaged at offset \d+: /);
    return "CORRUPTION";
  }
  const found = readAll(log);
  expectRecords(found, records.slice(0, found.length));
  // Nothing is cut without a word.
  expect(log.recovery.tornBytes).toBeGreaterThan(0);
  expect(log.recovery.cleanClose).toBe(false);
  // What was cut does not come back, and the log goes on.
  const next = appendTo(log, recordOf(99, 64));
  await log.close();
  const again = open(vfs);
  expectRecords(readAll(again), [...records.slice(0, found.length), next]);
  expect(again.recovery.cleanClose).toBe(true);
  await again.close();
  return found.length;
}

describe.each([
  ["closed cleanly", true],
  ["left by a crash", false],
])("a log %s", (_, close) => {
  it.each([0x01, 0xff])("survives no changed byte unnoticed (mask %i)", async (mask) => {
    const { vfs, records, proven } = await smallLog(close);
    const names = vfs.list(DIRECTORY);
    expect(names.length).toBeGreaterThan(3);
    let corrupt = 0;
    for (const name of names) {
      const path = `${DIRECTORY}/${name}`;
      for (let offset = 0; offset < vfs.size(path); offset++) {
        const left = await outcome(flipped(vfs, path, offset, mask), records);
        if (left === "CORRUPTION") corrupt++;
        else expect(left).toBeGreaterThanOrEqual(proven);
      }
    }
    // All segments but the newest are proven to the last byte.
    expect(corrupt).toBeGreaterThanOrEqual((names.length - 1) * SEGMENT_BYTES);
  });
});

describe("segments", () => {
  it("are missed in the middle", async () => {
    const { vfs } = await smallLog(true);
    const [first, second] = vfs.list(DIRECTORY);
    vfs.remove(`${DIRECTORY}/${second!}`);
    expect(() => open(vfs)).toThrow(`${DIRECTORY}/${second!} is damaged`);
    expect(() => open(vfs)).toThrow("the segment is missing");
    expect(first).toBe(segmentName(0));
  });

  it("are as long as their headers say, and the newest is no longer", async () => {
    const { vfs } = await smallLog(true);
    for (const name of vfs.list(DIRECTORY)) {
      const path = `${DIRECTORY}/${name}`;
      const longer = overwritten(vfs, path, SEGMENT_BYTES, new Uint8Array(1));
      expect(() => open(longer)).toThrow(`${path} is damaged at offset ${SEGMENT_BYTES}`);
    }
    const cut = vfs.clone();
    const path = `${DIRECTORY}/${segmentName(0)}`;
    cut.openWrite(path, { create: false }).truncate(SEGMENT_BYTES - 1);
    expect(() => open(cut)).toThrow(`${path} is damaged at offset ${SEGMENT_BYTES - 1}`);
  });

  it("tell how many bytes are gone from the end, also where a record ended there", async () => {
    const vfs = new MemFs();
    const segmentBytes = 1024 * 1024;
    const log = open(vfs, { segmentBytes });
    const appended = [recordOf(0, 100), recordOf(1, 100)].map((record) => appendTo(log, record));
    await appended[1]!.settled;
    const path = `${DIRECTORY}/${segmentName(0)}`;
    const whole = vfs.size(path);
    const killed = vfs.clone();
    expect(open(killed.clone(), { segmentBytes }).recovery.missingBytes).toBe(0);
    killed.openWrite(path, { create: false }).truncate(appended[0]!.position);
    const found = open(killed, { segmentBytes });
    const missingBytes = whole - appended[0]!.position;
    expect(found.recovery).toEqual({ cleanClose: false, tornBytes: 0, missingBytes, records: 1 });
    // The room is taken again by the next record.
    await appendTo(found, recordOf(2, 100)).settled;
    expect(open(killed.clone(), { segmentBytes }).recovery.missingBytes).toBe(0);
  });

  it("are missed at the start when they must be replayed", async () => {
    const { vfs, records } = await smallLog(true);
    vfs.remove(`${DIRECTORY}/${segmentName(0)}`);
    const corruption = expect.objectContaining({ code: "CORRUPTION" }) as Error;
    expect(() => open(vfs, { replayFrom: 0 })).toThrow(corruption);
    const log = open(vfs, { replayFrom: records[7]!.position });
    expectRecords(readAll(log, records[7]!.position), records.slice(8));
    await log.close();
  });

  it("are missed when all are gone but the database knows of records", () => {
    const vfs = new MemFs();
    expect(() => open(vfs, { replayFrom: 200 })).toThrow("holds no log");
  });

  it("are missed at the end when the database was checkpointed later", async () => {
    const { vfs, records } = await smallLog(true);
    const last = records.at(-1)!.position;
    for (const replayFrom of [last + 8, last + 100_000, last - 8]) {
      expect(() => open(vfs, { replayFrom })).toThrow(
        `position ${replayFrom} was checkpointed, but no record of the log ends there`,
      );
    }
  });

  it("lack no frame, however many zeros are there instead", async () => {
    const { vfs } = await smallLog(true);
    const names = vfs.list(DIRECTORY).slice(0, -1);
    for (const name of names) {
      for (const from of [64, 120, SEGMENT_BYTES - 40]) {
        const zeros = new Uint8Array(SEGMENT_BYTES - from);
        const damaged = overwritten(vfs, `${DIRECTORY}/${name}`, from, zeros);
        expect(() => open(damaged)).toThrow(`${DIRECTORY}/${name} is damaged at offset`);
      }
    }
  });

  it("of another history of the log are refused", async () => {
    // Two copies of one log go on apart; then one gets a segment of the other.
    const [one, other] = [8, 16].map(async (length) => {
      const vfs = new MemFs();
      const log = open(vfs);
      appendTo(log, recordOf(1, 100));
      for (let i = 0; i < 12; i++) appendTo(log, recordOf(i, i === 0 ? length : 100));
      await log.close();
      return vfs;
    });
    const vfs = await one!;
    const path = `${DIRECTORY}/${segmentName(SEGMENT_BYTES)}`;
    const mixed = overwritten(vfs, path, 0, (await other!).readFile(path));
    expect(() => open(mixed)).toThrow(/the log before it ends at \d+, not at \d+/);
  });

  it("of another log are refused", async () => {
    const { vfs } = await smallLog(true);
    const other = new MemFs();
    const log = open(other, { logId: 43 });
    for (let i = 0; i < 5; i++) appendTo(log, recordOf(i, 400));
    await log.close();
    const path = `${DIRECTORY}/${segmentName(SEGMENT_BYTES)}`;
    const mixed = overwritten(vfs, path, 0, other.readFile(path));
    expect(() => open(mixed)).toThrow("the segment belongs to another log");
  });

  it("of a newer format are refused", async () => {
    const { vfs } = await smallLog(true);
    const path = `${DIRECTORY}/${segmentName(0)}`;
    const header = vfs.readFile(path).slice(0, 64);
    header[4] = 2;
    new DataView(header.buffer).setUint32(60, crc32(header, 0, 60), true);
    const unsupported = expect.objectContaining({ code: "UNSUPPORTED_FORMAT" }) as Error;
    expect(() => open(overwritten(vfs, path, 0, header))).toThrow(unsupported);
  });

  it("are verified while they are read, too", async () => {
    const { vfs, records } = await smallLog(true);
    const log = open(vfs);
    const path = `${DIRECTORY}/${segmentName(0)}`;
    const file = vfs.openWrite(path, { create: false });
    file.write(Uint8Array.of(1), 200);
    const corruption = expect.objectContaining({ code: "CORRUPTION" }) as Error;
    expect(() => readAll(log)).toThrow(corruption);
    expectRecords(readAll(log, records[7]!.position), records.slice(8));
    await log.close();
  });
});

describe("a torn tail", () => {
  it("leaves nothing that could be taken for a record later", async () => {
    // Three records of one write; the middle one is lost, so the third one is a ghost: were it
    // left, it would follow whatever is written over the second.
    const vfs = new MemFs();
    const log = open(vfs, { segmentBytes: 4096 });
    const [a, b] = [1, 2, 3].map((i) => appendTo(log, recordOf(i, 40)));
    await log.sync();
    const torn = flipped(vfs, `${DIRECTORY}/${segmentName(0)}`, b!.position - 20, 0xff);
    const recovered = open(torn);
    expect(recovered.recovery).toMatchObject({ records: 1, cleanClose: false });
    expect(recovered.recovery.tornBytes).toBe(2 * (b!.position - a!.position));
    expectRecords(readAll(recovered), [a!]);
    const next = appendTo(recovered, recordOf(4, 40));
    await next.settled;
    expect(next.position).toBe(b!.position);
    const crashed = open(torn.crashClone({ int: () => 0 }, { style: "lost" }));
    expectRecords(readAll(crashed), [a!, next]);
  });

  it("may begin in an earlier segment than it ends", async () => {
    const vfs = new MemFs();
    const log = open(vfs);
    const first = appendTo(log, recordOf(1, 40));
    await first.settled;
    const long = appendTo(log, recordOf(2, 1200));
    await long.settled;
    const names = vfs.list(DIRECTORY);
    expect(names).toHaveLength(4);
    const torn = flipped(
      vfs,
      `${DIRECTORY}/${names[3]!}`,
      long.position - 3 * SEGMENT_BYTES - 10,
      0xff,
    );
    const recovered = open(torn);
    expectRecords(readAll(recovered), [first]);
    expect(torn.list(DIRECTORY)).toEqual(names.slice(0, 1));
    const again = appendTo(recovered, recordOf(3, 1200));
    await recovered.close();
    expectRecords(readAll(open(torn)), [first, again]);
  });
});
