import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Bytes that the files below a folder occupy. Blocks are counted, not sizes: preallocated and
 * sparse files (a memory map's) then weigh what they cost.
 *
 * @param {string} folder
 * @returns {number}
 */
export function bytesOnDisk(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  }
  return bytes;
}
