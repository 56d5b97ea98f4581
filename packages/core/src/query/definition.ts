import type {
  CheckInfo,
  ColumnInfo,
  ForeignKeyInfo,
  IndexInfo,
  SequenceInfo,
  TableDefinition,
  ViewInfo,
} from "@aegisdb/sql";
import { AegisError } from "../errors.js";

/** What the catalog stores of a table besides its id. */
export interface TableRecord extends TableDefinition {
  /** The number in the name of the tree that holds the rows. */
  readonly tree: number;
  /** The same for each of `indexes`; 0 for the primary key, which is the table's own tree. */
  readonly indexTrees: readonly number[];
}

export function tableToText(record: TableRecord): string {
  return JSON.stringify(record);
}

/** Throws CORRUPTION if the text is not one that `tableToText` wrote. */
export function tableFromText(text: string): TableRecord {
  const record = parse(text) as TableRecord;
  const { columns, indexes, indexTrees, foreignKeys, checks } = record;
  if (![columns, indexes, indexTrees, foreignKeys, checks].every(Array.isArray)) throw damaged();
  return {
    schema: record.schema,
    name: record.name,
    columns: columns.map(columnOf),
    primaryKey: record.primaryKey,
    indexes: indexes.map(indexOf),
    foreignKeys: foreignKeys.map(foreignKeyOf),
    checks: checks.map(checkOf),
    tree: record.tree,
    indexTrees,
  };
}

/** JSON has no undefined, which a definition has where something is missing. */
function columnOf(column: ColumnInfo): ColumnInfo {
  return {
    name: column.name,
    type: column.type,
    notNull: column.notNull,
    defaultSql: column.defaultSql,
    identity: column.identity,
    generatedSql: column.generatedSql,
  };
}

function indexOf(index: IndexInfo): IndexInfo {
  return {
    name: index.name,
    columns: index.columns,
    unique: index.unique,
    nullsNotDistinct: index.nullsNotDistinct,
    constraint: index.constraint,
  };
}

function foreignKeyOf(key: ForeignKeyInfo): ForeignKeyInfo {
  return { ...key };
}

function checkOf(check: CheckInfo): CheckInfo {
  return { ...check };
}

export function viewToText(view: ViewInfo): string {
  return JSON.stringify(view);
}

export function viewFromText(text: string): ViewInfo {
  return parse(text) as ViewInfo;
}

interface SequenceRecord {
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cycle: boolean;
  readonly ownedBy?: SequenceInfo["ownedBy"];
}

export function sequenceToText(sequence: SequenceInfo): string {
  const record: SequenceRecord = {
    start: sequence.start.toString(),
    increment: sequence.increment.toString(),
    min: sequence.min.toString(),
    max: sequence.max.toString(),
    cycle: sequence.cycle,
    ownedBy: sequence.ownedBy,
  };
  return JSON.stringify(record);
}

/** Throws CORRUPTION if the text is not one that `sequenceToText` wrote. */
export function sequenceFromText(name: string, text: string): SequenceInfo {
  const record = parse(text) as SequenceRecord;
  const { start, increment, min, max } = record;
  if (![start, increment, min, max].every((value) => /^-?\d+$/.test(value))) throw damaged();
  return {
    name,
    start: BigInt(start),
    increment: BigInt(increment),
    min: BigInt(min),
    max: BigInt(max),
    cycle: record.cycle,
    ownedBy: record.ownedBy,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): AegisError {
  return new AegisError("CORRUPTION", "the catalog of SQL holds a definition that is damaged", {
    cause,
  });
}
