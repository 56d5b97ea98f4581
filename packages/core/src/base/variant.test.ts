import assert from "node:assert/strict";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { MAX_VARIANT_DEPTH } from "../limits.js";
import { ByteWriter } from "./bytes.js";
import { packVariant, packVariantInto, unpackVariant } from "./variant.js";

const roundTrip = (value: unknown): unknown => unpackVariant(packVariant(value));

const wellFormedText = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 20 }).map((s) => s.replaceAll("\0", "")),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "",
    "0",
    "é".repeat(20),
    "中".repeat(100),
  ),
  fc.integer({ min: 28, max: 300 }).map((n) => "x".repeat(n)),
);

const anyNumber = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    -0,
    0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 31),
    -33,
    1.5,
  ),
  fc.integer({ min: 0, max: 33 }).map((bits) => 2 ** bits - 1),
  fc.integer({ min: 0, max: 33 }).map((bits) => -(2 ** bits)),
);

const anyBigInt = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.constantFrom(
    0n,
    -1n,
    2n ** 63n,
    -(2n ** 63n),
    2n ** 64n - 1n,
    2n ** 64n,
    -(2n ** 63n) - 1n,
    2n ** 200n,
  ),
);

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    anyNumber,
    anyBigInt,
    wellFormedText,
    fc.uint8Array({ maxLength: 300 }),
    fc.date({ noInvalidDate: true }),
    fc.array(tie("value"), { maxLength: 20 }),
    members(tie("value")),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((e) => new Map(e)),
    fc.array(tie("value"), { maxLength: 4 }).map((e) => new Set(e)),
  ),
}));

/** Objects with any names, `__proto__` among them, and sometimes many. */
function members(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const entry = fc.tuple(wellFormedText, value);
  return fc.array(entry, { maxLength: 20 }).map((entries) => Object.fromEntries(entries));
}

describe("variants", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        // Vitest's own equality takes a member named "constructor" for the class.
        assert.deepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 2000 },
    );
  });

  it("keep the order of members and the sign of zero", () => {
    const value = { b: 1, a: -0, "-1": 2, c: [0, -0] };
    const result = roundTrip(value) as typeof value;
    expect(Object.keys(result)).toEqual(["b", "a", "-1", "c"]);
    expect([
      Object.is(result.a, -0),
      Object.is(result.c[0], 0),
      Object.is(result.c[1], -0),
    ]).toEqual([true, true, true]);
  });

  it("keep numbers apart from bigints", () => {
    const values = [5, 5n, 2 ** 40, 2n ** 40n, 2 ** 64, 2n ** 64n];
    expect((roundTrip(values) as unknown[]).map((v) => typeof v)).toEqual([
      "number",
      "bigint",
      "number",
      "bigint",
      "number",
      "bigint",
    ]);
  });

  it("keep __proto__ as a member of its own and leave prototypes alone", () => {
    const value: unknown = JSON.parse('{"__proto__": {"admin": true}, "a": 1}');
    for (let i = 0; i < 30; i++) {
      const result = roundTrip(value) as Record<string, unknown>;
      expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
      expect(Object.keys(result)).toEqual(["__proto__", "a"]);
      expect(result["admin"]).toBeUndefined();
    }
  });

  it("are the same bytes for the same value, however often they were seen", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 5 }), (values) => {
        const first = values.map((value) => Buffer.from(packVariant(value)).toString("hex"));
        const again = values.map((value) => Buffer.from(packVariant(value)).toString("hex"));
        expect(again).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });

  it("follow JSON for undefined, toJSON, class instances and boxed values", () => {
    class Point {
      x = 1;
      readonly #hidden = 2;
      get sum(): number {
        return this.x + this.#hidden;
      }
    }
    const price = { amount: 5, toJSON: () => ({ price: "5 EUR", toJSON: "a member" }) };
    expect(roundTrip({ a: undefined, b: [undefined, 1], c: new Point() })).toStrictEqual({
      b: [null, 1],
      c: { x: 1 },
    });
    expect(roundTrip([price, new URL("http://a.b/c")])).toStrictEqual([
      { price: "5 EUR", toJSON: "a member" },
      "http://a.b/c",
    ]);
    expect(roundTrip([Object(1), Object("s"), Object(true)])).toStrictEqual([1, "s", true]);
    expect(roundTrip(Object.assign(Object.create(null) as object, { a: 1 }))).toStrictEqual({
      a: 1,
    });
    const sparse: unknown[] = [];
    sparse[2] = 1;
    expect(roundTrip(sparse)).toStrictEqual([null, null, 1]);
  });

  it("take a Buffer as bytes, and give a Uint8Array", () => {
    const result = roundTrip(Buffer.from([1, 2, 3]));
    expect(result).toStrictEqual(Uint8Array.of(1, 2, 3));
    expect(Buffer.isBuffer(result)).toBe(false);
  });

  it("share no memory with what they were made from, or with each other", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const packed = packVariant({ bytes });
    const other = packVariant({ bytes: Uint8Array.of(9, 9, 9) });
    bytes.fill(0);
    const result = unpackVariant(packed) as { bytes: Uint8Array };
    packed.fill(0);
    expect([...result.bytes]).toEqual([1, 2, 3]);
    expect(unpackVariant(other)).toStrictEqual({ bytes: Uint8Array.of(9, 9, 9) });
  });

  it("are read from the middle of memory shared between threads", () => {
    const value = { text: "long enough for native code", bytes: Uint8Array.of(1, 2), n: 1.25 };
    const packed = packVariant(value);
    const shared = new Uint8Array(new SharedArrayBuffer(packed.length + 20)).fill(0xff);
    shared.set(packed, 7);
    const result = unpackVariant(shared, 7, 7 + packed.length) as typeof value;
    expect(result).toStrictEqual(value);
    expect(result.bytes.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("may be packed while another is, from toJSON", () => {
    const value = {
      a: 1,
      inner: { toJSON: () => [...packVariant({ deep: "x".repeat(50) })].length },
    };
    expect(roundTrip(value)).toStrictEqual({ a: 1, inner: 58 });
  });

  it("are appended to a writer, which is as it was after an error", () => {
    const writer = new ByteWriter(4);
    writer.u8(7);
    packVariantInto(writer, { a: "b" });
    const length = writer.length;
    expect(() => {
      packVariantInto(writer, { long: "x".repeat(10_000), bad: () => 1 });
    }).toThrowError();
    expect(writer.length).toBe(length);
    expect(unpackVariant(writer.buffer, 1, length)).toStrictEqual({ a: "b" });
  });

  it("take large values: text, bytes and members beyond 16-bit counts", () => {
    const value = {
      text: "aé".repeat(50_000),
      bytes: new Uint8Array(70_000).fill(3),
      list: Array.from({ length: 70_000 }, (_, i) => i),
      members: Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${String(i)}`, i])),
    };
    // Vitest's own equality takes seconds for so many members.
    assert.deepStrictEqual(roundTrip(value), value);
  });

  it("read more shapes than are remembered", () => {
    for (let i = 0; i < 12_000; i++) {
      const value = { [`a${String(i)}`]: 1, [`b${String(i % 100)}`]: { [`c${String(i)}`]: i } };
      assert.deepStrictEqual(roundTrip(value), value);
    }
  });
});

describe("variants as MessagePack", () => {
  const foreign = new Packr({ useRecords: false, moreTypes: true, int64AsType: "bigint" });

  /** What msgpackr itself keeps: it changes -0, __proto__, and Map. */
  const { value: portable } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.boolean(),
      anyNumber.filter((n) => !Object.is(n, -0)),
      anyBigInt,
      wellFormedText.filter((s) => s !== "__proto__"),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2400-01-01") }),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(
        wellFormedText.filter((s) => s !== "__proto__"),
        tie("value"),
        { maxKeys: 20 },
      ),
    ),
  }));

  it("are read by an independent reader", () => {
    fc.assert(
      fc.property(portable, (value) => {
        expect(foreign.unpack(packVariant(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it("read what an independent writer wrote", () => {
    fc.assert(
      fc.property(portable, (value) => {
        expect(unpackVariant(foreign.pack(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe("variants refuse", () => {
  const cyclic: Record<string, unknown> = { a: { b: [1] } };
  (cyclic["a"] as { b: unknown[] }).b.push(cyclic);
  const cyclicMap = new Map<string, unknown>();
  cyclicMap.set("self", cyclicMap);

  it.each<[string, unknown, string, string]>([
    ["undefined", undefined, "UNSUPPORTED_VALUE", "undefined as the value itself"],
    ["functions", { f: () => 1 }, "UNSUPPORTED_VALUE", "a function at $.f"],
    ["symbols", [1, Symbol("s")], "UNSUPPORTED_VALUE", "a symbol at $[1]"],
    ["symbols in a Map", { m: new Map([[1, Symbol("s")]]) }, "UNSUPPORTED_VALUE", "at $.m[1]"],
    ["what toJSON gives", { d: { toJSON: () => ({ f: eval }) } }, "UNSUPPORTED_VALUE", "at $.d.f"],
    ["cycles", cyclic, "UNSUPPORTED_VALUE", "contains it at $.a.b[1]"],
    ["cycles through a Map", cyclicMap, "UNSUPPORTED_VALUE", "contains it at $[1]"],
    ["invalid dates", { "a b": new Date(NaN) }, "UNSUPPORTED_VALUE", 'invalid Date at $["a b"]'],
    ["other typed arrays", new Float64Array(1), "UNSUPPORTED_VALUE", "Float64Array"],
    ["buffers", { x: new ArrayBuffer(1) }, "UNSUPPORTED_VALUE", "ArrayBuffer at $.x"],
    ["regular expressions", /a/, "UNSUPPORTED_VALUE", "RegExp"],
    ["errors", { e: new TypeError("t") }, "UNSUPPORTED_VALUE", "TypeError at $.e"],
    ["promises", Promise.resolve(1), "UNSUPPORTED_VALUE", "Promise"],
    ["NUL in text", { t: "a\0b" }, "INVALID_TEXT", "$.t"],
    ["NUL in long text", ["x".repeat(50) + "\0"], "INVALID_TEXT", "$[0]"],
    ["lone surrogates", { t: "a\ud800" }, "INVALID_TEXT", "$.t"],
    ["NUL in names", { a: { "b\0": 1 } }, "INVALID_TEXT", "the name of a member at $.a"],
    ["lone surrogates in names", { "\udc00": 1 }, "INVALID_TEXT", "the name of a member"],
  ])("%s", (_, value, code, message) => {
    for (const pack of [packVariant, (v: unknown) => packVariant([[v]])]) {
      if (pack !== packVariant && value === undefined) continue;
      expect(() => pack(value)).toThrowError(expect.objectContaining({ code }) as Error);
    }
    expect(() => packVariant(value)).toThrowError(message);
  });

  const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = wrap(value);
    return value;
  };

  it.each<[string, (inner: unknown) => unknown]>([
    ["arrays", (inner) => [inner]],
    ["objects", (a) => ({ a })],
    ["Sets", (inner) => new Set([inner])],
    ["Maps", (inner) => new Map([[1, inner]])],
  ])("nesting of %s beyond the limit, and no nesting below", (_, wrap) => {
    const deepest = nested(MAX_VARIANT_DEPTH, wrap);
    expect(packVariant(roundTrip(deepest))).toEqual(packVariant(deepest));
    for (const depth of [MAX_VARIANT_DEPTH + 1, 100_000]) {
      expect(() => packVariant(nested(depth, wrap))).toThrowError(
        expect.objectContaining({ code: "LIMIT_EXCEEDED" }) as Error,
      );
    }
  });

  it("what a getter or toJSON throws, unchanged", () => {
    const error = new Error("mine");
    const value = {
      get a(): never {
        throw error;
      },
    };
    expect(() => packVariant(value)).toThrowError(error);
  });

  it("damaged bytes, always with CORRUPTION", () => {
    const codes = new Set<unknown>();
    fc.assert(
      fc.property(anyValue, fc.gen(), (value, gen) => {
        const packed = packVariant(value).slice();
        const cut = gen(fc.integer, { min: 0, max: packed.length - 1 });
        const flipped = packed.slice();
        flipped[gen(fc.integer, { min: 0, max: packed.length - 1 })] = gen(fc.integer, {
          min: 0,
          max: 255,
        });
        for (const bytes of [packed.subarray(0, cut), flipped]) {
          try {
            unpackVariant(bytes);
          } catch (error) {
            codes.add((error as { code?: unknown }).code);
          }
        }
        expect(() => unpackVariant(packed, 0, cut)).toThrowError();
      }),
      { numRuns: 1000 },
    );
    expect([...codes]).toEqual(["CORRUPTION"]);
  });

  it.each<[string, number[]]>([
    ["nothing", []],
    ["an unused type", [0xc1]],
    ["an unknown extension", [0xd4, 0x11, 0]],
    ["a date of no form", [0xc7, 5, 0xff, 0, 0, 0, 0, 0]],
    ["a key that is no text", [0x81, 1, 1]],
    ["more elements than bytes", [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ["more members than bytes", [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ["bytes after the value", [1, 1]],
    ["deep nesting", Array.from({ length: 600 }, () => 0x91)],
  ])("%s", (_, bytes) => {
    expect(() => unpackVariant(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: "CORRUPTION" }) as Error,
    );
  });
});

describe("packed variants", () => {
  it.each([1, 300, 340, 500, 1000, 1023, 1100, 3000])(
    "of %i characters hold no memory of many others",
    (length) => {
      const most = Math.max(
        ...Array.from({ length: 500 }, () => packVariant("x".repeat(length)).buffer.byteLength),
      );
      expect(most).toBeLessThanOrEqual(64 * 1024);
    },
  );
});
