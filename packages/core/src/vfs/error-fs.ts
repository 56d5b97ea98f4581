import type { ReadFile, Vfs, WriteFile } from "./contract.js";
import { ErrorReadFile, ErrorWriteFile } from "./error-open-file.js";
import {
  ArmedRule,
  type Fault,
  type FaultRule,
  type Injector,
  type Operation,
  type OperationDetails,
  type OperationKind,
} from "./faults.js";
import { ioError } from "./io-errors.js";

export interface ErrorFsOptions {
  /**
   * Called before every operation, and may make it fail by returning a fault. A simulator cuts the
   * power here: it takes its picture of the disk and calls `powerOff`.
   */
  readonly before?: (operation: Operation) => Fault | undefined;
  /** Bytes by which files may grow before the disk is full; no limit unless given. */
  readonly capacity?: number;
  /** Whether to record `trace` (default false: a long simulation would fill the memory). */
  readonly trace?: boolean;
}

/** A moment in the life of an operation, or a mark that a test set. */
export type TraceEvent =
  | { readonly kind: "started" | "done" | "failed"; readonly operation: Operation }
  | { readonly kind: "mark"; readonly label: string };

const EVERYTHING = Infinity;
const WRITES: ReadonlySet<OperationKind> = new Set<OperationKind>(["write", "writeAsync"]);

function closeFile(file: { close(): void }): void {
  file.close();
}

/**
 * Wraps a file system and makes it fail on purpose: by rule, by hook, by a full disk, or for good
 * once the power is off. It counts operations and can record them, so that a test can ask what came
 * before what.
 */
export class ErrorFs implements Vfs, Injector {
  readonly #inner: Vfs;
  readonly #options: ErrorFsOptions;
  readonly #rules: ArmedRule[] = [];
  readonly #counts = new Map<OperationKind, number>();
  readonly #trace: TraceEvent[] = [];
  #started = 0;
  #spaceLeft: number;
  #powered = true;

  constructor(inner: Vfs, options: ErrorFsOptions = {}) {
    this.#inner = inner;
    this.#options = options;
    this.#spaceLeft = options.capacity ?? Infinity;
  }

  /** Makes the operations that fit the rule fail. Several rules may wait at once. */
  inject(rule: FaultRule): void {
    this.#rules.push(new ArmedRule(rule));
  }

  /** Takes all rules back and makes room on the disk. The power stays as it is. */
  heal(): void {
    this.#rules.length = 0;
    this.#spaceLeft = Infinity;
  }

  /** From now on every operation fails, those under way included. */
  powerOff(): void {
    this.#powered = false;
  }

  /** Operations started so far, of one kind or of all. */
  count(kind?: OperationKind): number {
    return kind === undefined ? this.#started : (this.#counts.get(kind) ?? 0);
  }

  get trace(): readonly TraceEvent[] {
    return this.#trace;
  }

  /** Puts a label into the trace, to be found between the operations around it. */
  mark(label: string): void {
    this.#record({ kind: "mark", label });
  }

  #record(event: TraceEvent): void {
    if (this.#options.trace === true) this.#trace.push(event);
  }

  reserve(growth: number): number {
    const granted = Math.min(Math.max(growth, 0), this.#spaceLeft);
    this.#spaceLeft -= granted;
    return granted;
  }

  #begin(details: OperationDetails): { operation: Operation; fault: Fault | undefined } {
    const operation: Operation = { index: this.#started++, ...details };
    this.#counts.set(operation.kind, this.count(operation.kind) + 1);
    this.#record({ kind: "started", operation });
    let fault = this.#powered ? this.#options.before?.(operation) : undefined;
    for (const rule of this.#rules) {
      const ruled = rule.faultFor(operation);
      fault ??= ruled;
    }
    // The hook may have cut the power: then this operation is the first that does not happen.
    if (!this.#powered) fault = { kind: "fail" };
    else if (fault?.kind === "short" && !WRITES.has(operation.kind)) fault = { kind: "fail" };
    return { operation, fault };
  }

  #fail(operation: Operation, fault: Fault): Error {
    this.#record({ kind: "failed", operation });
    return ioError(operation.kind, operation.path, fault.code ?? "EIO");
  }

  /** `undo` gives back what a call that is reported as failed has taken. */
  run<T>(details: OperationDetails, call: (limit: number) => T, undo?: (result: T) => void): T {
    const { operation, fault } = this.#begin(details);
    if (fault?.kind === "fail") throw this.#fail(operation, fault);
    let result: T;
    try {
      result = call(fault?.kind === "short" ? fault.bytes : EVERYTHING);
    } catch (error) {
      this.#record({ kind: "failed", operation });
      throw error;
    }
    if (fault !== undefined) {
      undo?.(result);
      throw this.#fail(operation, fault);
    }
    this.#record({ kind: "done", operation });
    return result;
  }

  async runAsync(details: OperationDetails, call: (limit: number) => Promise<void>): Promise<void> {
    const { operation, fault } = this.#begin(details);
    try {
      if (fault?.kind !== "fail") await call(fault?.kind === "short" ? fault.bytes : EVERYTHING);
    } catch (error) {
      this.#record({ kind: "failed", operation });
      throw error;
    }
    if (fault !== undefined) throw this.#fail(operation, fault);
    if (!this.#powered) throw this.#fail(operation, { kind: "fail" });
    this.#record({ kind: "done", operation });
  }

  openRead(path: string): ReadFile {
    const open = (): ReadFile => this.#inner.openRead(path);
    const file = this.run({ kind: "openRead", path }, open, closeFile);
    return new ErrorReadFile(file, this);
  }

  openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const kind = options.create ? "create" : "openWrite";
    const open = (): WriteFile => this.#inner.openWrite(path, options);
    const file = this.run({ kind, path }, open, closeFile);
    return new ErrorWriteFile(file, this);
  }

  readFile(path: string): Uint8Array {
    return this.run({ kind: "readFile", path }, () => this.#inner.readFile(path));
  }

  exists(path: string): boolean {
    return this.run({ kind: "exists", path }, () => this.#inner.exists(path));
  }

  list(path: string): string[] {
    return this.run({ kind: "list", path }, () => this.#inner.list(path));
  }

  size(path: string): number {
    return this.run({ kind: "size", path }, () => this.#inner.size(path));
  }

  makeDirectory(path: string): void {
    this.run({ kind: "makeDirectory", path }, () => {
      this.#inner.makeDirectory(path);
    });
  }

  rename(from: string, to: string): void {
    this.run({ kind: "rename", path: from, to }, () => {
      this.#inner.rename(from, to);
    });
  }

  remove(path: string): void {
    this.run({ kind: "remove", path }, () => {
      this.#inner.remove(path);
    });
  }

  syncDirectory(path: string): void {
    this.run({ kind: "syncDirectory", path }, () => {
      this.#inner.syncDirectory(path);
    });
  }
}
