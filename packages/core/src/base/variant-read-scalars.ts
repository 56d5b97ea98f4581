import { AegisError } from "../errors.js";
import { LITTLE_ENDIAN, scratch32, scratch64, scratchBytes } from "./variant-format.js";

/** Reads numbers and dates of variants; the forms are in variant.ts. */

const TWO_32 = 2 ** 32;
const MS_PER_SECOND = 1000;
const NANOS_PER_MS = 1_000_000;

export function damaged(how: string): AegisError {
  return new AegisError("CORRUPTION", `a variant value is damaged: ${how}`);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  return bytes[at]! * 0x100_0000 + low;
}

export function readFloat64(bytes: Uint8Array, at: number): number {
  if (LITTLE_ENDIAN) {
    scratchBytes[7] = bytes[at]!;
    scratchBytes[6] = bytes[at + 1]!;
    scratchBytes[5] = bytes[at + 2]!;
    scratchBytes[4] = bytes[at + 3]!;
    scratchBytes[3] = bytes[at + 4]!;
    scratchBytes[2] = bytes[at + 5]!;
    scratchBytes[1] = bytes[at + 6]!;
    scratchBytes[0] = bytes[at + 7]!;
  } else {
    for (let i = 0; i < 8; i++) scratchBytes[i] = bytes[at + i]!;
  }
  return scratch64[0]!;
}

export function readFloat32(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) scratchBytes[LITTLE_ENDIAN ? 3 - i : i] = bytes[at + i]!;
  return scratch32[0]!;
}

/** Big-endian two's complement. */
export function readBigInt(bytes: Uint8Array, start: number, size: number): bigint {
  let hex = "0x0";
  for (let i = start; i < start + size; i++) hex += bytes[i]!.toString(16).padStart(2, "0");
  return BigInt.asIntN(size * 8, BigInt(hex));
}

/** MessagePack's timestamp; its three forms are told apart by their size. */
export function readDate(bytes: Uint8Array, start: number, size: number): Date {
  let nanos = 0;
  let seconds: number;
  if (size === 4) {
    seconds = readUint32(bytes, start);
  } else if (size === 8) {
    const high = readUint32(bytes, start);
    nanos = Math.floor(high / 4);
    seconds = (high % 4) * TWO_32 + readUint32(bytes, start + 4);
  } else if (size === 12) {
    nanos = readUint32(bytes, start);
    const high = readUint32(bytes, start + 4) | 0;
    seconds = high * TWO_32 + readUint32(bytes, start + 8);
  } else {
    throw damaged("it holds a date of unknown form");
  }
  const date = new Date(seconds * MS_PER_SECOND + nanos / NANOS_PER_MS);
  if (Number.isNaN(date.getTime())) throw damaged("it holds a date beyond all dates");
  return date;
}
