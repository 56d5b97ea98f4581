import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { QueryNode, ValuesNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { unify } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { finishRows } from "./finish.js";
import { bindLimit } from "./limit.js";
import { addRelation, Scope, type Environment } from "./scope.js";
import { sortKey } from "./sort-keys.js";
import { targetOf, type Target } from "./targets.js";

/** VALUES as a query: columns column1, column2, …, each of the common type of its values. */
export function bindValues(
  node: ValuesNode,
  tail: QueryNode,
  environment: Environment,
): LogicalPlan {
  const { statement } = environment;
  const inner = new Scope(environment);
  const rows = inner.within("values", () => bindRows(node, inner));
  const width = rows[0]!.length;
  const columns = Array.from({ length: width }, (_none, i) => unifyColumn(node, rows, i, inner));
  const output = columns.map(({ type }, i) => statement.column(`column${i + 1}`, type));
  const plan: LogicalPlan = {
    kind: "values",
    rows: rows.map((_row, r) => columns.map(({ exprs }) => exprs[r]!)),
    output,
  };
  return finishOutput(plan, tail, environment, "*VALUES*");
}

/** Rows of expressions, still of unknown types. */
function bindRows(node: ValuesNode, scope: Scope): readonly (readonly Expr[])[] {
  const width = node.rows[0]!.length;
  return node.rows.map((row) => {
    if (row.length !== width) {
      throw new AegisError("PARSE_ERROR", "VALUES lists must all be the same length", {
        position: row[0]?.position ?? node.position,
      });
    }
    return row.map((item) => bindExpression(item, scope));
  });
}

function unifyColumn(
  node: ValuesNode,
  rows: readonly (readonly Expr[])[],
  column: number,
  scope: Scope,
): ReturnType<typeof unify> {
  const exprs = rows.map((row) => row[column]!);
  const positions = node.rows.map((row) => row[column]!.position);
  return unify(scope.statement, exprs, "VALUES", positions);
}

/** ORDER BY and LIMIT over rows that are named as a relation. */
function finishOutput(
  plan: LogicalPlan,
  tail: QueryNode,
  environment: Environment,
  name: string,
): LogicalPlan {
  if (tail.orderBy.length === 0 && tail.limit === undefined && tail.offset === undefined) {
    return plan;
  }
  const scope = new Scope(environment);
  scope.relations = [addRelation(scope, plan.output, { name })];
  const targets: Target[] = plan.output.map((column) => ({
    name: column.name,
    expr: columnExpr(column),
    position: tail.position,
    hidden: false,
  }));
  const clause = { name: "ORDER BY", inputFirst: false } as const;
  const keys = scope.within("orderBy", () =>
    tail.orderBy.map((item) => {
      const target = targetOf(item.expression, clause, targets, scope);
      return { target, key: sortKey(item, targets[target]!.expr) };
    }),
  );
  const limit = bindLimit(tail, scope);
  const hasHidden = targets.length > plan.output.length;
  const output = targets.map(
    (target, i) => plan.output[i] ?? environment.statement.column(target.name, target.expr.type),
  );
  const rows: LogicalPlan = hasHidden
    ? { kind: "project", input: plan, exprs: targets.map(({ expr }) => expr), output }
    : plan;
  return finishRows(rows, targets, { keys, distinct: "none", on: [] }, limit);
}
