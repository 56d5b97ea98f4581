import { ManualClock } from "../base/clock.js";
import { Prng } from "../base/prng.js";
import type {
  ChangeEvent,
  Engine,
  ManualTransaction,
  ReadView,
  Snapshot,
  Subscription,
  TransactionOptions,
  TreeRef,
  WriteTransaction,
} from "../engine/contract.js";
import { openEngine, type EngineOptions, type OpenedEngine } from "../engine/open-engine.js";
import * as lifeCycle from "../engine/life-cycle.js";
import {
  KeyValueStore,
  type KeyValueOptions,
  type SnapshotKeyValue,
  type TransactionKeyValue,
} from "../kv/index.js";
import type { Host, ProcessIdentity } from "../vfs/host.js";
import { MemFs } from "../vfs/mem-fs.js";

/** 2026-01-01T00:00:00Z in microseconds. */
export const START_MICROS = Date.UTC(2026, 0, 1) * 1000;

/** Timers that fire when the clock that the test moves reaches them. */
class ManualTimers {
  readonly #clock: ManualClock;
  #timers: { readonly atMs: number; readonly task: () => void }[] = [];

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#timers.length;
  }

  readonly start = (ms: number, task: () => void): (() => void) => {
    const timer = { atMs: this.#clock.monotonicMs() + ms, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Lets time pass; timers run in order, each at its time. */
  advance(ms: number): void {
    const until = this.#clock.monotonicMs() + ms;
    for (;;) {
      const next = this.#timers.sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > until) break;
      this.#timers.shift();
      this.#clock.advance(Math.max(0, next.atMs - this.#clock.monotonicMs()));
      next.task();
    }
    this.#clock.advance(until - this.#clock.monotonicMs());
  }
}

/** An engine that counts what was taken from it and not given back. */
export class CountingEngine implements Engine {
  held = 0;
  listening = 0;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  latest(): ReadView {
    return this.#engine.latest();
  }

  snapshot(): Snapshot {
    const snapshot = this.#engine.snapshot();
    this.held++;
    const release = snapshot.release.bind(snapshot);
    snapshot.release = () => {
      this.held--;
      release();
    };
    return snapshot;
  }

  autocommit<T>(fn: (tx: WriteTransaction) => T): { value: T; durable: Promise<void> } {
    return this.#engine.autocommit(fn);
  }

  transaction<T>(
    fn: (tx: WriteTransaction) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.#engine.transaction(fn, options);
  }

  begin(options?: TransactionOptions): ManualTransaction {
    return this.#engine.begin(options);
  }

  subscribe(
    tree: TreeRef,
    listener: (event: ChangeEvent) => void,
    ended: (error?: unknown) => void,
  ): Subscription {
    const subscription = this.#engine.subscribe(tree, listener, ended);
    this.listening++;
    return {
      close: () => {
        this.listening--;
        subscription.close();
      },
    };
  }

  now(): number {
    return this.#engine.now();
  }

  durable(): Promise<void> {
    return this.#engine.durable();
  }

  assertUsable(): void {
    this.#engine.assertUsable();
  }
}

/** Every opening is another process, and all others are dead: a crash leaves its lock behind. */
class FreshHost implements Host {
  static #pids = 0;
  readonly #pid = ++FreshHost.#pids;

  self(): ProcessIdentity {
    return { pid: this.#pid, startTime: "0", bootId: "boot", pidNamespace: "pid", host: "test" };
  }

  isDead(identity: ProcessIdentity): boolean {
    return identity.pid !== this.#pid;
  }
}

const MB = 1024 * 1024;

/** A key-value store over an engine in memory, with time under the test's control. */
export class KvFixture {
  readonly clock = new ManualClock(START_MICROS);
  readonly timers = new ManualTimers(this.clock);
  readonly opened: OpenedEngine;
  readonly engine: CountingEngine;
  readonly kv: KeyValueStore;

  constructor(options: Partial<KeyValueOptions> = {}, engine: Partial<EngineOptions> = {}) {
    this.opened = openEngine({
      vfs: new MemFs(),
      directory: "/kv",
      host: new FreshHost(),
      clock: this.clock,
      prng: new Prng(1),
      memory: true,
      sync: "commit",
      syncIntervalMs: 100,
      maxTransactionBytes: 64 * MB,
      bufferPoolBytes: 4 * MB,
      writeBufferBytes: 64 * MB,
      compression: "none",
      inlineBackground: true,
      threads: false,
      ...engine,
    });
    this.engine = new CountingEngine(this.opened.engine);
    this.kv = this.openStore(options);
  }

  /** Another store over the same engine, as after opening the database again. */
  openStore(options: Partial<KeyValueOptions> = {}): KeyValueStore {
    return new KeyValueStore(this.engine, {
      maxValueBytes: MB,
      sweepIntervalMs: 1000,
      startTimer: this.timers.start,
      ...options,
    });
  }

  transaction<T>(
    fn: (kv: TransactionKeyValue) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.engine.transaction((tx) => fn(this.kv.inTransaction(tx)), options);
  }

  snapshot(): { readonly kv: SnapshotKeyValue; readonly held: Snapshot } {
    const held = this.engine.snapshot();
    return { kv: this.kv.at(held), held };
  }

  /** Moves everything into run files, so that reads go there. */
  checkpoint(): Promise<void> {
    return lifeCycle.checkpoint(this.opened);
  }

  /** Closes the engine alone, as when it fails under the store. */
  closeEngine(): Promise<void> {
    return lifeCycle.close(this.opened);
  }

  async close(): Promise<void> {
    this.kv.close();
    await this.closeEngine();
  }
}
