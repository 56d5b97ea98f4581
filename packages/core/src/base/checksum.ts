import { crc32 as nativeCrc32 } from "node:zlib";

/** CRC-32 (IEEE 802.3), the checksum of every frame, block and control file. */

/** Below this many bytes tables in JavaScript are faster than a view and the call into native code. */
const NATIVE_FROM = 400;
const POLYNOMIAL = 0xedb8_8320;
/** Bytes that are taken at once, with a table for each ("slicing by 8", Kounavis and Berry 2005). */
const SLICE = 8;

/** Entry 256 k + b: the checksum of the byte b followed by k bytes of zero. */
const TABLE: Int32Array = (() => {
  const table = new Int32Array(SLICE * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const shorter = table[i - 256]!;
    table[i] = (shorter >>> 8) ^ table[shorter & 0xff]!;
  }
  return table;
})();

/**
 * Checksum of `bytes[start, end)` as an unsigned 32-bit number. `seed` is the checksum of what came
 * before, so that crc32(b, 0, n, crc32(a)) is the checksum of a followed by b.
 */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  if (end - start >= NATIVE_FROM) {
    const whole = start === 0 && end === bytes.length;
    return nativeCrc32(whole ? bytes : bytes.subarray(start, end), seed);
  }
  let crc = ~seed;
  let i = start;
  for (; i + SLICE <= end; i += SLICE) {
    const low =
      crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      TABLE[0x700 + (low & 0xff)]! ^
      TABLE[0x600 + ((low >>> 8) & 0xff)]! ^
      TABLE[0x500 + ((low >>> 16) & 0xff)]! ^
      TABLE[0x400 + (low >>> 24)]! ^
      TABLE[0x300 + bytes[i + 4]!]! ^
      TABLE[0x200 + bytes[i + 5]!]! ^
      TABLE[0x100 + bytes[i + 6]!]! ^
      TABLE[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
