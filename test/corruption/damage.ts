import type { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import { DIRECTORY } from "./small-database.js";

/** One way to damage a disk. */
export interface Damage {
  /** What it does, as a test says it when it fails. */
  readonly what: string;
  readonly kind: "flip" | "cut" | "file";
  /** The file that it damages. */
  readonly path: string;
  /** False if that changes nothing. */
  apply(disk: MemFs): boolean;
}

/** What may become of a byte. */
export const FLIPS: Readonly<Record<string, (byte: number, offset: number) => number>> = {
  "one bit": (byte, offset) => byte ^ (1 << (offset % 8)),
  "all bits": (byte) => byte ^ 0xff,
  zeroed: () => 0,
};

/** All files below the database's directory. */
export function filesOf(disk: MemFs): string[] {
  const files: string[] = [];
  for (const name of disk.list(DIRECTORY)) {
    const path = `${DIRECTORY}/${name}`;
    if (name !== "log" && name !== "runs") files.push(path);
    else files.push(...disk.list(path).map((inner) => `${path}/${inner}`));
  }
  return files;
}

/** Every byte of every file, in every way. */
export function* flips(disk: MemFs): Generator<Damage> {
  for (const path of filesOf(disk)) {
    for (let offset = 0; offset < disk.size(path); offset++) {
      for (const [name, flip] of Object.entries(FLIPS)) {
        const apply = (to: MemFs): boolean => changeByte(to, path, offset, flip);
        yield { what: `${path}, byte ${offset} ${name}`, kind: "flip", path, apply };
      }
    }
  }
}

/** False if the byte has that value already. */
export function changeByte(
  disk: MemFs,
  path: string,
  offset: number,
  flip: (byte: number, offset: number) => number,
): boolean {
  const file = disk.openWrite(path, { create: false });
  const byte = new Uint8Array(1);
  file.read(byte, offset);
  const changed = flip(byte[0]!, offset);
  file.write(Uint8Array.of(changed), offset);
  file.close();
  return changed !== byte[0];
}

/** Every file at every length that is shorter than its own. */
export function* cuts(disk: MemFs): Generator<Damage> {
  for (const path of filesOf(disk)) {
    for (let length = 0; length < disk.size(path); length++) {
      const apply = (to: MemFs): boolean => {
        const file = to.openWrite(path, { create: false });
        file.truncate(length);
        file.close();
        return true;
      };
      yield { what: `${path}, cut at ${length}`, kind: "cut", path, apply };
    }
  }
}

const APPENDED: Readonly<Record<string, Uint8Array>> = {
  "one zero": new Uint8Array(1),
  "a page of zeros": new Uint8Array(4096),
  "one byte": Uint8Array.of(0x5a),
  "a page of other bytes": Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 0xff),
};

/** Files that are gone, longer, swapped, or there twice. */
export function* wholeFiles(disk: MemFs): Generator<Damage> {
  const files = filesOf(disk);
  for (const path of files) {
    yield fileDamage(`${path} is removed`, path, (to) => to.remove(path));
    for (const [name, bytes] of Object.entries(APPENDED)) {
      yield fileDamage(`${path} and ${name}`, path, (to) => {
        put(to, path, Uint8Array.of(...to.readFile(path), ...bytes));
      });
    }
    yield fileDamage(`${path} and all of it again`, path, (to) => {
      put(to, path, Uint8Array.of(...to.readFile(path), ...to.readFile(path)));
    });
    for (const copy of unusedNames(path)) {
      if (files.includes(copy)) continue;
      yield fileDamage(`${path} is also ${copy}`, path, (to) => put(to, copy, to.readFile(path)));
    }
    for (const other of files) {
      if (other === path) continue;
      yield fileDamage(`${path} is now ${other}`, path, (to) => put(to, path, to.readFile(other)));
      if (other < path) continue;
      yield fileDamage(`${path} and ${other} are swapped`, path, (to) => {
        const bytes = to.readFile(path);
        put(to, path, to.readFile(other));
        put(to, other, bytes);
      });
    }
  }
}

function fileDamage(what: string, path: string, change: (disk: MemFs) => void): Damage {
  const apply = (disk: MemFs): boolean => {
    change(disk);
    return true;
  };
  return { what, kind: "file", path, apply };
}

/** Names beside a file's own: the number in it one higher or lower, or an unfinished file's. */
function unusedNames(path: string): string[] {
  const [, start = "", digits = "", end = ""] = /^(.*\D)(\d+)(\D*)$/.exec(path) ?? [];
  if (digits === "") return [`${path}.new`];
  const numbers = [Number(digits) + 1, Number(digits) - 1, Number(digits) + 1024];
  const named = numbers.map((n) => `${start}${String(n).padStart(digits.length, "0")}${end}`);
  return [...named, `${path}.new`];
}

function put(disk: MemFs, path: string, bytes: Uint8Array): void {
  if (disk.exists(path)) disk.remove(path);
  const file = disk.openWrite(path, { create: true });
  file.write(bytes, 0);
  file.close();
}
