/// <reference lib="es2024.string" />
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareText } from "../base/compare.js";
import { createKeyCodec } from "../base/keycode.js";
import { keyUnits, nameOf, quote, spaceRange } from "./key.js";
import { entriesLayout } from "./layout.js";
import type { Space } from "./space.js";

const codec = createKeyCodec(entriesLayout.key);
const text = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter(storable);
const id = fc.oneof(fc.constant(0), fc.nat());

function storable(candidate: string): boolean {
  return !candidate.includes("\0") && candidate.isWellFormed();
}

function spaceOf(namespace: number): Space {
  const { start, end } = codec.startsWithRange([namespace], "");
  const entries = { id: 1, name: "kv.entries", layout: entriesLayout, codec, writtenAt: 0 };
  return {
    name: "n",
    id: namespace,
    trees: { entries, namespaces: entries, expiry: entries },
    prefix: start as string,
    end: end as string,
  };
}

describe("keys of entries", () => {
  test("are what the tree's codec makes of namespace and key", () => {
    fc.assert(
      fc.property(id, text, (namespace, key) => {
        expect(spaceOf(namespace).prefix + keyUnits(key)).toBe(codec.encode([namespace, key]));
      }),
    );
  });

  test("lie in a range exactly when prefix and bounds say so", () => {
    const bound = fc.option(fc.string({ unit: "binary", maxLength: 3 }).filter(storable), {
      nil: undefined,
    });
    fc.assert(
      fc.property(id, text, bound, bound, bound, (namespace, key, prefix, start, end) => {
        const space = spaceOf(namespace);
        const range = spaceRange(space, { prefix, start, end });
        const treeKey = space.prefix + keyUnits(key);
        const expected =
          (prefix === undefined || key.startsWith(prefix)) &&
          (start === undefined || compareText(key, start) >= 0) &&
          (end === undefined || compareText(key, end) < 0);
        expect(treeKey >= range.start && treeKey < range.end).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("of one namespace are outside of every other's range", () => {
    fc.assert(
      fc.property(id, id, text, (one, other, key) => {
        fc.pre(one !== other);
        const { prefix, end } = spaceOf(one);
        const treeKey = spaceOf(other).prefix + keyUnits(key);
        expect(treeKey >= prefix && treeKey < end).toBe(false);
      }),
    );
  });
});

describe("texts in messages", () => {
  test("are quoted, escaped and cut", () => {
    expect(quote('a "b"\n\0')).toBe('"a \\"b\\"\\n\\u0000"');
    expect(quote("x".repeat(41))).toBe(`"${"x".repeat(40)}…"`);
    expect(quote("x".repeat(40))).toBe(`"${"x".repeat(40)}"`);
  });

  test("name other values without running their code", () => {
    const trap = {
      toString: () => {
        throw new Error("ran");
      },
    };
    expect(
      [trap, [trap], () => trap, Symbol("s"), null, undefined, 1.5, 5n, "x"].map(nameOf),
    ).toEqual([
      "an object",
      "an array",
      "a function",
      "a symbol",
      "null",
      "undefined",
      "1.5",
      "5n",
      '"x"',
    ]);
  });
});
