import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkedJson, parseCheckedJson } from "./checked-json.js";
import { crc32 } from "./checksum.js";

describe("crc32", () => {
  it("is the CRC-32 everyone else computes", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf4_3926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    expect(crc32(new Uint8Array(1000))).toBe(crc32(new Uint8Array(1000), 0, 1000));
  });

  it("is the same for short and long pieces, whole or continued, in memory of either kind", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), fc.gen(), (bytes, gen) => {
        const cut = gen(fc.integer, { min: 0, max: bytes.length });
        const whole = crc32(bytes);
        expect(crc32(bytes, cut, bytes.length, crc32(bytes, 0, cut))).toBe(whole);
        let single = 0;
        for (let i = 0; i < bytes.length; i++) single = crc32(bytes, i, i + 1, single);
        expect(single).toBe(whole);
        const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3));
        shared.set(bytes, 3);
        expect(crc32(shared, 3)).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });
});

describe("checked JSON", () => {
  it("comes back, unless a byte changed", () => {
    const bytes = checkedJson({ file: "MANIFEST-000012", text: "é" });
    expect(parseCheckedJson(bytes)).toEqual({ file: "MANIFEST-000012", text: "é" });
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i]! ^= 1;
      expect(parseCheckedJson(damaged)).toBeUndefined();
    }
    expect(parseCheckedJson(bytes.slice(0, -1))).toBeUndefined();
    expect(parseCheckedJson(new Uint8Array(0))).toBeUndefined();
  });
});
