import { AegisError } from "../contract/errors.js";
import type { SequenceInfo, TableInfo } from "../contract/source.js";
import type { SequenceOptions, SequenceStatement } from "../parser/ast.js";
import { resolveType } from "../binder/type-names.js";
import type { SqlType, SqlTypeName } from "../types/sql-type.js";
import type { DefinitionContext } from "./context.js";
import { findRelation, missingRelation, requireColumn, requireTable, wrongKind } from "./lookup.js";
import { assertNewRelation, nameForCreation, quoteIdentifier, relationNames } from "./names.js";
import { sequenceKey, sequenceName } from "./names.js";

const RANGES: Readonly<Partial<Record<SqlTypeName, readonly [bigint, bigint]>>> = {
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

export function createSequence(statement: SequenceStatement, context: DefinitionContext): void {
  const name = nameForCreation(statement.sequence, context);
  if (statement.ifExistence && relationNames(context.sink, name.schema).has(name.name)) {
    context.notice(`relation "${name.name}" already exists, skipping`);
    return;
  }
  assertNewRelation(context.sink, name);
  const { options } = statement;
  const ownedBy = ownerOf(options, statement, context) ?? undefined;
  const sequence = newSequence(sequenceKey(name), options, ownedBy);
  context.sink.createSequence(sequence);
}

/** A sequence by its options; what they leave out is PostgreSQL's default. */
export function newSequence(
  name: string,
  options: SequenceOptions,
  ownedBy: SequenceInfo["ownedBy"],
): SequenceInfo {
  const [least, greatest] = rangeOf(options.type && resolveType(options.type));
  if (options.cache !== undefined && options.cache <= 0n) {
    throw invalid(`CACHE (${options.cache}) must be greater than zero`);
  }
  const increment = options.increment ?? 1n;
  const min = options.minValue ?? (increment > 0n ? 1n : least);
  const max = options.maxValue ?? (increment > 0n ? greatest : -1n);
  const start = options.start ?? (increment > 0n ? min : max);
  const cycle = options.cycle ?? false;
  const sequence = { name, start, increment, min, max, cycle, ownedBy };
  validate(sequence, [least, greatest]);
  return sequence;
}

function rangeOf(type: SqlType | undefined): readonly [bigint, bigint] {
  const range = RANGES[type?.name ?? "bigint"];
  if (range !== undefined) return range;
  throw invalid("sequence type must be smallint, integer, or bigint");
}

function validate(
  { start, increment, min, max }: SequenceInfo,
  [least, greatest]: readonly [bigint, bigint],
): void {
  if (increment === 0n) throw invalid("INCREMENT must not be zero");
  if (max > greatest) throw invalid(`MAXVALUE (${max}) is out of range for sequence data type`);
  if (min < least) throw invalid(`MINVALUE (${min}) is out of range for sequence data type`);
  if (min >= max) throw invalid(`MINVALUE (${min}) must be less than MAXVALUE (${max})`);
  if (start < min) throw invalid(`START value (${start}) cannot be less than MINVALUE (${min})`);
  if (start > max) throw invalid(`START value (${start}) cannot be greater than MAXVALUE (${max})`);
}

function invalid(message: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message);
}

/** `null`: OWNED BY NONE. Undefined: not said. */
function ownerOf(
  { ownedBy }: SequenceOptions,
  { position }: SequenceStatement,
  context: DefinitionContext,
): SequenceInfo["ownedBy"] | null {
  if (ownedBy === undefined) return undefined;
  if (ownedBy.length === 1) {
    if (ownedBy[0] === "none") return null;
    throw new AegisError("PARSE_ERROR", "invalid OWNED BY option", {
      hint: "Specify OWNED BY table.column or OWNED BY NONE.",
      position,
    });
  }
  const table = requireTable({ path: ownedBy.slice(0, -1), position }, context);
  const column = ownedBy.at(-1)!;
  requireColumn(table, column, position);
  return { tableId: table.id, column };
}

export function alterSequence(statement: SequenceStatement, context: DefinitionContext): void {
  const { sequence: object, options } = statement;
  const relation = findRelation(object, context);
  if (relation === undefined) {
    if (!statement.ifExistence) throw missingRelation(object);
    context.notice(`relation "${object.path.at(-1)!}" does not exist, skipping`);
    return;
  }
  if (relation.kind !== "sequence") throw wrongKind(object, relation.kind, "sequence");
  const old = relation.sequence;
  const owner = ownerOf(options, statement, context);
  const ownedBy = owner === undefined ? old.ownedBy : (owner ?? undefined);
  changeSequence(old, options, ownedBy, context);
}

/** What the options leave out stays as it is. */
export function changeSequence(
  old: SequenceInfo,
  options: SequenceOptions,
  ownedBy: SequenceInfo["ownedBy"],
  context: DefinitionContext,
): void {
  const changed = newSequence(
    old.name,
    {
      ...options,
      increment: options.increment ?? old.increment,
      minValue: options.minValue === undefined ? old.min : options.minValue,
      maxValue: options.maxValue === undefined ? old.max : options.maxValue,
      start: options.start ?? old.start,
      cycle: options.cycle ?? old.cycle,
    },
    ownedBy,
  );
  context.sink.alterSequence(old.name, changed);
  if (options.restart !== undefined) {
    restart(changed, options.restart === "start" ? changed.start : options.restart, context);
  }
}

function restart(sequence: SequenceInfo, value: bigint, context: DefinitionContext): void {
  if (value < sequence.min) {
    throw invalid(`RESTART value (${value}) cannot be less than MINVALUE (${sequence.min})`);
  }
  if (value > sequence.max) {
    throw invalid(`RESTART value (${value}) cannot be greater than MAXVALUE (${sequence.max})`);
  }
  context.sink.setval(sequence.name, value, false);
}

/** The sequences that go with a column, or with any column of the table. */
export function ownedSequences(
  table: TableInfo,
  column: string | undefined,
  context: DefinitionContext,
): readonly SequenceInfo[] {
  return context.sink.sequences().filter(({ ownedBy }) => {
    if (ownedBy?.tableId !== table.id) return false;
    return column === undefined || ownedBy.column === column;
  });
}

/** `nextval('t_a_seq')`, the default of a serial or identity column. */
export function nextvalSql(key: string): string {
  const { schema, name } = sequenceName(key);
  const quoted = quoteIdentifier(name);
  const path = schema === "public" ? quoted : `${quoteIdentifier(schema)}.${quoted}`;
  return `nextval('${path.replaceAll("'", "''")}')`;
}

/** Starts the sequences of a table again, for TRUNCATE … RESTART IDENTITY. */
export function restartSequences(table: TableInfo, context: DefinitionContext): void {
  for (const { name, start } of ownedSequences(table, undefined, context)) {
    context.sink.setval(name, start, false);
  }
}
