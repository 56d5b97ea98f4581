import { AegisError } from "../../contract/errors.js";
import type { TableInfo } from "../../contract/source.js";
import { columnExpr } from "../../planner/expressions.js";
import type { Assignment, ExpressionNode, QueryNode } from "../../parser/ast.js";
import type { BoundAssignment, LogicalPlan } from "../../planner/plan.js";
import { typeName } from "../../types/names.js";
import type { Expr } from "../expr.js";
import { bindExpression } from "../expression.js";
import type { Scope } from "../scope.js";
import { bindSubquery } from "../subqueries.js";
import { assertUpdatable, writtenColumn } from "./columns.js";
import type { ColumnDefaults } from "./defaults.js";
import { assign } from "./stored-expressions.js";

export interface AssignmentTarget {
  readonly table: TableInfo;
  readonly defaults: ColumnDefaults;
  readonly scope: Scope;
  /** Takes the plan of `(a, b) = (SELECT …)`; undefined where no query can be joined. */
  readonly join: ((plan: LogicalPlan) => void) | undefined;
}

/** The SET clause of UPDATE and of ON CONFLICT DO UPDATE. */
export function bindAssignments(
  assignments: readonly Assignment[],
  target: AssignmentTarget,
): readonly BoundAssignment[] {
  const bound: BoundAssignment[] = [];
  for (const assignment of assignments) {
    for (const item of bindAssignment(assignment, target)) {
      const { name } = target.table.columns[item.column]!;
      if (bound.some(({ column }) => column === item.column)) {
        const message = `multiple assignments to same column "${name}"`;
        throw new AegisError("PARSE_ERROR", message, {
          position: assignment.position,
          column: name,
        });
      }
      bound.push(item);
    }
  }
  return bound;
}

function bindAssignment(
  { columns: names, field, value, position }: Assignment,
  target: AssignmentTarget,
): readonly BoundAssignment[] {
  if (field !== undefined) throw noField(names[0]!, field, target.table, position);
  const columns = names.map((name) => writtenColumn(target.table, name, position));
  const [first] = columns;
  if (value.kind === "subquery" && columns.length > 1) {
    return assignQuery(columns, value.query, position, target);
  }
  if (value.kind === "row" && (columns.length > 1 || value.items.length === 1)) {
    assertCount(columns, value.items.length, position);
    return columns.map((column, i) => assignValue(column, value.items[i]!, target));
  }
  if (columns.length === 1) return [assignValue(first!, value, target)];
  const message =
    "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression";
  throw new AegisError("UNSUPPORTED", message, { position: value.position });
}

/** `SET t.a = …` means the field of a column to PostgreSQL. */
function noField(name: string, field: string, table: TableInfo, position: number): AegisError {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const message = `column "${name}" of relation "${table.name}" does not exist`;
    return new AegisError("COLUMN_NOT_FOUND", message, {
      hint: "SET target columns cannot be qualified with the relation name.",
      column: name,
      position,
    });
  }
  const type = typeName(column.type);
  const message = `cannot assign to field "${field}" of column "${name}" because its type ${type} is not a composite type`;
  return new AegisError("TYPE_MISMATCH", message, { column: name, position });
}

function assertCount(columns: readonly number[], count: number, position: number): void {
  if (columns.length === count) return;
  const message = "number of columns does not match number of values";
  throw new AegisError("PARSE_ERROR", message, { position });
}

function assignValue(
  column: number,
  node: ExpressionNode,
  { table, defaults, scope }: AssignmentTarget,
): BoundAssignment {
  const info = table.columns[column]!;
  if (node.kind === "default") return { column, expr: defaults.of(column) };
  assertUpdatable(info, node.position);
  const value = scope.within("update", () => bindExpression(node, scope));
  return { column, expr: assign(scope.statement, value, info, "expression", node.position) };
}

/** The columns of a query with at most one row; all NULL if there is none. */
function assignQuery(
  columns: readonly number[],
  query: QueryNode,
  position: number,
  { table, scope, join }: AssignmentTarget,
): readonly BoundAssignment[] {
  if (join === undefined) {
    const message = "a query for several columns is not supported in ON CONFLICT";
    throw new AegisError("UNSUPPORTED", message, {
      hint: "Write one subquery for each column.",
      position,
    });
  }
  const { plan } = scope.within("update", () => bindSubquery(query, scope));
  assertCount(columns, plan.output.length, position);
  join(plan);
  return columns.map((column, i): BoundAssignment => {
    const info = table.columns[column]!;
    assertUpdatable(info, position);
    const value: Expr = columnExpr(plan.output[i]!);
    return { column, expr: assign(scope.statement, value, info, "expression", position) };
  });
}
