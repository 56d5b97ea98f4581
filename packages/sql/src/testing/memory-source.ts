import { AegisError } from "../contract/errors.js";
import type { HostTransaction, Sink, Source, SqlHost } from "../contract/source.js";
import { MemorySequences } from "./memory-sequences.js";
import { copyState, emptyState, type MemoryState } from "./memory-state.js";
import { MemoryView } from "./memory-view.js";

/** 2024-05-06 07:08:09 UTC, so that tests can name what now() gives. */
const NOW = 1_714_979_289_000_000;

/**
 * A database of arrays of rows: every check is a scan and every transaction a copy (of the tables
 * it writes to). Obviously right rather than fast; what the engine's source is compared with.
 */
export class MemoryHost implements SqlHost {
  #state: MemoryState = emptyState();
  readonly #sequences: MemorySequences = new MemorySequences();
  #randomState = 1;

  /** What is committed now; later commits do not change it. */
  save(): MemoryState {
    return this.#state;
  }

  /** Goes back to what was saved. No transaction may be open. */
  restore(state: MemoryState): void {
    this.#state = state;
  }

  assertUsable(): void {
    // Memory is always there.
  }

  latest(): Source {
    return new MemoryView(this.#state, this.#sequences);
  }

  snapshot(): { readonly source: Source; release(): void } {
    return { source: this.latest(), release: () => undefined };
  }

  autocommit<T>(fn: (sink: Sink) => T): { readonly value: T; readonly durable: Promise<void> } {
    const view = new MemoryView(copyState(this.#state), this.#sequences);
    const value = fn(view);
    this.#state = view.state;
    return { value, durable: Promise.resolve() };
  }

  /** Whoever commits first wins; the other is refused even where the two touch different rows. */
  begin(): HostTransaction {
    const before = this.#state;
    const sink = new MemoryView(copyState(before), this.#sequences);
    return {
      sink,
      commit: () => {
        if (this.#state !== before) {
          const message = "could not serialize access due to concurrent update";
          return Promise.reject(new AegisError("SERIALIZATION_FAILURE", message));
        }
        this.#state = sink.state;
        return Promise.resolve();
      },
      rollback: () => undefined,
    };
  }

  now(): number {
    return NOW;
  }

  clock(): number {
    return NOW;
  }

  /** The same numbers in every test. */
  random(): number {
    this.#randomState = (this.#randomState * 48_271) % 2_147_483_647;
    return this.#randomState / 2_147_483_647;
  }
}
