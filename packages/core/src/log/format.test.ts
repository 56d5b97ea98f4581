import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import {
  SEGMENT_HEADER_BYTES,
  claimedDurable,
  headerCheck,
  isCapacity,
  lagAt,
  logSeed,
  parseSegmentName,
  placeHash,
  readSegmentHeader,
  segmentName,
  writeSegmentHeader,
  type SegmentHeader,
} from "./format.js";

const HEADER: SegmentHeader = {
  logId: 2 ** 53 - 1,
  first: 2 ** 40 + 8,
  previousEnd: 2 ** 40 - 16,
  continuedEnd: 2 ** 40 + 640,
  capacity: 65_536,
};

function headerBytes(header: SegmentHeader = HEADER): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES).fill(0xff);
  writeSegmentHeader(bytes, 0, header);
  return bytes;
}

const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;

describe("segment header", () => {
  it("reads back as it was written", () => {
    expect(readSegmentHeader(headerBytes(), "a.log", HEADER.first)).toEqual(HEADER);
  });

  it("keeps its bytes from version to version", () => {
    const header = { logId: 1, first: 2, previousEnd: 3, continuedEnd: 4, capacity: 4096 };
    expect(Buffer.from(headerBytes(header)).toString("hex")).toBe(
      "41474c47010000000100000000000000020000000000000003000000000000000400000000000000" +
        "00100000000000000000000000000000000000008131cba5",
    );
  });

  it("is CORRUPTION when any of its bytes is another", () => {
    for (let at = 0; at < SEGMENT_HEADER_BYTES; at++) {
      const bytes = headerBytes();
      bytes[at]! ^= 0x10;
      expect(() => readSegmentHeader(bytes, "a.log", HEADER.first)).toThrow(code("CORRUPTION"));
    }
    const short = headerBytes().subarray(0, 63);
    expect(() => readSegmentHeader(short, "a.log", HEADER.first)).toThrow(code("CORRUPTION"));
  });

  it("is CORRUPTION under another segment's name", () => {
    expect(() => readSegmentHeader(headerBytes(), "a.log", 0)).toThrow(code("CORRUPTION"));
  });
});

describe("segment names", () => {
  it("sort as their positions and read back", () => {
    const positions = [0, 9, 10, 67_108_864, 2 ** 40, Number.MAX_SAFE_INTEGER];
    const names = positions.map(segmentName);
    expect([...names].sort()).toEqual(names);
    expect(names.map(parseSegmentName)).toEqual(positions);
  });

  it("are told from other names", () => {
    for (const name of ["0.log", "0000000000000000.log.new", "9999999999999999.log", "LOCK"]) {
      expect(parseSegmentName(name)).toBe(-1);
    }
  });
});

describe("frame hashes", () => {
  it("differ between places of one log", () => {
    const seed = logSeed(new Prng(1).int(2 ** 53));
    const base = 2 ** 44;
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) seen.add(placeHash(seed, base + i * 8));
    expect(seen.size).toBe(100_000);
  });

  it("differ between logs and past the first 4 GB", () => {
    expect(placeHash(logSeed(1), 64)).not.toBe(placeHash(logSeed(2), 64));
    expect(placeHash(logSeed(2 ** 40), 64)).not.toBe(placeHash(logSeed(2 ** 41), 64));
    expect(placeHash(logSeed(1), 64)).not.toBe(placeHash(logSeed(1), 2 ** 32 + 64));
  });

  it("check every field of a frame's header", () => {
    const check = headerCheck(1, 100, 200, 1);
    expect(check).toBeLessThan(2 ** 24);
    const others = [
      headerCheck(2, 100, 200, 1),
      headerCheck(1, 101, 200, 1),
      headerCheck(1, 100, 201, 1),
      headerCheck(1, 100, 200, 2),
    ];
    expect(others).not.toContain(check);
  });
});

describe("lag", () => {
  it("gives the durable position back, or claims nothing", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 50), fc.nat(2 ** 50), (durable, distance) => {
        const claimed = claimedDurable(durable + distance, lagAt(durable + distance, durable));
        expect(claimed).toBe(distance < 2 ** 32 - 1 ? durable : -1);
      }),
    );
  });
});

describe("capacity", () => {
  it("is aligned and has room for a frame", () => {
    expect([96, 104, 64 * 1024 * 1024].every(isCapacity)).toBe(true);
    expect([0, 64, 88, 100, 1.5, -96, NaN, 2 ** 60].some(isCapacity)).toBe(false);
  });
});
