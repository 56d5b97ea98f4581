/** The files of the manifest: how they are made, named and judged. */
import { checkedJson, parseCheckedJson } from "../base/checked-json.js";
import { AegisError } from "../errors.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import { parseAt } from "../run/corruption.js";
import {
  decodeEdit,
  encodeEdit,
  manifestHeader,
  MANIFEST_HEADER_BYTES,
  MANIFEST_VERSION,
  type ManifestEdit,
} from "./manifest-format.js";

export interface WrittenManifest {
  readonly file: WriteFile;
  readonly size: number;
}

/** Writes a manifest that holds one edit, and a CURRENT.new that names it; or neither. */
export function writeManifest(
  vfs: Vfs,
  directory: string,
  number: number,
  edit: ManifestEdit,
): WrittenManifest {
  const path = manifestPath(directory, number);
  const header = manifestHeader();
  const bytes = encodeEdit(edit);
  const file = createAnew(vfs, path);
  try {
    file.write(header, 0);
    file.write(bytes, header.length);
    file.sync();
    vfs.syncDirectory(directory);
    writeCurrent(vfs, temporaryCurrent(directory), number);
  } catch (error) {
    giveUp(vfs, file);
    throw error;
  }
  return { file, size: header.length + bytes.length };
}

function writeCurrent(vfs: Vfs, path: string, number: number): void {
  const file = createAnew(vfs, path);
  try {
    file.write(checkedJson({ manifest: number }), 0);
    file.sync();
  } catch (error) {
    giveUp(vfs, file);
    throw error;
  }
  file.close();
}

/** Makes CURRENT name the manifest that was written last, atomically. */
export function nameManifest(vfs: Vfs, directory: string): void {
  vfs.rename(temporaryCurrent(directory), `${directory}/CURRENT`);
  vfs.syncDirectory(directory);
}

/** The number of the manifest that CURRENT names. */
export function readCurrent(vfs: Vfs, directory: string): number {
  const path = `${directory}/CURRENT`;
  const current = parseCheckedJson(vfs.readFile(path)) as { manifest?: number } | undefined;
  if (typeof current?.manifest !== "number") throw damaged(path, 0, "it is not readable");
  return current.manifest;
}

function temporaryCurrent(directory: string): string {
  return `${directory}/CURRENT.new`;
}

function createAnew(vfs: Vfs, path: string): WriteFile {
  if (vfs.exists(path)) vfs.remove(path);
  return vfs.openWrite(path, { create: true });
}

/** A file that stays is a stray, which the next open removes. */
function giveUp(vfs: Vfs, file: WriteFile): void {
  try {
    file.close();
    vfs.remove(file.path);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
  }
}

/** A database without CURRENT must not be taken for a new one: its files would be swept away. */
export function assertNew(vfs: Vfs, directory: string): void {
  for (const part of ["log", "runs"]) {
    const path = `${directory}/${part}`;
    if (!vfs.exists(path) || vfs.list(path).length === 0) continue;
    throw damaged(`${directory}/CURRENT`, 0, `it is missing, but ${part}/ holds a database`);
  }
}

export function manifestPath(directory: string, number: number): string {
  return `${directory}/MANIFEST-${String(number).padStart(6, "0")}`;
}

/**
 * Gives each whole edit to `take`, in their order, and returns where they end. What follows is an
 * edit that was interrupted, or damage, which is thrown.
 */
export function readEdits(
  bytes: Uint8Array,
  path: string,
  take: (edit: ManifestEdit) => void,
): number {
  checkHeader(bytes, path);
  let offset = MANIFEST_HEADER_BYTES;
  for (;;) {
    const next = parseAt({ path, offset }, () => {
      const decoded = decodeEdit(bytes, offset);
      if (decoded !== undefined) take(decoded.edit);
      return decoded;
    });
    if (next === undefined) break;
    offset = next.end;
  }
  // CURRENT named the file when its first edit had been synced.
  if (offset === MANIFEST_HEADER_BYTES) throw damaged(path, offset, "the first edit is damaged");
  assertTornTail(bytes, offset, path);
  return offset;
}

function checkHeader(bytes: Uint8Array, path: string): void {
  const expected = manifestHeader();
  const version =
    bytes.length < 12 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const magicFits = expected.subarray(0, 8).every((byte, i) => bytes[i] === byte);
  if (!magicFits) throw damaged(path, 0, "it does not begin as a manifest does");
  if (version > MANIFEST_VERSION && version < 1000) {
    throw new AegisError("UNSUPPORTED_FORMAT", `${path} has format version ${version}`, {
      hint: "Open the database with the newer version that wrote it.",
    });
  }
  if (version !== MANIFEST_VERSION) throw damaged(path, 8, "its version is not one of ours");
}

/**
 * What follows the last whole edit may be the start of an edit that a power cut kept from being
 * finished. If a whole edit stands anywhere after it, that one was synced later, so the bytes
 * before it are damage.
 */
function assertTornTail(bytes: Uint8Array, offset: number, path: string): void {
  for (let at = offset + 1; at < bytes.length; at++) {
    if (decodeEdit(bytes, at) !== undefined) throw damaged(path, offset, "an edit is damaged");
  }
}

export function damaged(path: string, offset: number, why: string): AegisError {
  return new AegisError("CORRUPTION", `${path} is damaged at offset ${offset}: ${why}`, {
    hint: "Restore from a backup; nothing was changed.",
  });
}
