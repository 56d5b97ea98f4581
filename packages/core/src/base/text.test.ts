import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareBytes, compareText, rotateUnit, unrotateUnit } from "./compare.js";
import {
  checkText,
  hasUnusualUnit,
  readLatin1,
  readText,
  readUnits,
  utf8ByteLength,
  writeText,
} from "./text.js";

const wellFormed = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: fc.constantFrom("a", "é", "中", "😀", "\uffff", "\ue000"), maxLength: 14 }),
);
const utf8 = (s: string): Uint8Array => new TextEncoder().encode(s);

describe("checkText", () => {
  it.each(["", "plain", "é中", "😀", "\x01\x7f\uffff"])("takes %j", (text) => {
    expect(() => {
      checkText(text, "it");
    }).not.toThrow();
  });

  it.each([
    ["a\0", "the name holds a NUL"],
    ["\ud800", "the name holds a lone surrogate"],
    ["a\udc00b", "the name holds a lone surrogate"],
    ["\udc00\ud800", "the name holds a lone surrogate"],
  ])("refuses %j", (text, message) => {
    expect(() => {
      checkText(text, "the name");
    }).toThrowError(
      expect.objectContaining({
        code: "INVALID_TEXT",
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it("is only needed where a unit is unusual", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = [...text].every((c) => c !== "\0" && c.charCodeAt(0) < 0xd800);
        expect(hasUnusualUnit(text)).toBe(!plain);
      }),
    );
  });
});

describe("text as UTF-8", () => {
  it("is written and read back at any offset, in memory of either kind", () => {
    fc.assert(
      fc.property(wellFormed, fc.nat({ max: 5 }), fc.boolean(), (text, offset, isShared) => {
        const expected = utf8(text);
        const room = offset + expected.length;
        const buffer = isShared ? new SharedArrayBuffer(room) : new ArrayBuffer(room);
        const bytes = new Uint8Array(buffer).fill(0xff);
        expect(utf8ByteLength(text)).toBe(expected.length);
        expect(writeText(bytes, offset, text)).toBe(expected.length);
        expect(Buffer.compare(bytes.slice(offset), expected)).toBe(0);
        expect(readText(bytes, offset, room)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it("is read in short pieces of every length", () => {
    const bytes = utf8("abcdefghijklmnopqrst");
    for (let length = 0; length <= 20; length++) {
      expect(readText(bytes, 0, length)).toBe("abcdefghijklmnopqrst".slice(0, length));
      const umlaut = `${"x".repeat(length)}é`;
      expect(readText(utf8(umlaut), 0, length + 2)).toBe(umlaut);
    }
  });

  it("is read as single bytes, or as units", () => {
    expect(readLatin1(Uint8Array.of(0, 0x41, 0xff, 0x42), 1, 3)).toBe("A\u00ff");
    expect(readUnits(Uint8Array.of(9, 0x00, 0xd8, 0x41, 0x00), 1, 5)).toBe("\ud800A");
  });
});

describe("compareText", () => {
  it("orders by code point, as UTF-8 does", () => {
    fc.assert(
      fc.property(
        wellFormed,
        wellFormed,
        fc.string({ unit: "grapheme", maxLength: 3 }),
        (a, b, p) => {
          for (const [x, y] of [
            [a, b],
            [p + a, p + b],
            [a, a + b],
          ] as const) {
            const order = Math.sign(Buffer.compare(utf8(x), utf8(y)));
            expect(Math.sign(compareText(x, y))).toBe(order);
            expect(Math.sign(compareBytes(utf8(x), utf8(y)))).toBe(order);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("rotates every unit there and back", () => {
    const seen = new Set<number>();
    for (let unit = 0; unit <= 0xffff; unit++) {
      seen.add(rotateUnit(unit));
      if (unrotateUnit(rotateUnit(unit)) !== unit) expect.unreachable(`unit ${String(unit)}`);
    }
    expect(seen.size).toBe(0x1_0000);
    expect(rotateUnit(0xd800)).toBeGreaterThan(rotateUnit(0xffff));
  });
});
