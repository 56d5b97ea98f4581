import { yieldToEventLoop } from "../../base/clock.js";
import { Prng } from "../../base/prng.js";
import { AegisError, assert } from "../../errors.js";
import { checkpoint, close, compact } from "../../engine/life-cycle.js";
import type { OpenedEngine } from "../../engine/open-engine.js";
import type { Vfs } from "../../vfs/contract.js";
import type { FaultRule } from "../../vfs/faults.js";
import { Computer } from "./computer.js";
import type { SimulationCounts } from "./counts.js";
import { CommitLedger } from "./ledger.js";
import { assertTidy } from "./litter.js";
import { PendingPromises } from "./pending.js";
import { SimulatedClock } from "./simulated-host.js";
import {
  isMachineStep,
  type CrashStep,
  type FaultStep,
  type MachineStep,
  type SimulationConfig,
} from "./steps.js";

export interface SimulationParts {
  readonly config: SimulationConfig;
  readonly counts: SimulationCounts;
  readonly clock?: SimulatedClock;
  /** A file system on which a program with a bug would run. */
  readonly plant?: ((vfs: Vfs) => Vfs) | undefined;
}

/**
 * Runs a workload against a database on a simulated computer, beside a model: whatever befalls the
 * computer, the database must afterwards be in a state that the ledger of the model allows. What a
 * database holds and how it is compared is the matter of the classes that extend this one.
 */
export abstract class Simulation<
  State,
  OwnStep extends { readonly step: string } = { readonly step: never },
> {
  protected readonly counts: SimulationCounts;
  protected readonly clock: SimulatedClock;
  protected readonly computer: Computer;
  protected readonly ledger: CommitLedger<State>;
  protected opened!: OpenedEngine;
  protected pending!: PendingPromises;
  private crash: CrashStep | undefined;
  /** No fault has struck on this disk: then nothing excuses a file that stays open. */
  private spotless = true;

  constructor({ config, counts, clock, plant }: SimulationParts, empty: State) {
    this.counts = counts;
    this.clock = clock ?? new SimulatedClock(config.tickMs);
    this.computer = new Computer(config, counts, this.clock, plant);
    this.ledger = new CommitLedger(config.sync, empty);
    counts.workloads++;
  }

  /** An engine was opened: from now on all work is done on it. */
  protected abstract connect(): void;
  /** Gives up what is open: transactions, snapshots. The engine will be closed or is dead. */
  protected abstract abandon(): void;
  /** Makes what every workload finds; nothing goes wrong meanwhile. */
  protected setUp(): Promise<void> {
    return Promise.resolve();
  }

  protected abstract take(step: OwnStep): void | Promise<void>;
  /** Compares everything that the database holds with the last state of the ledger. */
  protected abstract compareLatest(prng: Prng): void;
  /** The first of what the database finds wrong with itself. */
  protected abstract problem(): Promise<string | undefined>;

  /** Whether what takes the steps speaks to `opened`. */
  private connected = false;

  async run(steps: readonly (OwnStep | MachineStep)[]): Promise<void> {
    this.opened = this.computer.open();
    this.renewPending();
    this.connect();
    this.connected = true;
    await this.setUp();
    for (const [index, step] of steps.entries()) {
      const where = `step ${index + 1} (${step.step})`;
      if (step.step === "crash") await this.survive(where, () => this.strikeArmed());
      await this.survive(where, () =>
        isMachineStep(step) ? this.takeMachineStep(step) : this.take(step),
      );
    }
    await this.survive("the crash at the end", () => this.strikeArmed());
    this.computer.disk.heal();
    await this.survive("the last reopen", () => this.reopen());
    await this.shutDown();
    const { openFiles } = this.computer;
    assert(!this.spotless || openFiles === 0, `${openFiles} files were left open`);
  }

  /** Whether an error is what the disk was made to do. */
  protected isDisksFault(error: unknown): boolean {
    const { disk } = this.computer;
    return isEnvironment(error) && (disk.struck || disk.wasFaulty);
  }

  private renewPending(): void {
    this.pending = new PendingPromises((error) => this.isDisksFault(error));
  }

  /** Runs `work`; what breaks by an armed crash or a fault is then put right again. */
  private async survive(where: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.isExpected(error)) throw new Error(`${where}: ${message(error)}`, { cause: error });
    }
    try {
      if (this.computer.disk.struck) await this.recover();
      else if (this.isUnusable()) await this.restart();
    } catch (error) {
      throw new Error(`recovery after ${where}: ${message(error)}`, { cause: error });
    }
  }

  /** Failing disks make errors of the environment, never ones of corruption or of our own. */
  private isExpected(error: unknown): boolean {
    const { disk } = this.computer;
    return (disk.struck || disk.faulty) && isEnvironment(error);
  }

  private takeMachineStep(step: MachineStep): void | Promise<void> {
    switch (step.step) {
      case "settle":
        return this.pending.settle();
      case "turn":
        return yieldToEventLoop();
      case "compactAside":
        this.pending.follow(compact(this.opened, {}).catch(throwUnlessClosed), () => undefined);
        return undefined;
      case "compare":
        this.computer.disk.heal();
        return this.compareLatest(new Prng(step.seed));
      case "fault":
        return this.fault(step);
      case "crash":
        return this.arm(step);
      default:
        return this.maintain(step.step);
    }
  }

  private async maintain(what: "checkpoint" | "compact" | "check" | "reopen"): Promise<void> {
    const { seq } = this.ledger;
    switch (what) {
      case "checkpoint":
        await checkpoint(this.opened);
        this.ledger.synced(seq);
        break;
      case "compact":
        await compact(this.opened, {});
        this.ledger.synced(seq);
        break;
      case "check":
        this.computer.disk.heal();
        await this.check();
        break;
      case "reopen":
        await this.reopen();
        this.counts.reopens++;
    }
  }

  private async check(): Promise<void> {
    const problem = await this.problem();
    assert(problem === undefined, `check found ${problem}`);
  }

  private fault({ kind, after, manner }: FaultStep): void {
    const { disk } = this.computer;
    disk.heal();
    const full = manner === "full" || manner === "fullForGood";
    const code = full ? { code: "ENOSPC" } : {};
    const fault: FaultRule["fault"] =
      manner === "late"
        ? { kind: "late" }
        : manner === "short"
          ? { kind: "short", bytes: after * 7 }
          : { kind: "fail", ...code };
    disk.inject({ kind, nth: after, lasting: manner === "fullForGood", fault });
    this.counts.faults++;
    this.spotless = false;
  }

  private arm(step: CrashStep): void {
    this.crash = step;
    const { after, power, seed } = step;
    this.computer.disk.arm({ after, power, prng: new Prng(seed) });
  }

  private strikeArmed(): void {
    if (this.computer.disk.armed) this.computer.disk.strike();
  }

  /** The computer or the process has died. */
  private async recover(): Promise<void> {
    const { power, recovery, seed } = this.crash!;
    await this.letGo();
    this.opened = this.computer.recover(recovery, new Prng(seed + 1));
    if (power) this.counts.powerCuts++;
    else this.counts.kills++;
    if (this.opened.log.recovery.tornBytes > 0) this.counts.tornTails++;
    this.spotless = true;
    // If the power goes only while it recovers, what was not on the disk may be gone all the same.
    await this.goOn(power || recovery.some((crash) => crash.power));
  }

  /** The database refuses further work after a failure of the disk, which is whole again now. */
  private async restart(): Promise<void> {
    this.counts.failures++;
    await this.letGo();
    await close(this.opened).catch(throwUnlessEnvironment);
    this.computer.newProcess();
    this.opened = this.computer.open();
    await this.goOn(false);
  }

  private async reopen(): Promise<void> {
    await this.shutDown();
    this.opened = this.computer.open();
    assert(this.opened.engine.seq === this.ledger.seq, "a clean close loses nothing");
    assert(this.opened.log.recovery.cleanClose, "a clean close is recorded");
    await this.goOn(false);
  }

  private async shutDown(): Promise<void> {
    this.end();
    // What is given up may be written down once more, and fail: that close would not be a clean one.
    this.opened.engine.assertUsable();
    await close(this.opened);
    await this.pending.settle();
  }

  private async letGo(): Promise<void> {
    this.end();
    await this.pending.settle();
  }

  private end(): void {
    this.connected = false;
    this.counts.engineEnds(this.opened);
    this.counts.operations += this.computer.disk.fs.count();
    this.abandon();
  }

  private async goOn(power: boolean): Promise<void> {
    assertTidy(this.computer.disk.fs, this.opened);
    this.counts.lostCommits += this.ledger.recovered(this.opened.engine.seq, power).lost;
    this.renewPending();
    this.connect();
    this.connected = true;
    this.compareLatest(new Prng(1));
    await this.check();
  }

  /** Also when it was opened, but a disk that fails kept us from connecting to it. */
  private isUnusable(): boolean {
    if (!this.connected) return true;
    try {
      this.opened.engine.assertUsable();
      return false;
    } catch {
      return true;
    }
  }
}

function isEnvironment(error: unknown): boolean {
  return error instanceof AegisError && error.kind === "environment";
}

/** A close ends a compaction that is under way. */
function throwUnlessClosed(error: unknown): void {
  if (!(error instanceof AegisError) || error.code !== "DATABASE_CLOSED") throw error;
}

function throwUnlessEnvironment(error: unknown): void {
  if (!isEnvironment(error)) throw error;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
