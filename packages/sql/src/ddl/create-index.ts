import { AegisError } from "../contract/errors.js";
import type { IndexInfo } from "../contract/source.js";
import type { CreateIndexStatement, SortItem } from "../parser/ast.js";
import { assertKeyTypes } from "./constraints.js";
import type { DefinitionContext } from "./context.js";
import { requireTable } from "./lookup.js";
import { NameChooser, relationExists, relationNames } from "./names.js";

export function createIndex(statement: CreateIndexStatement, context: DefinitionContext): void {
  const table = requireTable(statement.table, context);
  const { name: given, position } = statement;
  if (given !== undefined && relationNames(context.sink, table.schema).has(given)) {
    if (!statement.ifNotExists) throw relationExists(given);
    context.notice(`relation "${given}" already exists, skipping`);
    return;
  }
  refuseSpecial(statement);
  const columns = statement.items.map((item) => ({
    column: columnOf(table, item),
    descending: item.descending,
  }));
  const positions = columns.map(({ column }) => column);
  assertKeyTypes(table, positions, position);
  const text = positions.map((at) => table.columns[at]!.name).join("_");
  const { unique, nullsNotDistinct } = statement;
  const name = given ?? new NameChooser(context.sink, table.schema).choose(table.name, text, "idx");
  const index: IndexInfo = { name, columns, unique, nullsNotDistinct, constraint: undefined };
  context.sink.createIndex(table, index);
}

function columnOf(
  table: { readonly name: string; readonly columns: readonly { readonly name: string }[] },
  { expression, position }: SortItem,
): number {
  if (expression.kind !== "column" || expression.path.length !== 1) {
    throw new AegisError("UNSUPPORTED", "indexes over expressions are not supported", {
      hint: "Add a generated column (GENERATED ALWAYS AS (…) STORED) and index that.",
      position,
    });
  }
  const name = expression.path[0]!;
  const at = table.columns.findIndex((column) => column.name === name);
  if (at >= 0) return at;
  const message = `column "${name}" does not exist`;
  throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name, table: table.name });
}

const METHODS: ReadonlySet<string> = new Set(["btree", "hash"]);

function refuseSpecial({ where, method, unique, position }: CreateIndexStatement): void {
  if (where !== undefined) {
    throw new AegisError("UNSUPPORTED", "partial indexes are not supported", {
      hint: unique
        ? "Add a generated column that is NULL for the rows to leave out, and make it UNIQUE."
        : "Leave WHERE out: the index then has all rows and serves the same queries.",
      position,
    });
  }
  if (method !== undefined && !METHODS.has(method)) {
    throw new AegisError("UNSUPPORTED", `indexes of type ${method} are not supported`, {
      hint: "Leave USING out for an ordered index.",
      position,
    });
  }
}
