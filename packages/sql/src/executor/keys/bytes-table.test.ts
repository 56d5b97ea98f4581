import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BytesTable } from "./bytes-table.js";
import { MISSING_ID } from "./number-table.js";

/** Texts of few characters, so that many are alike but for a byte or their length. */
const text = fc.string({ unit: fc.constantFrom("a", "b", "\0"), maxLength: 24 });

/** The texts one behind the other, at any alignment. */
function packed(texts: readonly string[]): {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
} {
  const parts = texts.map((item) => Buffer.from(item));
  let at = 1;
  const starts = Uint32Array.from(parts, ({ length }) => (at += length) - length);
  const ends = starts.map((start, i) => start + parts[i]!.length);
  return { bytes: new Uint8Array(Buffer.concat([Buffer.from("x"), ...parts])), starts, ends };
}

test("numbers byte strings by first appearance, one by one and many at once", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 200 }), fc.array(text), (first, more) => {
      const known = new Map<string, number>();
      const expected = first.map((item) => {
        if (!known.has(item)) known.set(item, known.size);
        return known.get(item)!;
      });
      const { bytes, starts, ends } = packed(first);
      const table = new BytesTable();
      const ids = first.map((_, i) => table.intern(bytes, starts[i]!, ends[i]!));
      expect(ids).toEqual(expected);
      expect(table.size).toBe(known.size);
      const rows = Int32Array.from(first, (_, i) => i);
      const many = new Int32Array(first.length);
      const other = new BytesTable();
      other.internAll(bytes, { starts, ends }, rows, rows.length, many);
      expect([...many]).toEqual(expected);
      other.internAll(bytes, { starts, ends }, rows, rows.length, many);
      expect([...many]).toEqual(expected);
      const asked = packed(more);
      const found = more.map((_, i) => table.find(asked.bytes, asked.starts[i]!, asked.ends[i]!));
      expect(found).toEqual(more.map((item) => known.get(item) ?? MISSING_ID));
    }),
  );
});

test("a reserved number is no string's", () => {
  const table = new BytesTable();
  const nothing = new Uint8Array(0);
  expect(table.reserve()).toBe(0);
  expect(table.find(nothing, 0, 0)).toBe(MISSING_ID);
  expect(table.intern(nothing, 0, 0)).toBe(1);
  for (let i = 0; i < 100; i++) {
    const bytes = Buffer.from(`key ${i}`);
    expect(table.intern(bytes, 0, bytes.length)).toBe(i + 2);
  }
  expect(table.find(nothing, 0, 0)).toBe(1);
});
