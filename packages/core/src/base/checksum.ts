import { crc32 as nativeCrc32 } from "node:zlib";

/** CRC-32 (IEEE 802.3), the checksum of every frame, block and control file. */

/** Below this many bytes a table in JavaScript is faster than the call into native code. */
const NATIVE_FROM = 64;
const POLYNOMIAL = 0xedb8_8320;

const TABLE: Uint32Array = (() => {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
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
  for (let i = start; i < end; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
