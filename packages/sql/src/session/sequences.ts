import { AegisError } from "../contract/index.js";
import type { Sink, Source } from "../contract/source.js";
import type { SequenceAccess } from "../functions/registry.js";

/** What a session remembers of the sequences it has used. */
export class SessionSequences {
  readonly #values: Map<string, number | bigint> = new Map();
  #last: string | undefined;

  /** The sequence functions of a statement; a reading one can only look at what was. */
  over(source: Source, sink: Sink | undefined): SequenceAccess {
    return {
      nextval: (name) => {
        const value = writable(sink, "nextval").nextval(found(source, name));
        this.#values.set(found(source, name), value);
        this.#last = found(source, name);
        return value;
      },
      currval: (name) => this.#current(found(source, name)),
      setval: (name, value, called) => {
        const sequence = found(source, name);
        writable(sink, "setval").setval(sequence, value, called);
        if (called) this.#values.set(sequence, value);
        return value;
      },
      ownedBy: (table, column) => ownedSequence(source, table, column),
      lastval: () => {
        if (this.#last !== undefined) return this.#current(this.#last);
        throw new AegisError("SEQUENCE_ERROR", "lastval is not yet defined in this session");
      },
    };
  }

  forget(): void {
    this.#values.clear();
    this.#last = undefined;
  }

  #current(name: string): number | bigint {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const message = `currval of sequence "${name}" is not yet defined in this session`;
    throw new AegisError("SEQUENCE_ERROR", message, { hint: "Call nextval first." });
  }
}

function writable(sink: Sink | undefined, call: string): Sink {
  if (sink !== undefined) return sink;
  throw new AegisError("READ_ONLY_TRANSACTION", `cannot execute ${call}() where only reads are`);
}

/** The parts of a name such as `"S"` or `public.s`. */
function nameParts(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."\s]+/g) ?? [];
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase(),
  );
}

/** `column` is a name as it is kept, not as a statement writes it. */
function ownedSequence(source: Source, table: string, column: string): string | undefined {
  const parts = nameParts(table);
  const info = source.table(parts.at(-2), parts.at(-1) ?? "");
  if (info === undefined) {
    throw new AegisError("TABLE_NOT_FOUND", `relation "${table}" does not exist`);
  }
  if (!info.columns.some(({ name }) => name === column)) {
    const message = `column "${column}" of relation "${info.name}" does not exist`;
    throw new AegisError("COLUMN_NOT_FOUND", message);
  }
  const owned = source
    .sequences()
    .find(({ ownedBy }) => ownedBy?.tableId === info.id && ownedBy.column === column);
  if (owned === undefined) return undefined;
  return owned.name.includes(".") ? owned.name : `public.${owned.name}`;
}

/** The catalog's name of the sequence that a text such as `"S"` or `public.s` means. */
function found(source: Source, text: string): string {
  const names = nameParts(text);
  const path = names[0] === "public" ? names.slice(1) : names;
  // A name that was quoted when it was stored in a default may come as it is.
  for (const name of [path.join("."), text]) {
    if (source.sequence(name) !== undefined) return name;
  }
  throw new AegisError("TABLE_NOT_FOUND", `relation "${text}" does not exist`);
}
