import type { Value } from "@aegisdb/sql/contract";
import { Variant } from "@aegisdb/sql/contract";
import { describe, expect, test } from "vitest";
import { AegisError } from "../errors.js";
import { crc32 } from "../base/checksum.js";
import { createKeyCodec } from "../base/keycode.js";
import {
  sortVersions,
  writeRun,
  type FixtureVersion,
  type RunFixture,
} from "../testing/run-fixture.js";
import type { Layout } from "../tree/layout.js";
import { MemFs } from "../vfs/mem-fs.js";
import { BufferPool } from "./buffer-pool.js";
import type { SectionReader } from "./contract.js";
import { openSection, type RunSection } from "./reader.js";
import { checkRunFile } from "./run-file.js";

/** A small file in which every kind of part occurs. */
const layout: Layout = {
  key: [
    { name: "ns", type: { kind: "int" } },
    { name: "key", type: { kind: "text" } },
  ],
  value: [
    { name: "count", type: { kind: "int" }, nullable: true },
    { name: "color", type: { kind: "text" } },
    { name: "weight", type: { kind: "float" } },
    { name: "when", type: { kind: "date" } },
    { name: "sold", type: { kind: "bool" } },
    { name: "id", type: { kind: "uuid" } },
    { name: "document", type: { kind: "variant" } },
  ],
  access: "point",
  pointReads: true,
};

const codec = createKeyCodec(layout.key);

const rows: FixtureVersion[] = sortVersions(
  codec,
  Array.from({ length: 24 }, (_, i) => ({
    seq: 100 + i,
    tombstone: i % 7 === 3,
    values: [
      1 + (i % 2),
      `key ${String(i)}`,
      i % 5 === 0 ? null : i * i,
      ["red", "green", "blue"][i % 3]!,
      i / 3,
      18_000 + i,
      i % 2 === 0,
      `00000000-0000-4000-8000-0000000000${String(i + 10)}`,
      new Variant({ name: `a document of some length, number ${String(i)}` }),
    ],
  })),
);

const columns = layout.key.length + layout.value.length;

/** Everything a reader can be asked for. */
function readAll(reader: SectionReader): Value[] {
  const values: Value[] = [];
  for (let block = 0; block < reader.blockCount; block++) {
    const view = reader.block(block);
    for (let row = 0; row < view.rows; row++) {
      for (let column = 0; column < columns; column++) values.push(view.value(column, row));
      values.push(view.key(row), view.seq(row), view.tombstone(row));
    }
    for (let column = 0; column < columns; column++) {
      const zone = reader.zone(block, column);
      values.push(zone.min, zone.max, zone.nullCount);
    }
    values.push(reader.firstKey(block), reader.lastKey(block), reader.blockMaxSeq(block));
  }
  for (const row of rows) values.push(reader.find(row.key), reader.seekBlock(row.key));
  return values;
}

/** The file with `change` made to its bytes. */
function damaged(run: RunFixture, change: (bytes: Uint8Array) => Uint8Array): MemFs {
  const vfs = new MemFs({ trackDurability: false });
  vfs.makeDirectory("runs");
  const file = vfs.openWrite(run.path, { create: true });
  file.write(change(run.vfs.readFile(run.path).slice()), 0);
  file.close();
  return vfs;
}

/** Problems of the whole file, as `check` finds them without a manifest. */
function problemsOf(vfs: MemFs, path: string): string[] {
  const file = vfs.openRead(path);
  const problems: string[] = [];
  checkRunFile(file, (problem, place) => {
    expect(place.path).toBe(path);
    expect(place.offset).toBeGreaterThanOrEqual(0);
    problems.push(problem);
  });
  file.close();
  return problems;
}

/** Reads through the section's reader; the values, or that it was refused as it should be. */
function readOrRefuse(vfs: MemFs, run: RunFixture): Value[] | "refused" {
  const file = vfs.openRead(run.path);
  const pool = new BufferPool(1 << 20);
  const reader = openSection(run.meta, layout, codec, file, pool);
  try {
    return readAll(reader);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    expect(error.code).toBe("CORRUPTION");
    expect(error.message).toContain(run.path);
    expect(error.message).toMatch(/offset \d+/);
    return "refused";
  } finally {
    reader.close();
    expect(pool.stats().entries).toBe(0);
    file.close();
  }
}

describe.each(["none", "lz4"] as const)("damage to a file with compression %s", (compression) => {
  const run = writeRun(layout, rows, { compression });
  const size = run.vfs.size(run.path);
  const whole = readOrRefuse(run.vfs, run);

  test("the file is small and right to begin with", () => {
    expect(size).toBeLessThan(6000);
    expect(whole).not.toBe("refused");
    expect(problemsOf(run.vfs, run.path)).toEqual([]);
  });

  test("check finds every flipped byte, and no reader gives a wrong value", () => {
    let refused = 0;
    for (let at = 0; at < size; at++) {
      const vfs = damaged(run, (bytes) => {
        bytes[at] = bytes[at]! ^ (1 + (at % 255));
        return bytes;
      });
      expect(problemsOf(vfs, run.path), `byte ${String(at)}`).not.toEqual([]);
      const read = readOrRefuse(vfs, run);
      if (read === "refused") refused++;
      else expect(read, `byte ${String(at)}`).toEqual(whole);
    }
    // Only the file's own header, table and trailer are not read with a section.
    expect(size - refused).toBe(size - run.meta.length);
  });

  test("check finds every truncation, and no reader gives a wrong value", () => {
    for (let length = 0; length < size; length++) {
      const vfs = damaged(run, (bytes) => bytes.subarray(0, length));
      expect(problemsOf(vfs, run.path), `length ${String(length)}`).not.toEqual([]);
      const read = readOrRefuse(vfs, run);
      if (length < run.meta.offset + run.meta.length) expect(read).toBe("refused");
      else expect(read).toEqual(whole);
    }
  });

  test("bytes too many at the end, zeroed pages and swapped halves are found", () => {
    const changes: ((bytes: Uint8Array) => Uint8Array)[] = [
      (bytes) => Uint8Array.from([...bytes, 0]),
      (bytes) => bytes.fill(0, 512, 1024),
      (bytes) => bytes.fill(0),
      (bytes) => Uint8Array.from([...bytes.subarray(1000), ...bytes.subarray(0, 1000)]),
    ];
    for (const change of changes) {
      const vfs = damaged(run, change);
      expect(problemsOf(vfs, run.path)).not.toEqual([]);
      const read = readOrRefuse(vfs, run);
      if (read !== "refused") expect(read).toEqual(whole);
    }
  });
});

describe("a section in the wrong place", () => {
  test("another file's section, another tree's columns", () => {
    const run = writeRun(layout, rows);
    const other = writeRun(layout, rows, { fileId: 8 });
    const pool = new BufferPool(1 << 20);
    const file = other.vfs.openRead(other.path);
    const misplaced = openSection(run.meta, layout, codec, file, pool);
    expect(() => misplaced.blockCount).toThrow(/not the one that was asked for/);
    for (const changed of [
      { ...layout, pointReads: false },
      { ...layout, value: layout.value.slice(1) },
      { ...layout, key: [layout.key[0]!, { name: "key", type: { kind: "bytes" as const } }] },
    ]) {
      const section = openSection(other.meta, changed, codec, file, pool);
      expect(() => section.blockCount).toThrow(/columns of a section/);
    }
    const fewer = openSection({ ...other.meta, rows: 23 }, layout, codec, file, pool);
    expect(() => fewer.blockCount).toThrow(/rows that the manifest says/);
  });

  test("a newer format is refused by name, not as damage", () => {
    const run = writeRun(layout, rows);
    const file = run.vfs.openRead(run.path);
    const { meta } = run;
    const vfs = damaged(run, (bytes) => bytes);
    const write = vfs.openWrite(run.path, { create: false });
    const footer = new Uint8Array(60);
    file.read(footer, meta.offset + meta.length - 60);
    footer[4] = 9;
    sealed(footer);
    write.write(footer, meta.offset + meta.length - 60);
    const section = openSection(
      meta,
      layout,
      codec,
      vfs.openRead(run.path),
      new BufferPool(1 << 20),
    );
    expect(() => section.blockCount).toThrow(/format version 9/);
  });
});

function sealed(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(bytes.length - 4, crc32(bytes, 0, bytes.length - 4), true);
}

/**
 * Malformed content whose checksums are right, as a fault of ours or an attacker would make it:
 * after each change all checksums above it are made right again.
 */
describe("malformed content behind right checksums", () => {
  const run = writeRun(layout, rows, { compression: "none" });
  const { meta } = run;
  const end = meta.offset + meta.length;
  const original = run.vfs.readFile(run.path);
  const footer = new DataView(original.buffer, original.byteOffset + end - 60, 60);
  const rootStart = meta.offset + footer.getFloat64(40, true);
  const { index } = openSection(
    meta,
    layout,
    codec,
    run.vfs.openRead(run.path),
    new BufferPool(1 << 20),
  ) as RunSection;
  const indexPage = {
    start: meta.offset + index.indexOffset,
    end: rootStart,
    data: index.filterOffset,
  };

  /** Problems that were found, whatever the numbers in them. */
  const kinds = new Set<string>();
  let changes = 0;
  /** Changes that a checksum still caught: those to a checksum itself. */
  let stopped = 0;

  /** Replaces the checksum of [start, end) wherever the parent holds it. */
  function reseal(bytes: Uint8Array, start: number, stop: number, parent: [number, number]): void {
    const before = crc32(original, start, stop);
    const after = crc32(bytes, start, stop);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = parent[0]; at + 4 <= parent[1]; at++) {
      if (view.getUint32(at, true) === before) view.setUint32(at, after, true);
    }
  }

  function sealAbove(bytes: Uint8Array): Uint8Array {
    reseal(bytes, indexPage.start, indexPage.end, [rootStart, end - 60]);
    reseal(bytes, meta.offset + indexPage.data, indexPage.start, [rootStart, end - 60]);
    reseal(bytes, rootStart, end - 60, [end - 60, end - 4]);
    sealed(bytes.subarray(end - 60, end));
    return bytes;
  }

  function expectNoForeignError(change: (bytes: Uint8Array) => void): void {
    const vfs = damaged(run, (bytes) => {
      change(bytes);
      return sealAbove(bytes);
    });
    readOrRefuse(vfs, run);
    const problems = problemsOf(vfs, run.path);
    for (const problem of problems) kinds.add(problem.replaceAll(/\d+/g, "#"));
    if (problems.some((problem) => problem.includes("checksum"))) stopped++;
    changes++;
  }

  test("every byte of filter, index and root", () => {
    for (let at = meta.offset + indexPage.data; at < end - 60; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        expectNoForeignError((bytes) => {
          bytes[at] = bytes[at]! ^ flip;
        });
      }
    }
  });

  test("every byte of the chunks", () => {
    const view = new DataView(original.buffer, original.byteOffset, original.length);
    // Chunk checksums are found in the one index record by their slots.
    const slots = layout.key.length + layout.value.length + 2;
    const record = indexPage.start + 8;
    for (let slot = 0; slot < slots; slot++) {
      const at = record + 32 + slot * 24;
      const start = meta.offset + (slot === 0 ? 0 : view.getUint32(at - 24, true));
      const stop = meta.offset + view.getUint32(at, true);
      for (let byte = start; byte < stop; byte++) {
        expectNoForeignError((bytes) => {
          bytes[byte] = bytes[byte]! ^ (byte % 2 === 0 ? 0xff : 0x10);
          const damagedView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          damagedView.setUint32(at + 4, crc32(bytes, start, stop), true);
        });
      }
    }
  });

  test("reached the content", () => {
    expect(kinds.size).toBeGreaterThan(30);
    expect(stopped / changes).toBeLessThan(0.2);
  });
});
