import { AegisError, unreachable } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { ExpressionNode, TableConstraint } from "../parser/ast.js";
import { canBeKey } from "./keys.js";
import type { DefinitionContext } from "./context.js";
import type { TableDraft } from "./draft.js";
import { validateCheck } from "./expressions.js";
import { addForeignKey } from "./foreign-key.js";
import { relationExists, relationNames } from "./names.js";

/** Adds a constraint to the definition; what it needs of the rows is not looked at here. */
export function addConstraint(
  draft: TableDraft,
  constraint: TableConstraint,
  context: DefinitionContext,
): void {
  if (constraint.initiallyDeferred) {
    throw new AegisError("UNSUPPORTED", "constraints that wait for COMMIT are not supported", {
      hint: "Leave INITIALLY DEFERRED out: constraints are checked when a statement ends.",
      position: constraint.position,
    });
  }
  const { name, position } = constraint;
  switch (constraint.kind) {
    case "primaryKey":
      addPrimaryKey(draft, constraint.columns, name, position, context);
      return;
    case "unique": {
      const { columns, nullsNotDistinct } = constraint;
      const positions = keyColumns(draft, columns, position, "unique");
      addKeyIndex(draft, positions, { name, kind: "unique", nullsNotDistinct, position }, context);
      return;
    }
    case "check":
      addCheck(draft, constraint, context);
      return;
    case "foreignKey":
      addForeignKey(draft, constraint, context);
      return;
    default:
      unreachable(constraint);
  }
}

function addPrimaryKey(
  draft: TableDraft,
  names: readonly string[],
  name: string | undefined,
  position: number,
  context: DefinitionContext,
): void {
  if (draft.indexes.some(({ constraint }) => constraint === "primary")) {
    const message = `multiple primary keys for table "${draft.name}" are not allowed`;
    throw new AegisError("INVALID_DEFINITION", message, { position, table: draft.name });
  }
  const columns = keyColumns(draft, names, position, "primary key");
  for (const at of columns) draft.setColumn(at, { notNull: true });
  draft.primaryKey = columns;
  const options = { name, kind: "primary", nullsNotDistinct: false, position } as const;
  addKeyIndex(draft, columns, options, context);
}

function keyColumns(
  draft: TableDraft,
  names: readonly string[],
  position: number,
  what: string,
): readonly number[] {
  const columns: number[] = [];
  for (const name of names) {
    const at = draft.columns.findIndex((column) => column.name === name);
    if (at < 0) {
      const message = `column "${name}" named in key does not exist`;
      throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name });
    }
    if (columns.includes(at)) {
      const message = `column "${name}" appears twice in ${what} constraint`;
      throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
    }
    columns.push(at);
  }
  return columns;
}

interface KeyOptions {
  readonly name: string | undefined;
  readonly kind: "primary" | "unique";
  readonly nullsNotDistinct: boolean;
  readonly position: number;
}

function addKeyIndex(
  draft: TableDraft,
  columns: readonly number[],
  { name: given, kind, nullsNotDistinct, position }: KeyOptions,
  { sink }: DefinitionContext,
): void {
  assertKeyTypes(draft.table, columns, position);
  const key = columns.map((column) => ({ column, descending: false }));
  if (given !== undefined) {
    const taken = relationNames(sink, draft.schema).has(given);
    if (taken || draft.indexes.some((index) => index.name === given)) throw relationExists(given);
    draft.assertNewConstraint(given);
  }
  const text = columns.map((column) => draft.columns[column]!.name).join("_");
  const name =
    given === undefined
      ? kind === "primary"
        ? draft.names.choose(draft.name, undefined, "pkey")
        : draft.names.choose(draft.name, text, "key")
      : draft.names.take(given);
  draft.indexes.push({ name, columns: key, unique: true, nullsNotDistinct, constraint: kind });
}

/** Throws where a column's values have no order that an index could keep. */
export function assertKeyTypes(
  table: TableInfo,
  columns: readonly number[],
  position: number,
): void {
  for (const at of columns) {
    const { type, name } = table.columns[at]!;
    if (canBeKey(type)) continue;
    if (type.name === "json") {
      const message = `data type json has no default operator class for access method "btree"`;
      throw new AegisError("TYPE_NOT_FOUND", message, {
        hint: "Use jsonb, which can be compared.",
        position,
      });
    }
    throw new AegisError("UNSUPPORTED", `an index over ${type.name} values is not supported`, {
      column: name,
      position,
    });
  }
}

function addCheck(
  draft: TableDraft,
  check: {
    readonly name?: string;
    readonly expression: ExpressionNode;
    readonly text: string;
  },
  context: DefinitionContext,
): void {
  const columns = validateCheck(draft.table, check.expression, context);
  if (check.name !== undefined) {
    assertNewCheck(draft, check.name);
    draft.assertNewConstraint(check.name);
  }
  const only = columns.length === 1 ? draft.columns[columns[0]!]!.name : undefined;
  const name =
    check.name === undefined
      ? draft.names.choose(draft.name, only, "check")
      : draft.names.take(check.name);
  draft.checks.push({ name, sql: check.text });
}

/** PostgreSQL has words of its own for two checks of one CREATE TABLE. */
function assertNewCheck(draft: TableDraft, name: string): void {
  if (!draft.isNew || !draft.checks.some((check) => check.name === name)) return;
  const message = `check constraint "${name}" already exists`;
  throw new AegisError("OBJECT_EXISTS", message, { constraint: name, table: draft.name });
}
