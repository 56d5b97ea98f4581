import type { Prng } from "../../base/prng.js";
import type { Vfs, WriteFile } from "../../vfs/contract.js";
import { ErrorFs } from "../../vfs/error-fs.js";
import { ArmedRule, type Fault, type FaultRule, type Operation } from "../../vfs/faults.js";
import { ioError } from "../../vfs/io-errors.js";
import type { MemFs } from "../../vfs/mem-fs.js";
import { SimulationCounts, type CrashPlace } from "./counts.js";
import { WrappedFile, WrappedFs } from "./wrapped-fs.js";

export interface CrashOrder {
  /** Operations on the disk from now on before it happens; 0 is the next one. */
  readonly after: number;
  /** The power goes; else only the process, and what the system has in memory stays. */
  readonly power: boolean;
  readonly prng: Prng;
}

/**
 * A disk in memory whose computer can be made to crash before, after or in the middle of any
 * operation. Afterwards every operation fails, and `picture` is the disk as the next start finds it.
 *
 *     engine ► ErrorFs (counts, injects faults) ► torn writes ► planted bugs, if any ► MemFs
 */
export class SimulatedDisk {
  readonly fs: ErrorFs;
  picture: MemFs | undefined;
  /** Whether a fault was ever injected: promises may tell of it late. */
  wasFaulty = false;
  private readonly rules: ArmedRule[] = [];
  private order: CrashOrder | undefined;
  private strikeAt = Infinity;
  /** The operation that strikes is a write: it is struck half way. */
  private tearing = false;

  constructor(
    private readonly memory: MemFs,
    plant: (vfs: Vfs) => Vfs = (vfs) => vfs,
    private readonly counts: SimulationCounts = new SimulationCounts(),
  ) {
    const torn = new TornWrites(plant(memory), memory, (begin) => this.tear(begin));
    this.fs = new ErrorFs(torn, { before: (operation) => this.before(operation) });
  }

  /**
   * The operations that fit fail. After a failed sync the system drops what it could not write, as
   * Linux does: it can still be read, and no later sync brings it to the disk.
   */
  inject(rule: FaultRule): void {
    this.wasFaulty = true;
    this.rules.push(new ArmedRule(rule));
  }

  heal(): void {
    this.rules.length = 0;
  }

  /** Whether a fault was injected that may strike, or has struck, since the last `heal`. */
  get faulty(): boolean {
    return this.rules.length > 0;
  }

  get struck(): boolean {
    return this.picture !== undefined;
  }

  arm(order: CrashOrder): void {
    this.order = order;
    this.strikeAt = this.fs.count() + order.after;
  }

  disarm(): void {
    this.order = undefined;
    this.strikeAt = Infinity;
  }

  get armed(): boolean {
    return this.order !== undefined && !this.struck;
  }

  /** The crash that was armed happens now. */
  strike(): void {
    const { power, prng } = this.order!;
    this.picture = power ? this.memory.crashClone(prng) : this.memory.clone();
    this.fs.powerOff();
  }

  private before(operation: Operation): Fault | undefined {
    if (operation.index >= this.strikeAt && !this.struck) {
      this.counts.crashIn(crashPlace(operation));
      this.tearing = operation.kind === "write" || operation.kind === "writeAsync";
      if (!this.tearing) this.strike();
    }
    const fault = this.rules.map((rule) => rule.faultFor(operation)).find((found) => found);
    if (fault !== undefined) this.counts.faultStrikes(fault, operation);
    const failedSync = operation.kind.startsWith("sync") && fault?.kind === "fail";
    if (failedSync && operation.kind !== "syncDirectory") this.loseUnsynced(operation.path);
    return fault;
  }

  private loseUnsynced(path: string): void {
    if (this.memory.exists(path)) this.memory.loseUnsynced(path);
  }

  /** True if the computer crashes in this write, which `begin` puts on its way. */
  private tear(begin: () => void): boolean {
    if (!this.tearing || this.struck) return false;
    begin();
    this.strike();
    return true;
  }
}

/** Deep enough for the steps of a job to be among the callers of its writes. */
const STACK_FRAMES = 60;

/** What the database is at, by the file; whose run file it is, the stack of callers tells. */
function crashPlace({ path }: Operation): CrashPlace {
  if (path.includes("/log")) return "Log";
  if (/MANIFEST|CURRENT/.test(path)) return "Manifest";
  if (!path.endsWith(".run")) return "Elsewhere";
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = depth;
  if (stack.includes("tree/flush.")) return "Flush";
  return stack.includes("tree/compaction.") ? "Compaction" : "Elsewhere";
}

/**
 * Gives every write a middle: the data is on its way, nothing of it is certain. A write to a file
 * opened for synchronous data would otherwise be all or nothing.
 */
class TornWrites extends WrappedFs {
  constructor(
    inner: Vfs,
    private readonly memory: MemFs,
    /** True if the computer crashes in this write, once `begin` has put it on its way. */
    private readonly crashes: (begin: () => void) => boolean,
  ) {
    super(inner);
  }

  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const file = super.openWrite(path, options);
    return new TornFile(file, (data, offset) => {
      const begin = (): void => {
        this.memory.openWrite(path, { create: false }).write(data, offset);
      };
      if (this.crashes(begin)) throw ioError("write", path, "EIO");
    });
  }
}

class TornFile extends WrappedFile {
  constructor(
    inner: WriteFile,
    private readonly middle: (data: Uint8Array, offset: number) => void,
  ) {
    super(inner);
  }

  override write(data: Uint8Array, offset: number): void {
    this.middle(data, offset);
    super.write(data, offset);
  }

  override async writeAsync(data: Uint8Array, offset: number): Promise<void> {
    this.middle(data, offset);
    await super.writeAsync(data, offset);
  }
}
