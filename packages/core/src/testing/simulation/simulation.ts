import { yieldToEventLoop } from "../../base/clock.js";
import { Prng } from "../../base/prng.js";
import { AegisError, assert } from "../../errors.js";
import { check } from "../../engine/check.js";
import type { Snapshot } from "../../engine/contract.js";
import { checkpoint, close, compact } from "../../engine/life-cycle.js";
import type { OpenedEngine } from "../../engine/open-engine.js";
import { LOG_SEGMENT_BYTES } from "../../limits.js";
import type { Vfs } from "../../vfs/contract.js";
import type { FaultRule } from "../../vfs/faults.js";
import { compareAll, unfinishedCursors, Walk } from "./compare.js";
import { Computer } from "./computer.js";
import type { SimulationCounts } from "./counts.js";
import { CommitLedger } from "./ledger.js";
import { assertTidy } from "./litter.js";
import type { ModelState } from "./model.js";
import type { SimulationConfig, Step } from "./steps.js";
import { Transactions } from "./transactions.js";

interface Held {
  readonly view: Snapshot;
  readonly state: ModelState;
  readonly walk: Walk | undefined;
}

type CrashStep = Step & { step: "crash" };

/** Runs a workload against an engine on a simulated computer, beside the model. */
export class Simulation {
  private readonly computer: Computer;
  private readonly ledger: CommitLedger;
  private opened: OpenedEngine;
  private transactions: Transactions;
  private readonly held: Held[] = [];
  private crash: CrashStep | undefined;
  private treeIds = 1;
  /** No fault has struck on this disk: then nothing excuses a file that stays open. */
  private spotless = true;

  constructor(
    private readonly config: SimulationConfig,
    private readonly counts: SimulationCounts,
    plant?: (vfs: Vfs) => Vfs,
  ) {
    unfinishedCursors.length = 0;
    this.computer = new Computer(config, plant);
    this.ledger = new CommitLedger(config.sync);
    this.opened = this.computer.open();
    this.transactions = this.newTransactions();
    counts.workloads++;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      const where = `step ${index + 1} (${step.step})`;
      if (step.step === "crash") await this.survive(where, () => this.strikeArmed());
      await this.survive(where, () => this.take(step));
    }
    await this.survive("the crash at the end", () => this.strikeArmed());
    this.computer.disk.heal();
    await this.survive("the last reopen", () => this.reopen());
    await this.shutDown();
    const { openFiles } = this.computer;
    assert(!this.spotless || openFiles === 0, `${openFiles} files were left open`);
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

  private take(step: Step): void | Promise<void> {
    switch (step.step) {
      case "commit":
        return this.transactions.commit(step);
      case "begin":
        return this.transactions.begin(step);
      case "work":
        return this.transactions.work(step);
      case "finish":
        return this.transactions.finish(step);
      case "settle":
        return this.transactions.settle();
      case "compactAside":
        this.transactions.waitFor(compact(this.opened, {}).catch(throwUnlessClosed));
        return undefined;
      case "turn":
        return yieldToEventLoop();
      case "hold":
        return this.hold(new Prng(step.seed));
      case "compareHeld":
        for (const { view, state, walk } of this.held) {
          compareAll(view, state, new Prng(step.seed), "a held snapshot");
          walk?.goOn(1 + (step.seed % 7));
        }
        return undefined;
      case "release":
        this.held.splice(step.which, 1).forEach(({ view }) => view.release());
        return undefined;
      case "compare":
        this.computer.disk.heal();
        return this.compareLatest(step.seed);
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

  private hold(prng: Prng): void {
    const { state } = this.ledger;
    const view = this.opened.engine.snapshot();
    // A walk over the latest view holds what it needs by itself.
    const walked = prng.chance(0.5) ? view : this.opened.engine.latest();
    const name = [...state.names.keys()][prng.int(state.names.size + 1)];
    const walk =
      name === undefined ? undefined : new Walk(walked, name, state.named(name)!, prng.chance(0.5));
    this.held.push({ view, state, walk });
    walk?.goOn(prng.int(4));
  }

  private compareLatest(seed: number): void {
    compareAll(this.opened.engine.latest(), this.ledger.state, new Prng(seed), "the database");
  }

  private async check(): Promise<void> {
    const { problems } = await check(this.opened, {});
    const [first] = problems;
    assert(first === undefined, `check found in ${first?.where}: ${first?.problem}`);
  }

  private fault({ kind, after, manner }: Step & { step: "fault" }): void {
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
    const before = this.computer.interruptedRecoveries;
    this.opened = this.computer.recover(recovery, new Prng(seed + 1));
    this.counts.interruptedRecoveries += this.computer.interruptedRecoveries - before;
    if (power) this.counts.powerCuts++;
    else this.counts.kills++;
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
    const { seq } = this.ledger;
    await this.shutDown();
    this.opened = this.computer.open();
    assert(this.opened.engine.seq === seq, "a clean close loses nothing");
    assert(this.opened.log.recovery.cleanClose, "a clean close is recorded");
    await this.goOn(false);
  }

  private async shutDown(): Promise<void> {
    this.abandon();
    await close(this.opened);
    await this.transactions.settle();
  }

  private async letGo(): Promise<void> {
    this.abandon();
    await this.transactions.settle();
  }

  private abandon(): void {
    this.counts.engineEnds(this.opened, LOG_SEGMENT_BYTES);
    this.counts.operations += this.computer.disk.fs.count();
    for (const { view } of this.held.splice(0)) view.release();
    this.transactions.abandon();
  }

  private async goOn(power: boolean): Promise<void> {
    assertTidy(this.computer.disk.fs, this.opened);
    const state = this.ledger.recovered(this.opened.engine.seq, power);
    this.transactions = this.newTransactions();
    compareAll(this.opened.engine.latest(), state, new Prng(1), "the database");
    await this.check();
  }

  private newTransactions(): Transactions {
    return new Transactions(
      this.opened.engine,
      this.ledger,
      this.counts,
      () => this.treeIds++,
      (error) =>
        isEnvironment(error) && (this.computer.disk.struck || this.computer.disk.wasFaulty),
    );
  }

  private isUnusable(): boolean {
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
