import { startTimer } from "../base/clock.js";
import type { Engine, WriteTransaction } from "../engine/contract.js";
import { assert } from "../errors.js";
import { SWEEP_BATCH_ROWS } from "../limits.js";
import { DUE_AT, DUE_KEY, DUE_NAMESPACE, EXPIRES_AT } from "./layout.js";
import type { SpaceDirectory, SpaceTrees } from "./space.js";

const MICROS_PER_MS = 1000;

export interface SweeperOptions {
  /** Shortest time between two sweeps. */
  readonly intervalMs: number;
  /** How timers are made; tests give their own. */
  readonly startTimer?: typeof startTimer;
}

/**
 * Removes expired entries, which nobody sees any more, by ordinary deletes: change feeds and
 * replicas learn of them. The expiry index says what is due first; a timer is set for that moment
 * and no timer is set while nothing expires. A sweep deletes a bounded batch and lets the event
 * loop turn before the next one.
 */
export class ExpirySweeper {
  readonly #engine: Engine;
  readonly #spaces: SpaceDirectory;
  readonly #intervalMs: number;
  readonly #startTimer: typeof startTimer;
  #cancel: (() => void) | undefined;
  /** When the timer fires; Infinity without one. In microseconds of the database's clock. */
  #wakeAt = Infinity;
  #notBefore = 0;
  #stopped = false;

  constructor(engine: Engine, spaces: SpaceDirectory, options: SweeperOptions) {
    this.#engine = engine;
    this.#spaces = spaces;
    this.#intervalMs = options.intervalMs;
    this.#startTimer = options.startTimer ?? startTimer;
  }

  /** Takes up what an earlier run of the database left. */
  start(): void {
    const first = this.#firstDue();
    if (first !== undefined) this.dueAt(first);
  }

  /** Something will expire at this moment; harmless if it never comes to be. */
  dueAt(micros: number): void {
    const wakeAt = Math.max(micros, this.#notBefore);
    if (this.#stopped || wakeAt >= this.#wakeAt) return;
    this.#wakeUpAt(wakeAt);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  /** Deletes one batch of what is due; gives the number of entries deleted. */
  sweep(): number {
    const trees = this.#spaces.trees();
    if (trees === undefined) return 0;
    const { value, durable } = this.#engine.autocommit((tx) => deleteDue(tx, trees));
    // Nobody waits for a sweep; that the log failed is told to those who write.
    durable.catch(() => undefined);
    return value;
  }

  #wakeUpAt(micros: number): void {
    this.#cancelTimer();
    this.#wakeAt = micros;
    const ms = (micros - this.#engine.now()) / MICROS_PER_MS;
    this.#cancel = this.#startTimer(Math.max(1, Math.ceil(ms)), () => this.#wake());
  }

  #cancelTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakeAt = Infinity;
  }

  #wake(): void {
    this.#cancelTimer();
    if (this.#stopped) return;
    try {
      const count = this.sweep();
      // A timer may fire a little early; then nothing was due, and it is set again without a rest.
      const restMs = count === 0 || count === SWEEP_BATCH_ROWS ? 0 : this.#intervalMs;
      this.#notBefore = this.#engine.now() + restMs * MICROS_PER_MS;
      this.start();
    } catch {
      this.#retryOrStop();
    }
  }

  /** A closed or failed database has nothing left to sweep; the next open takes up the rest. */
  #retryOrStop(): void {
    try {
      this.#engine.assertUsable();
    } catch {
      this.stop();
      return;
    }
    this.#wakeUpAt(this.#engine.now() + this.#intervalMs * MICROS_PER_MS);
  }

  #firstDue(): number | undefined {
    const trees = this.#spaces.trees();
    if (trees === undefined) return undefined;
    const rows = this.#engine.latest().scan(trees.expiry, { brief: true });
    return rows.next() ? Number(rows.row.number(DUE_AT)) : undefined;
  }
}

interface DueEntry {
  readonly dueAt: number;
  /** Key columns of the entry. */
  readonly key: readonly [namespace: number, key: string];
}

/** The index row goes first, as everywhere; see `EntryWriter`. */
function deleteDue(tx: WriteTransaction, trees: SpaceTrees): number {
  const due = dueEntries(tx, trees);
  for (const { dueAt, key } of due) {
    tx.delete(trees.expiry, [dueAt, ...key]);
    tx.delete(trees.entries, key);
  }
  return due.length;
}

function dueEntries(tx: WriteTransaction, trees: SpaceTrees): DueEntry[] {
  const due: DueEntry[] = [];
  const rows = tx.scan(trees.expiry);
  while (due.length < SWEEP_BATCH_ROWS && rows.next()) {
    const dueAt = Number(rows.row.number(DUE_AT));
    if (dueAt > tx.now) break;
    due.push({ dueAt, key: [Number(rows.row.number(DUE_NAMESPACE)), rows.row.text(DUE_KEY)] });
  }
  for (const { dueAt, key } of due) {
    const entry = tx.get(trees.entries, trees.entries.codec.encode(key));
    const expiresAt = entry === null || entry.isNull(EXPIRES_AT) ? null : entry.number(EXPIRES_AT);
    assert(expiresAt === dueAt, "an entry of the expiry index expires at another time");
  }
  return due;
}
