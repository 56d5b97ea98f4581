import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AegisError } from "../errors.js";
import { ChunkCompressor, StoredPayload } from "./compression.js";
import { CHUNK_PREFIX_BYTES } from "./format.js";

const place = { path: "test.run", offset: 0 };
const lz4 = new ChunkCompressor("lz4");
const none = new ChunkCompressor("none");

const FRAME_BITS = 10;

function load(stored: Uint8Array): Uint8Array {
  const source = new StoredPayload(stored, place);
  const payload = new Uint8Array(source.size);
  source.load(payload);
  return payload;
}

/** Payloads are whole words; repetition at several distances makes lz4 work. */
const payloads = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc
        .tuple(fc.nat(255), fc.integer({ min: 1, max: 600 }))
        .map(([b, n]) => new Uint8Array(n).fill(b)),
      fc
        .constantFrom("SELECT * FROM orders WHERE id = ", "abcabcabcabc")
        .map((s) => Buffer.from(s)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => {
    const all = Buffer.concat(parts);
    return Uint8Array.from(all.subarray(0, all.length & ~3));
  });

describe("stored chunks", () => {
  test("round trip, one after the other through one compressor", () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(load(lz4.store(payload, FRAME_BITS))).toEqual(payload);
        expect(load(none.store(payload, FRAME_BITS))).toEqual(payload);
      }),
      { numRuns: 200 },
    );
  });

  test("many similar chunks do not leak into each other", () => {
    for (let i = 0; i < 100; i++) {
      const text = Array.from({ length: 40 }, (_, j) => `row ${String(i * 40 + j)} of table;`).join(
        "",
      );
      const payload = Uint8Array.from(Buffer.from(text.slice(0, text.length & ~3)));
      expect(load(lz4.store(payload, FRAME_BITS))).toEqual(payload);
    }
  });

  test("each frame is loaded by itself", () => {
    const text = Array.from({ length: 800 }, (_, i) => `value ${String(i * i)};`).join("");
    const payload = Uint8Array.from(Buffer.from(text.slice(0, text.length & ~3)));
    const source = new StoredPayload(lz4.store(payload, FRAME_BITS), place);
    expect(source.frames).toBe(Math.ceil(payload.length / 1024));
    for (let frame = 0; frame < source.frames; frame++) {
      const part = new Uint8Array(source.size);
      source.loadFrame(frame, part);
      const expected = new Uint8Array(source.size);
      expected.set(payload.subarray(frame * 1024, (frame + 1) * 1024), frame * 1024);
      expect(part).toEqual(expected);
    }
  });

  test("compression is kept only where it saves an eighth", () => {
    const random = Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 2654435761) >>> 13);
    expect(lz4.store(random, 16).length).toBe(CHUNK_PREFIX_BYTES + random.length);
    expect(lz4.store(new Uint8Array(4096), 16).length).toBeLessThan(100);
    expect(none.store(new Uint8Array(4096), 16).length).toBe(CHUNK_PREFIX_BYTES + 4096);
  });

  test("malformed compressed bytes give CORRUPTION, or other bytes of the right length", () => {
    const payload = Uint8Array.from(Buffer.from("abcd".repeat(64) + "0123456789abcdef".repeat(8)));
    const stored = Uint8Array.from(lz4.store(payload, FRAME_BITS));
    let refused = 0;
    const attempt = (damaged: Uint8Array): void => {
      try {
        expect(load(damaged).length).toBe(new StoredPayload(damaged, place).size);
      } catch (error) {
        expect(error).toBeInstanceOf(AegisError);
        expect((error as AegisError).code).toBe("CORRUPTION");
        refused++;
      }
    };
    for (let bit = 0; bit < stored.length * 8; bit++) {
      const damaged = stored.slice();
      damaged[bit >>> 3] = damaged[bit >>> 3]! ^ (1 << (bit & 7));
      attempt(damaged);
    }
    for (let length = 0; length < stored.length; length++) attempt(stored.subarray(0, length));
    expect(refused).toBeGreaterThan(stored.length);
  });
});
