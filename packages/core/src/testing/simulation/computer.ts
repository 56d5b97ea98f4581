import type { Clock } from "../../base/clock.js";
import { Prng } from "../../base/prng.js";
import { AegisError } from "../../errors.js";
import { openEngine, type OpenedEngine } from "../../engine/open-engine.js";
import type { Vfs } from "../../vfs/contract.js";
import { MemFs } from "../../vfs/mem-fs.js";
import type { SimulationCounts } from "./counts.js";
import { SimulatedDisk } from "./disk.js";
import { SimulatedHost } from "./simulated-host.js";
import { setLimits } from "./small-limits.js";
import type { RecoveryCrash, SimulationConfig } from "./steps.js";

export const DIRECTORY = "db";
const MAX_TRANSACTION_BYTES = 1024 * 1024;
/** Longer than any run: the log never syncs on its own. */
const NEVER_MS = 2 ** 30;

/** A computer with one disk, on which the database is started again and again. */
export class Computer {
  disk: SimulatedDisk;
  private memory = new MemFs();
  private pid = 1;

  constructor(
    private readonly config: SimulationConfig,
    private readonly counts: SimulationCounts,
    private readonly clock: Clock,
    private readonly plant?: (vfs: Vfs) => Vfs,
  ) {
    setLimits(config.limits);
    this.disk = new SimulatedDisk(this.memory, this.plant, this.counts);
  }

  get openFiles(): number {
    return this.memory.openFiles;
  }

  /** A new process opens the database on the disk as it is. */
  open(): OpenedEngine {
    return this.openOn(this.disk.fs, this.pid);
  }

  /** The disk as the operating system shows it now. Nothing done to it comes back to this one. */
  copyOfDisk(): MemFs {
    return this.memory.clone();
  }

  /** Opens a copy of the disk as a process would that was started after this one was killed. */
  openCopy(copy: MemFs): OpenedEngine {
    return this.openOn(copy, this.pid + 1);
  }

  private openOn(vfs: Vfs, pid: number): OpenedEngine {
    return openEngine({
      vfs,
      directory: DIRECTORY,
      host: new SimulatedHost(pid),
      clock: this.clock,
      prng: new Prng(pid),
      memory: false,
      sync: this.config.sync,
      syncIntervalMs: NEVER_MS,
      maxTransactionBytes: MAX_TRANSACTION_BYTES,
      bufferPoolBytes: this.config.bufferPoolBytes,
      writeBufferBytes: this.config.writeBufferBytes,
      compression: this.config.compression,
      inlineBackground: this.config.inlineBackground,
      threads: false,
    });
  }

  /** The process has ended; the disk is as it was. */
  newProcess(): void {
    this.pid++;
    this.disk = new SimulatedDisk(this.memory, this.plant, this.counts);
  }

  /**
   * Opens the database after a crash; each attempt is cut off as `crashes` say. Precondition: the
   * disk was struck.
   */
  recover(crashes: readonly RecoveryCrash[], prng: Prng): OpenedEngine {
    for (const crash of crashes) {
      this.boot();
      this.disk.arm({ ...crash, prng });
      const opened = this.tryOpen();
      if (opened !== undefined) {
        this.disk.disarm();
        return opened;
      }
      this.counts.interruptedRecoveries++;
    }
    this.boot();
    return this.open();
  }

  private boot(): void {
    this.memory = this.disk.picture!;
    this.newProcess();
  }

  /** Undefined if the crash came first. */
  private tryOpen(): OpenedEngine | undefined {
    try {
      const opened = this.open();
      return this.disk.struck ? undefined : opened;
    } catch (error) {
      // While everything fails, nothing may be taken for damage or for a broken invariant.
      const expected = error instanceof AegisError && error.kind === "environment";
      if (this.disk.struck && expected) return undefined;
      throw error;
    }
  }
}
