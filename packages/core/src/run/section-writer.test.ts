import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, test } from "vitest";
import { createKeyCodec } from "../base/keycode.js";
import { Prng } from "../base/prng.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { columnOf, RUN_DIRECTORY } from "../testing/run-fixture.js";
import { layoutColumns, type Layout } from "../tree/layout.js";
import { MemFs } from "../vfs/mem-fs.js";
import type { ChunkedRows, SectionWriter } from "./contract.js";
import { runFilePath } from "./format.js";
import { RunFileWriter } from "./writer.js";

const ROWS = MEMTABLE_CHUNK_ROWS + 1500;

function layoutOf(access: Layout["access"]): Layout {
  return {
    key: [{ name: "key", type: { kind: "text" } }],
    value: [
      { name: "int", type: { kind: "int" }, nullable: true },
      { name: "float", type: { kind: "float" }, nullable: true },
      { name: "bool", type: { kind: "bool" }, nullable: true },
      { name: "date", type: { kind: "date" }, nullable: true },
      { name: "bytes", type: { kind: "bytes" }, nullable: true },
    ],
    access,
    pointReads: true,
  };
}

function randomRow(prng: Prng, number: number): Value[] {
  const values: Value[] = [
    prng.chance(0.01) ? 2n ** 60n + BigInt(number) : prng.int(1e9),
    prng.int(1e6) / 8,
    prng.chance(0.5),
    prng.int(20_000),
    new Uint8Array(prng.chance(0.01) ? 3000 : prng.int(90)).fill(number),
  ];
  return [`key ${number}`, ...values.map((value) => (prng.chance(0.1) ? null : value))];
}

/** Rows in order of arrival, as chunks, and their numbers in the order of their keys. */
function randomRows(prng: Prng, layout: Layout): ChunkedRows {
  const numbers = prng.shuffle(Array.from({ length: ROWS }, (_, i) => i));
  const values = numbers.map((number) => randomRow(prng, number));
  const columns = layoutColumns(layout).map(({ type }, c) =>
    [0, MEMTABLE_CHUNK_ROWS].map((first) =>
      columnOf(
        type,
        values.slice(first, first + MEMTABLE_CHUNK_ROWS).map((row) => row[c]!),
      ),
    ),
  );
  const codec = createKeyCodec(layout.key);
  const rows = values.map((row, i) => ({ i, key: codec.encode(row), seq: 1 + prng.int(1000) }));
  rows.sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    columns,
    rows: Int32Array.from(rows, ({ i }) => i),
    keys: rows.map(({ key }) => key),
    seqs: Float64Array.from(rows, ({ seq }) => seq),
  };
}

function fileOf(layout: Layout, fill: (section: SectionWriter) => void): Uint8Array {
  const vfs = new MemFs({ trackDurability: false });
  vfs.makeDirectory(RUN_DIRECTORY);
  const writer = new RunFileWriter(vfs, RUN_DIRECTORY, 7, "lz4");
  const section = writer.section(3, layout, 500);
  fill(section);
  section.finish();
  writer.finish();
  return vfs.readFile(runFilePath(RUN_DIRECTORY, 7));
}

describe("rows added together", () => {
  test.each(["point", "scan"] as const)(
    "make the file that they make one by one (%s)",
    (access) => {
      const prng = new Prng(20_261_201);
      const layout = layoutOf(access);
      const source = randomRows(prng, layout);
      const together = fileOf(layout, (section) => {
        for (let at = 0; at < ROWS;) {
          at += section.addRows(source, at, Math.min(ROWS, at + 1 + prng.int(100)));
        }
      });
      const oneByOne = fileOf(layout, (section) => {
        for (let i = 0; i < ROWS; i++) {
          const row = source.rows[i]!;
          const chunk = Math.floor(row / MEMTABLE_CHUNK_ROWS);
          const columns = source.columns.map((chunks) => chunks[chunk]!);
          section.add(source.keys[i]!, source.seqs[i]!, false, columns, row % MEMTABLE_CHUNK_ROWS);
        }
      });
      expect(Buffer.compare(together, oneByOne)).toBe(0);
    },
  );
});
