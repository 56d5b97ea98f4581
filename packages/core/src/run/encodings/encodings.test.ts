import { ColumnVector, type ColumnKind, type ColumnType } from "@aegisdb/sql/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AegisError } from "../../errors.js";
import { SCAN_BLOCK_ROWS } from "../../limits.js";
import { ChunkSink } from "./chunk-sink.js";
import { decodeChunk, decodedBytes } from "./decode.js";
import { ChunkEncoder } from "./encode.js";
import { EncodedChunk } from "./encoded-chunk.js";
import {
  ENCODING_BYTES,
  ENCODING_CONSTANT_FLOAT,
  ENCODING_DICTIONARY,
  ENCODING_FLOATS,
  ENCODING_NULL,
  ENCODING_PACKED,
} from "./format.js";

const place = { path: "test.run", offset: 0 };
const encoder = new ChunkEncoder();
const sink = new ChunkSink();

type Cell = number | bigint | string | null;

function columnType(kind: ColumnKind): ColumnType {
  return kind === "decimal" ? { kind, precision: 18, scale: 2 } : { kind };
}

/** A flat vector of cells; byte-form cells are given as Latin-1 strings. */
function vectorOf(kind: ColumnKind, cells: readonly Cell[]): ColumnVector {
  const rows = cells.length;
  const nulls = cells.includes(null) ? Uint8Array.from(cells, (c) => (c === null ? 1 : 0)) : null;
  const type = columnType(kind);
  if (cells.some((c) => typeof c === "string")) {
    const vector = new ColumnVector(type, rows, null, nulls);
    const parts = cells.map((c) => Buffer.from((c as string | null) ?? "", "latin1"));
    vector.bytes = Uint8Array.from(Buffer.concat(parts));
    let at = 0;
    vector.starts = Uint32Array.from(parts, (p) => (at += p.length) - p.length);
    vector.ends = Uint32Array.from(parts, (_, i) => vector.starts![i]! + parts[i]!.length);
    return vector;
  }
  if (cells.some((c) => typeof c === "bigint")) {
    return new ColumnVector(
      type,
      rows,
      BigInt64Array.from(cells, (c) => BigInt(c ?? 0)),
      nulls,
    );
  }
  const numbers = cells.map((c) => (c as number | null) ?? 0);
  const values =
    kind === "date"
      ? Int32Array.from(numbers)
      : kind === "bool"
        ? Uint8Array.from(numbers)
        : Float64Array.from(numbers);
  return new ColumnVector(type, rows, values, nulls);
}

function encoded(vector: ColumnVector): EncodedChunk {
  sink.clear();
  encoder.encode(vector, sink);
  const words = Uint32Array.from(sink.words.subarray(0, sink.length));
  return new EncodedChunk(vector.type, words, vector.length, place);
}

function decoded(chunk: EncodedChunk): ColumnVector {
  // Recycled memory is not zero; nothing of it may show through.
  const size = decodedBytes(chunk);
  const buffer = new ArrayBuffer(size + 64);
  new Uint8Array(buffer).fill(0xa5);
  const vector = decodeChunk(chunk, buffer);
  expect(new Uint8Array(buffer, size).every((byte) => byte === 0xa5)).toBe(true);
  return vector;
}

function vectorCell(vector: ColumnVector, row: number): Cell {
  if (vector.nulls?.[row] === 1) return null;
  if (vector.values !== null) {
    const value = vector.values[row]!;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const entry = vector.codes === null ? row : vector.codes[row]!;
  const { starts, ends, bytes } = vector;
  return Buffer.from(bytes!.subarray(starts![entry], ends![entry])).toString("latin1");
}

function chunkCell(chunk: EncodedChunk, row: number, byteForm: boolean): Cell {
  if (chunk.isNull(row)) return null;
  if (!byteForm) return chunk.number(row);
  chunk.seek(row);
  return Buffer.from(chunk.bytes!.subarray(chunk.start, chunk.end)).toString("latin1");
}

function expectRoundTrip(kind: ColumnKind, cells: readonly Cell[]): EncodedChunk {
  const chunk = encoded(vectorOf(kind, cells));
  const vector = decoded(chunk);
  const byteForm = ["text", "bytes", "variant"].includes(kind);
  expect(vector.length).toBe(cells.length);
  const whole = cells.map((_, row) => vectorCell(vector, row));
  const single = cells.map((_, row) => chunkCell(chunk, row, byteForm));
  const expected = cells.map((c) =>
    typeof c === "bigint" && Number.isSafeInteger(Number(c)) ? Number(c) : c,
  );
  expect(whole).toEqual(expected);
  expect(single).toEqual(expected);
  return chunk;
}

const rowCounts = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constantFrom(255, 256, 257));

function columns<T>(cell: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> {
  return rowCounts.chain((rows) =>
    fc.oneof(
      fc.array(cell, { minLength: rows, maxLength: rows }),
      fc.array(fc.option(cell), { minLength: rows, maxLength: rows }),
    ),
  );
}

const MAX = Number.MAX_SAFE_INTEGER;
const safeInts = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(MAX, -MAX, MAX - 1, 2 ** 31, 2 ** 32, -(2 ** 32)),
);
const int64s = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe("integers", () => {
  test("round trip and random access", () => {
    fc.assert(fc.property(columns(safeInts), (cells) => void expectRoundTrip("int", cells)));
  });

  test("every width of a range", () => {
    for (let width = 0; width <= 53; width++) {
      const top = 2 ** width - 1;
      for (const base of [0, -3, -(2 ** 52)]) {
        const cells = [0, top, top, 1, 0, Math.floor(top / 2), 0].map(
          (v) => base + Math.min(v, top),
        );
        expectRoundTrip("int", cells.every(Number.isSafeInteger) ? cells : [0]);
      }
    }
  });

  test("ascending, descending and stepped sequences cost almost nothing", () => {
    for (const step of [1, -1, 7, 1_000_000, -(2 ** 37)]) {
      const cells = Array.from({ length: SCAN_BLOCK_ROWS }, (_, i) => 1_700_000_000 + step * i);
      const chunk = expectRoundTrip("timestamp", cells);
      expect(chunk.words.length).toBeLessThan(10);
    }
  });

  test("sequences with jitter keep only the jitter's bits", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(15), { minLength: 100, maxLength: 300 }), (jitter) => {
        const cells = jitter.map((j, i) => 10_000 * i + j);
        expect(expectRoundTrip("int", cells).ints!.width).toBeLessThanOrEqual(6);
      }),
    );
  });

  test("lines near the limits of exactness", () => {
    const edges = fc.constantFrom(2 ** 50, 2 ** 50 + 1, 2 ** 51, 2 ** 52, MAX, 0, 1);
    const signed = fc.tuple(edges, fc.boolean()).map(([e, minus]) => (minus ? -e : e) + 0);
    fc.assert(
      fc.property(fc.array(signed, { minLength: 2, maxLength: 6 }), (cells) => {
        expectRoundTrip("int", cells);
      }),
    );
  });

  test("wide integers", () => {
    fc.assert(
      fc.property(columns(int64s), (cells) => {
        const wide = cells.map((c, i) => (i === 0 ? -(2n ** 63n) : c));
        expectRoundTrip("int", wide);
      }),
    );
    expectRoundTrip("int", [-(2n ** 63n), 2n ** 63n - 1n, null, -(2n ** 63n)]);
    const near = expectRoundTrip("int", [2n ** 60n, 2n ** 60n + 5n, 2n ** 60n + 3n]);
    expect(near.ints!.width).toBe(3);
  });

  test("safe values in a wide chunk come back as numbers", () => {
    const chunk = encoded(vectorOf("int", [2n ** 62n, 5n, -5n]));
    expect([0, 1, 2].map((row) => chunk.number(row))).toEqual([2n ** 62n, 5, -5]);
  });

  test("dates and bools", () => {
    const dates = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(fc.property(columns(dates), (cells) => void expectRoundTrip("date", cells)));
    fc.assert(fc.property(columns(fc.nat(1)), (cells) => void expectRoundTrip("bool", cells)));
  });
});

describe("floats", () => {
  test("round trip bit by bit", () => {
    const floats = fc.oneof(fc.double(), fc.constantFrom(-0, 0, NaN, Infinity, -Infinity));
    fc.assert(fc.property(columns(floats), (cells) => void expectRoundTrip("float", cells)));
  });

  test("-0 and 0 are different constants", () => {
    const chunk = expectRoundTrip("float", [-0, -0, -0]);
    expect(chunk.encoding).toBe(ENCODING_CONSTANT_FLOAT);
    expect(expectRoundTrip("float", [0, -0]).encoding).toBe(ENCODING_FLOATS);
    expect(expectRoundTrip("float", [NaN, null, NaN]).encoding).toBe(ENCODING_CONSTANT_FLOAT);
  });
});

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
});

describe("bytes", () => {
  test("round trip and random access", () => {
    for (const kind of ["text", "bytes", "variant"] as const) {
      fc.assert(
        fc.property(columns(latin1), (cells) => {
          const allNull = cells.every((c) => c === null);
          expectRoundTrip(kind, allNull ? ["", ...cells.slice(1)] : cells);
        }),
      );
    }
  });

  test("repeated values become a dictionary", () => {
    const words = fc.constantFrom("", "red", "green", "blue", "a rather long colour name");
    fc.assert(
      fc.property(fc.array(words, { minLength: 200, maxLength: 300 }), (cells) => {
        expect(expectRoundTrip("text", cells).encoding).toBe(ENCODING_DICTIONARY);
      }),
    );
    const chunk = expectRoundTrip(
      "text",
      Array.from({ length: 4096 }, () => "the same"),
    );
    expect(chunk.words.length).toBeLessThan(20);
  });

  test("values of one length cost no offsets", () => {
    const cells = Array.from({ length: 100 }, (_, i) => String(i * 7919).padStart(16, "x"));
    const chunk = expectRoundTrip("text", cells);
    expect(chunk.encoding).toBe(ENCODING_BYTES);
    expect(chunk.ends!.width).toBe(0);
  });
});

test("columns of nothing but nulls have no body, in every kind", () => {
  const kinds: ColumnKind[] = ["int", "float", "bool", "date", "text", "bytes", "variant", "uuid"];
  for (const kind of kinds) {
    const vector = new ColumnVector(columnType(kind), 40, null, new Uint8Array(40).fill(1));
    const chunk = encoded(vector);
    expect(chunk.encoding).toBe(ENCODING_NULL);
    expect(chunk.words.length).toBe(2);
    const back = decoded(chunk);
    for (let row = 0; row < 40; row++) {
      expect(chunk.isNull(row)).toBe(true);
      expect(vectorCell(back, row)).toBe(null);
    }
  }
});

describe("malformed content", () => {
  /** Reads everything a chunk of these words can give; only CORRUPTION may come out. */
  function readAll(type: ColumnType, words: Uint32Array<ArrayBuffer>, rows: number): void {
    try {
      const chunk = new EncodedChunk(type, words, rows, place);
      for (let row = 0; row < rows; row++) {
        if (chunk.isNull(row)) continue;
        if (chunk.bytes === null) {
          chunk.number(row);
          continue;
        }
        chunk.seek(row);
        expect(chunk.end).toBeLessThanOrEqual(chunk.bytes.length);
        expect(chunk.start).toBeLessThanOrEqual(chunk.end);
      }
      const vector = decodeChunk(chunk, new ArrayBuffer(decodedBytes(chunk)));
      for (let row = 0; row < rows; row++) {
        const cell = vectorCell(vector, row);
        expect(cell).not.toBe(undefined);
      }
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      expect(error.code).toBe("CORRUPTION");
      expect(error.message).toContain("test.run");
    }
  }

  const samples: [ColumnKind, Cell[]][] = [
    ["int", [5, 900, null, 7, -3, 2 ** 40]],
    ["int", [2n ** 60n, null, -(2n ** 61n)]],
    ["float", [1.5, null, 2.5]],
    ["date", [1, 2, 300]],
    ["bool", [1, 0, null, 1]],
    ["text", ["alpha", null, "beta", "", "gamma delta"]],
    ["text", Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? "one value" : "another value"))],
  ];

  test("every flipped bit and every truncation", () => {
    for (const [kind, cells] of samples) {
      const words = encoded(vectorOf(kind, cells)).words;
      for (let bit = 0; bit < words.length * 32; bit++) {
        const damaged = words.slice();
        damaged[bit >>> 5] = damaged[bit >>> 5]! ^ (1 << (bit & 31));
        readAll(columnType(kind), damaged, cells.length);
      }
      for (let length = 0; length < words.length; length++) {
        readAll(columnType(kind), words.slice(0, length), cells.length);
      }
    }
  });

  test("random words behind a valid header", () => {
    const kinds = fc.constantFrom<ColumnKind>("int", "float", "date", "bool", "text", "variant");
    const encodings = fc.constantFrom(
      ENCODING_NULL,
      ENCODING_PACKED,
      ENCODING_CONSTANT_FLOAT,
      ENCODING_FLOATS,
      ENCODING_BYTES,
      ENCODING_DICTIONARY,
    );
    const word = fc.oneof(fc.nat(64), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
    const body = fc.array(word, { maxLength: 40 });
    fc.assert(
      fc.property(
        kinds,
        encodings,
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        body,
        (kind, encoding, nulls, rows, rest) => {
          const words = Uint32Array.from([encoding | (nulls ? 256 : 0), rows, ...rest]);
          readAll(columnType(kind), words, rows);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
