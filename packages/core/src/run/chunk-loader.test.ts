import type { ColumnType, ColumnVector, Value } from "@aegisdb/sql/contract";
import { expect, test } from "vitest";
import { Prng } from "../base/prng.js";
import { vectorOf } from "../testing/vectors.js";
import { BufferPool } from "./buffer-pool.js";
import { loadEncoded, loadVector } from "./chunk-loader.js";
import { createColumnBuilder } from "./column-builder.js";
import { ChunkCompressor, StoredPayload } from "./compression.js";
import { ChunkSink } from "./encodings/chunk-sink.js";
import { ChunkEncoder } from "./encodings/encode.js";

const place = { path: "test.run", offset: 0 };
const ROWS = 4096;
const prng = new Prng(11);

/** Columns whose payloads compress, so that they are cut into frames. */
const columns: Record<string, [ColumnType, (row: number) => Value]> = {
  "small ints": [{ kind: "int" }, (i) => (i % 64 < 32 ? 7 : i % 5)],
  "ints of 48 bits": [{ kind: "int" }, (i) => (i % 8) * 2 ** 45],
  "wide ints": [{ kind: "int" }, (i) => 2n ** 62n - BigInt(i % 9) * 2n ** 61n],
  floats: [{ kind: "float" }, (i) => (i % 20) / 4],
  dates: [{ kind: "date" }, (i) => (i % 300 === 0 ? 2 ** 30 : i % 4)],
  text: [{ kind: "text" }, (i) => `a sentence that differs at its end only, ${String(i)}`],
  "text with nulls": [{ kind: "text" }, (i) => (i % 3 === 0 ? null : `text ${String(i)}`)],
  "a large dictionary": [{ kind: "text" }, (i) => `entry number ${String((i * 7) % 900)}`],
  uuids: [{ kind: "uuid" }, (i) => `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`],
};

function storedColumn(
  type: ColumnType,
  value: (row: number) => Value,
  frameBits: number,
): Uint8Array {
  const source = vectorOf(
    type,
    Array.from({ length: ROWS }, (_, i) => value(i)),
  );
  const builder = createColumnBuilder(type);
  for (let row = 0; row < ROWS; row++) builder.append(source, row);
  const sink = new ChunkSink();
  new ChunkEncoder().encode(builder.vector, sink);
  return new ChunkCompressor("lz4").store(sink.payload(), frameBits).slice();
}

function vectorCell(vector: ColumnVector, row: number): Value {
  if (vector.nulls?.[row] === 1) return null;
  if (vector.values !== null) {
    const value = vector.values[row]!;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const entry = vector.codes === null ? row : vector.codes[row]!;
  return vector.bytes!.slice(vector.starts![entry], vector.ends![entry]);
}

for (const [name, [type, value]] of Object.entries(columns)) {
  test(`single values of compressed frames: ${name}`, () => {
    const stored = storedColumn(type, value, 10);
    expect(new StoredPayload(stored, place).frames).toBeGreaterThan(1);
    const pool = new BufferPool(1 << 24);
    const whole = loadVector(stored, type, ROWS, place, pool).content;
    for (let round = 0; round < 20; round++) {
      // Memory of the pool is not zero; frames that were not loaded must not be read.
      const dirty = pool.allocate(200_000);
      new Uint8Array(dirty.buffer, dirty.offset, dirty.length).fill(0xee);
      pool.recycle(dirty);
      const chunk = loadEncoded(stored, type, ROWS, place, pool);
      for (let read = 0; read < 5; read++) {
        const row = prng.int(ROWS);
        const expected = vectorCell(whole, row);
        expect(chunk.content.isNull(row)).toBe(expected === null);
        if (expected === null) continue;
        if (expected instanceof Uint8Array) {
          chunk.content.seek(row);
          const { bytes, start, end } = chunk.content;
          expect(bytes!.slice(start, end)).toEqual(expected);
        } else expect(chunk.content.number(row)).toBe(expected);
      }
      pool.recycle(chunk.region);
    }
  });
}
