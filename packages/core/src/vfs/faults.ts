/** One call to a file system, as error-fs sees it. */
export interface Operation {
  /** Place among all operations, from 0, in the order in which they started. */
  readonly index: number;
  readonly kind: OperationKind;
  readonly path: string;
  /** Target of a rename. */
  readonly to?: string;
  /** Of reads and writes; the new size for a truncation. */
  readonly offset?: number;
  /** Bytes to be read or written. */
  readonly length?: number;
}

export type OperationKind =
  | "openRead"
  | "openWrite"
  | "create"
  | "readFile"
  | "exists"
  | "list"
  | "size"
  | "makeDirectory"
  | "rename"
  | "remove"
  | "syncDirectory"
  | "read"
  | "write"
  | "writeAsync"
  | "truncate"
  | "sync"
  | "syncAsync"
  | "close";

/** How an operation fails. `code` is the system's; EIO unless given. */
export type Fault =
  /** Nothing is done. */
  | { readonly kind: "fail"; readonly code?: string }
  /** It is done, and then reported as failed: a sync, say, whose data did reach the disk. */
  | { readonly kind: "late"; readonly code?: string }
  /** A write stores its first `bytes` bytes; any other operation does nothing. */
  | { readonly kind: "short"; readonly bytes: number; readonly code?: string };

/** What open files need of their file system. */
export interface Injector {
  run<T>(operation: OperationDetails, call: (limit: number) => T): T;
  runAsync(operation: OperationDetails, call: (limit: number) => Promise<void>): Promise<void>;
  /** Takes `growth` bytes of the disk; returns how many there were. */
  reserve(growth: number): number;
}

export type OperationDetails = Omit<Operation, "index">;

/** Which operations a fault is for. */
export interface FaultRule {
  readonly kind?: OperationKind | readonly OperationKind[];
  /** Part of the path. */
  readonly path?: string;
  /** The first operation that fits is 1, which is the default. */
  readonly nth?: number;
  /** From the nth on, every operation that fits fails. */
  readonly lasting?: boolean;
  readonly fault: Fault;
}

/** Counts what fits a rule and says when it is time. */
export class ArmedRule {
  readonly #rule: FaultRule;
  #seen = 0;

  constructor(rule: FaultRule) {
    this.#rule = rule;
  }

  faultFor(operation: Operation): Fault | undefined {
    const { kind, path, nth = 1, lasting = false, fault } = this.#rule;
    if (
      kind !== undefined &&
      kind !== operation.kind &&
      !(Array.isArray(kind) && kind.includes(operation.kind))
    ) {
      return undefined;
    }
    if (path !== undefined && !operation.path.includes(path)) return undefined;
    this.#seen++;
    return this.#seen === nth || (lasting && this.#seen > nth) ? fault : undefined;
  }
}
