import type { ReadFile, Vfs, WriteFile } from "./contract.js";
import { ioError } from "./io-errors.js";
import { microtaskScheduler, type IoScheduler } from "./io-scheduler.js";
import { crashContent, type CrashPlan, type CrashStyle, type Tear } from "./mem-crash.js";
import { MemFile } from "./mem-file.js";
import { MemReadFile, MemWriteFile, type MemDisk } from "./mem-open-file.js";
import { MemDirectory, NameJournal, type MemNode, type Slot } from "./mem-names.js";

export interface MemFsOptions {
  /** When asynchronous operations go on; in microtasks unless given. */
  readonly scheduler?: IoScheduler;
  /**
   * Whether to remember what a power cut could take back (default true). Without it syncs do
   * nothing and no change is kept twice: for databases that live in memory.
   */
  readonly trackDurability?: boolean;
}

/** Makes the decisions of a crash; a `Prng` is one. */
export interface Chooser {
  /** An integer in [0, n). */
  int(n: number): number;
}

export interface CrashOptions {
  /** What may have reached the disk; chosen at random unless given. */
  readonly style?: CrashStyle;
  readonly tear?: Tear;
}

const STYLES: readonly CrashStyle[] = ["lost", "kept", "ordered", "mixed", "mixed", "mixed"];
const TEARS: readonly Tear[] = ["none", "sector", "byte", "byte"];

/**
 * A disk in memory that knows what is durable. It can be cut off at any moment: `crashClone` is a
 * disk as it may be found afterwards, `crashStates` are all of them. Deterministic: the same
 * operations and decisions give the same disk.
 *
 * It starts with the directories "." and "/". Names in different directories and the two roots are
 * resolved from the path's text alone; there are no links.
 */
export class MemFs implements Vfs, MemDisk {
  readonly scheduler: IoScheduler;
  readonly #tracked: boolean;
  #roots: ReadonlyMap<string, MemDirectory>;
  #journal: NameJournal;
  #time = 0;
  #openFiles = 0;

  constructor(options: MemFsOptions = {}) {
    this.scheduler = options.scheduler ?? microtaskScheduler;
    this.#tracked = options.trackDurability ?? true;
    this.#roots = new Map([
      [".", new MemDirectory()],
      ["/", new MemDirectory()],
    ]);
    this.#journal = new NameJournal(this.#tracked);
  }

  /** Files that were opened and not closed. */
  get openFiles(): number {
    return this.#openFiles;
  }

  opened(): void {
    this.#openFiles++;
  }

  closed(): void {
    this.#openFiles--;
  }

  tick(): number {
    return ++this.#time;
  }

  get now(): number {
    return this.#time;
  }

  openRead(path: string): ReadFile {
    return new MemReadFile(path, this.#file("open", path), this);
  }

  openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const dataSync = options.dataSync === true;
    if (!options.create) return new MemWriteFile(path, this.#file("open", path), this, dataSync);
    const slot = this.#slot("create", path);
    if (slot.directory.names.has(slot.name)) throw ioError("create", path, "EEXIST");
    const file = new MemFile(this.#tracked);
    this.#journal.link(slot, file, this.tick());
    return new MemWriteFile(path, file, this, dataSync);
  }

  readFile(path: string): Uint8Array {
    const file = this.#file("read", path);
    const content = new Uint8Array(file.size);
    file.read(content, 0);
    return content;
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  list(path: string): string[] {
    return [...this.#directory("list", path).names.keys()].sort();
  }

  size(path: string): number {
    return this.#file("stat", path).size;
  }

  makeDirectory(path: string): void {
    const slot = this.#slot("make directory", path);
    if (slot.directory.names.has(slot.name)) throw ioError("make directory", path, "EEXIST");
    this.#journal.link(slot, new MemDirectory(), this.tick());
  }

  rename(from: string, to: string): void {
    const source = this.#slot("rename", from);
    const node = source.directory.names.get(source.name);
    if (node === undefined) throw ioError("rename", from, "ENOENT");
    const target = this.#slot("rename", to);
    const replaced = target.directory.names.get(target.name);
    if (replaced === node) return;
    if (replaced?.kind === "directory") throw ioError("rename", to, "EISDIR");
    if (replaced !== undefined && node.kind === "directory") throw ioError("rename", to, "ENOTDIR");
    this.#journal.rename(source, target, this.tick());
  }

  remove(path: string): void {
    const slot = this.#slot("remove", path);
    const node = slot.directory.names.get(slot.name);
    if (node === undefined) throw ioError("remove", path, "ENOENT");
    if (node.kind === "directory" && node.names.size > 0) {
      throw ioError("remove", path, "ENOTEMPTY");
    }
    this.#journal.unlink(slot, this.tick());
  }

  syncDirectory(path: string): void {
    this.#journal.sync(this.#directory("sync directory", path));
  }

  /**
   * After a failed sync of the file the system may drop what was written: reads still see it, no
   * later sync makes it durable, and a crash may lose it.
   */
  loseUnsynced(path: string): void {
    this.#file("lose", path).loseUnsynced();
  }

  /** A copy in the same state: the same content, with the same changes not yet durable. */
  clone(): MemFs {
    const copies = new Map<MemNode, MemNode>();
    const copyOf = (node: MemNode): MemNode => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      const copy = node.kind === "file" ? node.clone() : new MemDirectory();
      copies.set(node, copy);
      if (node.kind === "directory" && copy.kind === "directory") {
        for (const [name, child] of node.names) copy.names.set(name, copyOf(child));
        for (const [name, child] of node.durable) copy.durable.set(name, copyOf(child));
      }
      return copy;
    };
    const fs = this.#emptyCopy();
    fs.#roots = new Map([...this.#roots].map(([name, d]) => [name, copyOf(d) as MemDirectory]));
    fs.#journal = this.#journal.clone(copyOf);
    fs.#time = this.#time;
    return fs;
  }

  /** A disk as it may be found when the power is cut now. Everything on it is durable. */
  crashClone(chooser: Chooser, options: CrashOptions = {}): MemFs {
    const style = options.style ?? STYLES[chooser.int(STYLES.length)]!;
    const tear = options.tear ?? TEARS[chooser.int(TEARS.length)]!;
    const moments = style === "ordered" ? this.#pendingTimes() : [];
    const moment = moments.length === 0 ? 0 : moments[chooser.int(moments.length)]!;
    return this.#crash({ choose: (n) => chooser.int(n), style, tear, moment });
  }

  /**
   * Every disk that may be found when the power is cut now, some of them alike. Their number grows
   * exponentially with what is not durable: for small cases, or with a caller that stops.
   */
  *crashStates(options: { readonly tear?: Tear } = {}): IterableIterator<MemFs> {
    const tear = options.tear ?? "sector";
    // An odometer over the decisions: each run repeats the ones before and turns the last digit.
    const digits: { value: number; base: number }[] = [];
    for (;;) {
      let at = 0;
      const choose = (base: number): number => {
        const digit = (digits[at] ??= { value: 0, base });
        at++;
        return digit.value;
      };
      yield this.#crash({ choose, style: "mixed", tear, moment: 0 });
      while (digits.length > 0 && digits.at(-1)!.value === digits.at(-1)!.base - 1) digits.pop();
      if (digits.length === 0) return;
      digits.at(-1)!.value++;
    }
  }

  #crash(plan: CrashPlan): MemFs {
    const names = this.#journal.crash(plan);
    const survivor = (node: MemNode): MemNode => {
      if (node.kind === "file") {
        return new MemFile(this.#tracked, crashContent(node.durableContent(), node.pending, plan));
      }
      const copy = new MemDirectory();
      const entries = [...(names.get(node) ?? node.durable)];
      entries.sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, child] of entries) {
        const childCopy = survivor(child);
        copy.names.set(name, childCopy);
        copy.durable.set(name, childCopy);
      }
      return copy;
    };
    const fs = this.#emptyCopy();
    fs.#roots = new Map([...this.#roots].map(([name, d]) => [name, survivor(d) as MemDirectory]));
    return fs;
  }

  #emptyCopy(): MemFs {
    return new MemFs({ scheduler: this.scheduler, trackDurability: this.#tracked });
  }

  /** Times of everything that a crash could lose. */
  #pendingTimes(): number[] {
    const times = [...this.#journal.times];
    const visit = (node: MemNode): void => {
      if (node.kind === "file") for (const change of node.pending) times.push(change.time);
      else
        for (const child of new Set([...node.names.values(), ...node.durable.values()]))
          visit(child);
    };
    for (const root of this.#roots.values()) visit(root);
    return [...new Set(times)].sort((a, b) => a - b);
  }

  #find(path: string): MemNode | undefined {
    const absolute = path.startsWith("/");
    let node: MemNode | undefined = this.#roots.get(absolute ? "/" : ".");
    for (const name of path.split("/")) {
      if (name === "" || name === ".") continue;
      if (node?.kind !== "directory") return undefined;
      node = node.names.get(name);
    }
    return node;
  }

  #directory(operation: string, path: string): MemDirectory {
    const node = this.#find(path);
    if (node === undefined) throw ioError(operation, path, "ENOENT");
    if (node.kind !== "directory") throw ioError(operation, path, "ENOTDIR");
    return node;
  }

  #file(operation: string, path: string): MemFile {
    const node = this.#find(path);
    if (node === undefined) throw ioError(operation, path, "ENOENT");
    if (node.kind !== "file") throw ioError(operation, path, "EISDIR");
    return node;
  }

  /** The name that a path ends in, in a directory that must be there. */
  #slot(operation: string, path: string): Slot {
    const trimmed = path.replace(/\/+$/, "");
    const slash = trimmed.lastIndexOf("/");
    const name = trimmed.slice(slash + 1);
    if (name === "" || name === ".") throw ioError(operation, path, "EINVAL");
    const parent = slash < 0 ? "." : slash === 0 ? "/" : trimmed.slice(0, slash);
    return { directory: this.#directory(operation, parent), name };
  }
}
