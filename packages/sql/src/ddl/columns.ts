import { AegisError, unreachable } from "../contract/errors.js";
import type { ColumnInfo } from "../contract/source.js";
import { resolveType } from "../binder/type-names.js";
import type { ColumnConstraint, ColumnDefinition, TableConstraint } from "../parser/ast.js";
import type { SequenceOptions } from "../parser/ast.js";
import { isSerialName } from "../types/names.js";
import { storageType } from "../types/storage.js";
import type { SqlType } from "../types/sql-type.js";
import { addConstraint } from "./constraints.js";
import type { DefinitionContext } from "./context.js";
import type { TableDraft } from "./draft.js";
import { validateDefault, validateGenerated } from "./expressions.js";
import { sequenceKey } from "./names.js";
import { newSequence, nextvalSql } from "./sequences.js";

/** A sequence that a column brings with it; made once the table has its id. */
export interface ColumnSequence {
  readonly name: string;
  readonly column: string;
  readonly options: SequenceOptions;
}

type Of<Kind extends ColumnConstraint["kind"]> = Extract<ColumnConstraint, { kind: Kind }>;

/** Adds a column, without those of its constraints that are the table's. */
export function addColumn(
  draft: TableDraft,
  definition: ColumnDefinition,
): ColumnSequence | undefined {
  const { name, position } = definition;
  const { type, serial } = columnType(definition);
  const rules = new ColumnRules(draft.name, definition);
  const defaultOf = rules.one("default", "multiple default values specified");
  const generated = rules.one("generated", "multiple generation clauses specified");
  const identity = rules.one("identity", "multiple identity specifications");
  if (serial && (defaultOf ?? generated ?? identity) !== undefined) {
    throw rules.conflict("multiple default values specified");
  }
  if (defaultOf !== undefined && identity !== undefined) {
    throw rules.conflict("both default and identity specified");
  }
  if (defaultOf !== undefined && generated !== undefined) {
    throw rules.conflict("both default and generation expression specified");
  }
  if (identity !== undefined && generated !== undefined) {
    throw rules.conflict("both identity and generation expression specified");
  }
  if (identity !== undefined) assertIdentityType(type, position);
  const sequence =
    serial || identity !== undefined ? sequenceOf(draft, name, type, identity) : undefined;
  draft.columns.push({
    name,
    type,
    notNull: rules.notNull(sequence !== undefined),
    defaultSql: sequence === undefined ? defaultOf?.text : nextvalSql(sequence.name),
    identity: identity && (identity.always ? "always" : "byDefault"),
    generatedSql: generated?.text,
  });
  return sequence;
}

function columnType({ type: node, position }: ColumnDefinition): {
  readonly type: SqlType;
  readonly serial: boolean;
} {
  const name = node.path.at(-1)!;
  const type = resolveType(node);
  const serial = isSerialName(name);
  if (serial && node.dimensions > 0) {
    throw new AegisError("UNSUPPORTED", "array of serial is not implemented", { position });
  }
  if (type.name === "unknown") {
    throw new AegisError("INVALID_DEFINITION", `column has pseudo-type unknown`, { position });
  }
  // Throws for what no column can hold.
  storageType(type);
  return { type, serial };
}

export function assertIdentityType({ name }: SqlType, position: number): void {
  if (name === "smallint" || name === "integer" || name === "bigint") return;
  const message = "identity column type must be smallint, integer, or bigint";
  throw new AegisError("INVALID_ARGUMENT", message, { position });
}

function sequenceOf(
  draft: TableDraft,
  column: string,
  type: SqlType,
  identity: Of<"identity"> | undefined,
): ColumnSequence {
  const name = draft.names.choose(draft.name, column, "seq");
  const options = { ...columnSequenceOptions(type), ...identity?.options };
  return { name: sequenceKey({ schema: draft.schema, name }), column, options };
}

/** A sequence counts as far as its column holds. */
export function columnSequenceOptions(type: SqlType): SequenceOptions {
  return { type: { path: [type.name], modifiers: [], dimensions: 0, position: 0 } };
}

/** What the constraints of one column say of the column itself. */
class ColumnRules {
  readonly #table: string;
  readonly #definition: ColumnDefinition;

  constructor(table: string, definition: ColumnDefinition) {
    this.#table = table;
    this.#definition = definition;
  }

  all<Kind extends ColumnConstraint["kind"]>(kind: Kind): readonly Of<Kind>[] {
    return this.#definition.constraints.filter((item): item is Of<Kind> => item.kind === kind);
  }

  one<Kind extends ColumnConstraint["kind"]>(kind: Kind, message: string): Of<Kind> | undefined {
    const found = this.all(kind);
    if (found.length > 1) throw this.conflict(message);
    return found[0];
  }

  notNull(implied: boolean): boolean {
    const isNull = this.#definition.constraints.some(({ kind }) => kind === "null");
    const notNull = this.#definition.constraints.some(({ kind }) => kind === "notNull");
    if (isNull && (notNull || implied)) {
      throw this.conflict("conflicting NULL/NOT NULL declarations");
    }
    return notNull || implied;
  }

  conflict(message: string): AegisError {
    const { name, position } = this.#definition;
    const where = `for column "${name}" of table "${this.#table}"`;
    return new AegisError("PARSE_ERROR", `${message} ${where}`, { position });
  }
}

/** Checks default and generation of a column, now that all columns are known. */
export function validateColumn(
  draft: TableDraft,
  definition: ColumnDefinition,
  context: DefinitionContext,
): void {
  const column = draft.columns.find(({ name }) => name === definition.name)!;
  for (const constraint of definition.constraints) {
    if (constraint.kind === "default") validateDefault(column, constraint.expression, context);
    if (constraint.kind === "generated") {
      validateGenerated(draft.table, column, constraint.expression, context);
    }
  }
}

/** The constraints of the table that were written behind a column. */
export function tableConstraints(definition: ColumnDefinition): readonly TableConstraint[] {
  const columns = [definition.name];
  return definition.constraints.flatMap((constraint): TableConstraint[] => {
    switch (constraint.kind) {
      case "primaryKey":
      case "unique":
        return [{ ...constraint, columns }];
      case "check":
        return [constraint];
      case "references":
        return [{ ...constraint, kind: "foreignKey", columns }];
      case "notNull":
      case "null":
      case "default":
      case "generated":
      case "identity":
        return [];
      default:
        return unreachable(constraint);
    }
  });
}

/** Keys before foreign keys, which may refer to them. */
export function addConstraints(
  draft: TableDraft,
  constraints: readonly TableConstraint[],
  context: DefinitionContext,
): void {
  const isLate = ({ kind }: TableConstraint): boolean => kind === "foreignKey";
  for (const late of [false, true]) {
    for (const constraint of constraints) {
      if (isLate(constraint) === late) addConstraint(draft, constraint, context);
    }
  }
}

export function createColumnSequences(
  tableId: number,
  sequences: readonly ColumnSequence[],
  { sink }: DefinitionContext,
): void {
  for (const { name, column, options } of sequences) {
    sink.createSequence(newSequence(name, options, { tableId, column }));
  }
}

/** The column as it is put at the end of a table that exists. */
export function lastColumn(draft: TableDraft): ColumnInfo {
  return draft.columns.at(-1)!;
}
