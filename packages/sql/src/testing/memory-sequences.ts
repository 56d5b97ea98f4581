import { AegisError } from "../contract/errors.js";
import type { SequenceInfo } from "../contract/source.js";

interface Position {
  readonly last: bigint;
  readonly called: boolean;
}

/** Where the sequences stand; shared by all transactions, because no rollback takes it back. */
export class MemorySequences {
  readonly #positions: Map<string, Position> = new Map();

  next(sequence: SequenceInfo): number | bigint {
    const { last, called } = this.#positions.get(sequence.name) ?? {
      last: sequence.start,
      called: false,
    };
    let value = called ? last + sequence.increment : last;
    if (value > sequence.max || value < sequence.min) {
      if (!sequence.cycle) throw exhausted(sequence);
      value = sequence.increment > 0n ? sequence.min : sequence.max;
    }
    this.#positions.set(sequence.name, { last: value, called: true });
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  set(sequence: SequenceInfo, last: bigint, called: boolean): void {
    this.#positions.set(sequence.name, { last, called });
  }

  forget(name: string): void {
    this.#positions.delete(name);
  }

  rename(name: string, newName: string): void {
    const position = this.#positions.get(name);
    if (position !== undefined) this.#positions.set(newName, position);
  }
}

function exhausted(sequence: SequenceInfo): AegisError {
  const [what, value] =
    sequence.increment > 0n ? ["maximum", sequence.max] : ["minimum", sequence.min];
  const message = `nextval: reached ${what} value of sequence "${sequence.name}" (${value})`;
  return new AegisError("SEQUENCE_EXHAUSTED", message);
}
