import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_KEY_UNITS } from "../limits.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import { readKey, writeKey } from "./key-bytes.js";
import type { Key } from "./key.js";

const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    0,
    -1,
    2 ** 32,
    -(2 ** 32),
    -(2 ** 32) - 1,
    -(2n ** 53n),
    2n ** 53n,
    -(2n ** 63n),
  ),
);

const varint = fc.oneof(
  fc.nat(),
  fc.maxSafeNat(),
  fc.integer({ min: 0, max: 53 }).map((bits) => 2 ** bits - 1),
);

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 100 }),
  fc.integer({ min: 20, max: 150 }).map((n) => "é".repeat(n)),
);

type Item =
  | { kind: "u8" | "u32" | "i32" | "f64" | "varint"; value: number }
  | { kind: "i64"; value: number | bigint }
  | { kind: "text"; value: string }
  | { kind: "blob"; value: Uint8Array };

const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({ kind: fc.constant("u8" as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("u32" as const), value: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
  fc.record({ kind: fc.constant("i32" as const), value: fc.integer() }),
  fc.record({ kind: fc.constant("f64" as const), value: fc.double() }),
  fc.record({ kind: fc.constant("varint" as const), value: varint }),
  fc.record({ kind: fc.constant("i64" as const), value: int64 }),
  fc.record({ kind: fc.constant("text" as const), value: text }),
  fc.record({ kind: fc.constant("blob" as const), value: fc.uint8Array({ maxLength: 300 }) }),
);

function write(writer: ByteWriter, { kind, value }: Item): void {
  (writer[kind] as (value: unknown) => void).call(writer, value);
}

/** The one form of an integer: a number where safe. */
function canonical(value: unknown): unknown {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

describe("ByteWriter and ByteReader", () => {
  it("read back what was written, from the middle of any buffer", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), fc.nat({ max: 9 }), (items, offset) => {
        const writer = new ByteWriter(1);
        for (const each of items) write(writer, each);
        const shared = new Uint8Array(new SharedArrayBuffer(writer.length + 20)).fill(0xff);
        shared.set(writer.view(), offset);
        const reader = new ByteReader(shared, offset, offset + writer.length);
        for (const { kind, value } of items) {
          expect(reader[kind]()).toEqual(kind === "i64" ? canonical(value) : value);
        }
        expect(reader.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("throw CORRUPTION instead of reading past the end", () => {
    fc.assert(
      fc.property(item, fc.gen(), (each, gen) => {
        const writer = new ByteWriter();
        write(writer, each);
        const end = gen(fc.integer, { min: 0, max: writer.length - 1 });
        const reader = new ByteReader(writer.view(), 0, end);
        expect(() => reader[each.kind]()).toThrowError(
          expect.objectContaining({ code: "CORRUPTION" }) as Error,
        );
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["nine bytes", [255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ["more than 2^53", [255, 255, 255, 255, 255, 255, 255, 127]],
  ])("refuse a variable-length integer of %s", (_, bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).varint()).toThrowError(
      expect.objectContaining({ code: "CORRUPTION" }) as Error,
    );
  });

  it("patch what was written before its value was known", () => {
    const writer = new ByteWriter(2);
    writer.u32(0);
    writer.i64(0);
    writer.u8(9);
    writer.patchU32(0, 0xdead_beef);
    writer.patchI64(4, -5n);
    const reader = new ByteReader(writer.view());
    expect([reader.u32(), reader.i64(), reader.u8()]).toEqual([0xdead_beef, -5, 9]);
    writer.truncate(4);
    writer.u8(1);
    expect(writer.length).toBe(5);
    writer.reset();
    expect(writer.view().length).toBe(0);
  });
});

describe("writeKey and readKey", () => {
  const units = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((u) => String.fromCharCode(u)),
  });
  const narrow = fc.string({
    unit: fc.integer({ min: 0, max: 0xff }).map((u) => String.fromCharCode(u)),
  });

  it("read back numbers, and strings of any units, lone surrogates among them", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(int64, units, narrow)), (values) => {
        const keys = values.map((value) => canonical(value) as Key);
        const writer = new ByteWriter(1);
        for (const key of keys) writeKey(writer, key);
        const reader = new ByteReader(writer.view());
        for (const key of keys) expect(readKey(reader)).toBe(key);
      }),
      { numRuns: 500 },
    );
  });

  it("take one byte a unit where that is enough", () => {
    const writer = new ByteWriter();
    writeKey(writer, "ab\u00ff");
    expect(writer.length).toBe(5);
    writeKey(writer, "a\u0100");
    expect(writer.length).toBe(5 + 6);
  });

  it("refuse what writeKey does not write", () => {
    const tooLong = new ByteWriter();
    tooLong.u8(1);
    tooLong.varint(MAX_KEY_UNITS + 1);
    tooLong.raw(new Uint8Array(MAX_KEY_UNITS + 1));
    for (const bytes of [tooLong.view(), Uint8Array.of(3, 1, 1), Uint8Array.of(2, 2, 0, 0, 0)]) {
      expect(() => readKey(new ByteReader(bytes))).toThrowError(
        expect.objectContaining({ code: "CORRUPTION" }) as Error,
      );
    }
  });
});
