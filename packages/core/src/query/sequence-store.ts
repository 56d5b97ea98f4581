import type { SequenceInfo } from "@aegisdb/sql";
import type { Engine, TreeRef, WriteTransaction } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import { MAX_SEQUENCE_BLOCK } from "../limits.js";
import { CALLED, LAST, SEQUENCES_TREE, sequencesLayout } from "./catalog-layout.js";

/** What names a sequence and says how it counts. */
interface NumberedSequence {
  readonly id: number;
  readonly info: SequenceInfo;
}

/** Where a sequence stands. */
interface Position {
  last: bigint;
  /** Whether `last` was given out; if not, it comes next. */
  called: boolean;
  /** How many values after `last` the stored position has set aside. */
  left: number;
  /** How many were set aside the last time. */
  block: number;
}

const FIRST_BLOCK = 16;

/**
 * Where sequences stand. Values are set aside in blocks by commits of their own, so that taking
 * one writes nothing: a rollback gives none back, and a crash loses those that were set aside. The
 * commit that sets a value aside stands in the log before every commit that uses it, so no value
 * that was kept is ever given out again.
 */
export class SequenceStore {
  readonly #engine: Engine;
  readonly #positions = new Map<number, Position>();
  #tree: TreeRef | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  next(sequence: NumberedSequence): number | bigint {
    const position = this.#position(sequence);
    const value = following(sequence.info, position);
    if (position.left === 0) this.#setAside(sequence, position, value);
    else position.left--;
    position.last = value;
    position.called = true;
    return narrowed(value);
  }

  set(sequence: NumberedSequence, value: number | bigint, called: boolean): void {
    const { min, max, name } = sequence.info;
    const last = BigInt(value);
    if (last < min || last > max) {
      throw new AegisError(
        "NUMERIC_OUT_OF_RANGE",
        `setval: value ${last} is out of bounds for sequence "${name}" (${min}..${max})`,
      );
    }
    this.#positions.set(sequence.id, { last, called, left: 0, block: FIRST_BLOCK });
    this.#commit((tx, tree) => tx.put(tree, [sequence.id, narrowed(last), called]));
  }

  /** Where a sequence stands, as a query of it shows. */
  position(sequence: NumberedSequence): {
    readonly last: number | bigint;
    readonly called: boolean;
  } {
    const { last, called } = this.#position(sequence);
    return { last: narrowed(last), called };
  }

  /** Gives back what was set aside and not taken. */
  settle(id: number): void {
    const position = this.#positions.get(id);
    if (position === undefined || position.left === 0) return;
    position.left = 0;
    this.#commit((tx, tree) => tx.put(tree, storedPosition(id, position)));
  }

  /** The same for all, so that a clean reopening leaves no gaps; a failed engine keeps them. */
  settleAll(): void {
    const open = [...this.#positions].filter(([, position]) => position.left > 0);
    if (open.length === 0) return;
    try {
      this.#commit((tx, tree) => {
        for (const [id, position] of open) {
          position.left = 0;
          tx.put(tree, storedPosition(id, position));
        }
      });
    } catch (error) {
      if (!(error instanceof AegisError) || error.kind !== "environment") throw error;
    }
  }

  #position({ id, info }: NumberedSequence): Position {
    const known = this.#positions.get(id);
    if (known !== undefined) return known;
    const tree = this.#existingTree();
    const row =
      tree === undefined ? null : this.#engine.latest().get(tree, tree.codec.encode([id]));
    const position: Position = {
      last: row === null ? info.start : BigInt(row.number(LAST)),
      called: row !== null && row.boolean(CALLED),
      left: 0,
      block: FIRST_BLOCK,
    };
    this.#positions.set(id, position);
    return position;
  }

  /** Stores that `value` and some after it are taken. */
  #setAside({ id, info }: NumberedSequence, position: Position, value: bigint): void {
    const room = (info.increment > 0n ? info.max - value : info.min - value) / info.increment;
    const more = room < BigInt(position.block) ? Number(room) : position.block;
    const last = value + BigInt(more) * info.increment;
    this.#commit((tx, tree) => tx.put(tree, [id, narrowed(last), true]));
    position.left = more;
    position.block = Math.min(position.block * 2, MAX_SEQUENCE_BLOCK);
  }

  #commit(write: (tx: WriteTransaction, tree: TreeRef) => void): void {
    const known = this.#existingTree();
    const { value, durable } = this.#engine.autocommit((tx) => {
      const tree = known ?? tx.createTree(SEQUENCES_TREE, sequencesLayout);
      write(tx, tree);
      return tree;
    });
    this.#tree = value;
    // Whoever uses the value commits after this, and hears of a log that has failed.
    durable.catch(() => undefined);
  }

  #existingTree(): TreeRef | undefined {
    return (this.#tree ??= this.#engine.latest().tree(SEQUENCES_TREE));
  }
}

function storedPosition(
  id: number,
  { last, called }: Position,
): [number, number | bigint, boolean] {
  return [id, narrowed(last), called];
}

/** The value that comes next; throws SEQUENCE_EXHAUSTED at the end of one that does not cycle. */
function following(info: SequenceInfo, { last, called }: Position): bigint {
  const value = called ? last + info.increment : last;
  if (value <= info.max && value >= info.min) return value;
  const ascending = info.increment > 0n;
  if (info.cycle) return ascending ? info.min : info.max;
  const [what, bound] = ascending ? ["maximum", info.max] : ["minimum", info.min];
  throw new AegisError(
    "SEQUENCE_EXHAUSTED",
    `nextval: reached ${what} value of sequence "${info.name}" (${bound})`,
  );
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Sequences are not written through the transaction, which would refuse it itself. */
export function assertWritable(tx: { readonly readOnly: boolean }, call: string): void {
  if (!tx.readOnly) return;
  throw new AegisError(
    "READ_ONLY_TRANSACTION",
    `cannot execute ${call}() in a read-only transaction`,
  );
}
