import { AegisError } from "../../contract/errors.js";
import type { IndexInfo, TableInfo } from "../../contract/source.js";
import type { OnConflict, SortItem } from "../../parser/ast.js";
import type { BoundConflict } from "../../planner/plan.js";
import { coerceBoolean } from "../coerce.js";
import { bindExpression } from "../expression.js";
import { addRelation, type Environment, Scope } from "../scope.js";
import { bindAssignments } from "./assignments.js";
import type { ColumnDefaults } from "./defaults.js";
import { rowColumns } from "./stored-expressions.js";

export interface ConflictTarget {
  readonly table: TableInfo;
  readonly alias: string | undefined;
  readonly defaults: ColumnDefaults;
}

export function bindConflict(
  node: OnConflict,
  { table, alias, defaults }: ConflictTarget,
  environment: Environment,
): BoundConflict {
  const { statement } = environment;
  const arbiter = findArbiter(node, table);
  if (arbiter === undefined && node.action === "update") {
    const message = "ON CONFLICT DO UPDATE requires inference specification or constraint name";
    throw new AegisError("PARSE_ERROR", message, {
      hint: "For example, ON CONFLICT (column_name).",
      position: node.position,
    });
  }
  const existing = rowColumns(statement, table);
  const excluded = rowColumns(statement, table);
  const scope = new Scope(environment);
  scope.relations = [
    addRelation(scope, existing, {
      name: alias ?? table.name,
      schema: alias === undefined ? table.schema : undefined,
      table,
    }),
    addRelation(scope, excluded, { name: "excluded" }),
  ];
  const target = { table, defaults, scope, join: undefined };
  const set = bindAssignments(node.assignments, target);
  const { where } = node;
  const condition =
    where === undefined
      ? undefined
      : scope.within("where", () =>
          coerceBoolean(statement, bindExpression(where, scope), "WHERE", where.position),
        );
  return { arbiter, action: node.action, excluded, existing, set, where: condition };
}

/** The unique index that the target names; undefined where it names none. */
function findArbiter(node: OnConflict, table: TableInfo): IndexInfo | undefined {
  const { constraint, target, position } = node;
  if (constraint !== undefined) {
    const index = table.indexes.find(
      (candidate) => candidate.name === constraint && candidate.constraint !== undefined,
    );
    if (index !== undefined) return index;
    const message = `constraint "${constraint}" for table "${table.name}" does not exist`;
    throw new AegisError("CONSTRAINT_NOT_FOUND", message, { position, constraint });
  }
  if (target.length === 0) return undefined;
  const columns = new Set(target.map((item) => columnOf(item, table)));
  const fitting = table.indexes.filter(
    (index) =>
      index.unique &&
      index.columns.length === columns.size &&
      index.columns.every(({ column }) => columns.has(column)),
  );
  // All of them decide, and the one that takes NULLs for equal finds whatever the others find.
  const found = fitting.find((index) => index.nullsNotDistinct) ?? fitting[0];
  if (found !== undefined) return found;
  const message =
    "there is no unique or exclusion constraint matching the ON CONFLICT specification";
  throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position, table: table.name });
}

/** Position of a column of the target; -1, which no index has, for an expression. */
function columnOf({ expression, position }: SortItem, table: TableInfo): number {
  if (expression.kind !== "column" || expression.path.length !== 1) return -1;
  const name = expression.path[0]!;
  const at = table.columns.findIndex((column) => column.name === name);
  if (at >= 0) return at;
  throw new AegisError("COLUMN_NOT_FOUND", `column "${name}" does not exist`, {
    position,
    column: name,
    table: table.name,
  });
}
