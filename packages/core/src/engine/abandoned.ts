import type { EngineTransaction } from "./transaction.js";

/** What a transaction holds of its engine, without the transaction itself. */
interface Held {
  readonly seq: number;
  readonly watched: boolean;
  readonly release: (seq: number, watched: boolean) => void;
}

/**
 * Transactions that stay open while other code runs. One that nobody can end any more, as its
 * session was forgotten or its function waits for what never comes, is ended when the garbage
 * collector finds it; until then it keeps old versions alive.
 */
const open = new FinalizationRegistry<Held>(({ seq, watched, release }) => release(seq, watched));

export function endWhenForgotten(tx: EngineTransaction, release: Held["release"]): void {
  open.register(tx, { seq: tx.seq, watched: tx.reads !== null, release }, tx);
}

/** The transaction has ended by itself. */
export function ended(tx: EngineTransaction): void {
  open.unregister(tx);
}
