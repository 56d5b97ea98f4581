import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { QueryBody, QueryNode, SetOperationNode } from "../parser/ast.js";
import type { LogicalPlan, SetOperationPlan } from "../planner/plan.js";
import { commonType, type SqlType } from "../types/index.js";
import { located } from "./coerce.js";
import { didYouMean } from "./nearest.js";
import { bindExpression } from "./expression.js";
import { finishRows } from "./finish.js";
import { bindLimit } from "./limit.js";
import { coerceOutput, passNumbers } from "./output-types.js";
import { bindQuery } from "./query.js";
import { addRelation, Scope, type Environment } from "./scope.js";
import { requireEquality, sortKey } from "./sort-keys.js";
import type { Statement } from "./statement.js";
import { targetOf, type Target } from "./targets.js";
import { startOf } from "./start-of.js";

/** UNION, INTERSECT and EXCEPT with the ORDER BY and LIMIT behind them. */
export function bindSetOperation(
  node: SetOperationNode,
  tail: QueryNode,
  environment: Environment,
): LogicalPlan {
  const plan = bindChain(node, environment);
  if (tail.locking.length > 0) {
    const { strength, position } = tail.locking[0]!;
    const message = `FOR ${strength.toUpperCase()} is not allowed with UNION/INTERSECT/EXCEPT`;
    throw new AegisError("UNSUPPORTED", message, { position });
  }
  return finishSetOperation(plan, tail, environment);
}

/** A chain of operations hangs to the left: it is followed in a loop, however long it is. */
function bindChain(node: SetOperationNode, environment: Environment): LogicalPlan {
  const chain: SetOperationNode[] = [];
  let first: QueryBody = node;
  while (first.kind === "setOperation") {
    chain.push(first);
    first = first.left;
  }
  let plan = bindSide(first, environment);
  for (const operation of chain.reverse()) {
    const right = bindSide(operation.right, environment);
    plan = combine(plan, right, operation, environment.statement);
  }
  return plan;
}

function bindSide(body: QueryBody, environment: Environment): LogicalPlan {
  if (body.kind === "setOperation") return bindChain(body, environment);
  if (body.kind === "query") return bindQuery(body, environment, { keepUnknown: true }).plan;
  const { position } = body;
  const query: QueryNode = {
    kind: "query",
    body,
    orderBy: [],
    withTies: false,
    locking: [],
    position,
  };
  return bindQuery(query, environment, { keepUnknown: true }).plan;
}

function operationName(node: SetOperationNode): string {
  return node.operator.toUpperCase();
}

function combine(
  left: LogicalPlan,
  right: LogicalPlan,
  node: SetOperationNode,
  statement: Statement,
): LogicalPlan {
  const name = operationName(node);
  const position = columnPosition(node.right, 0);
  if (left.output.length !== right.output.length) {
    const message = `each ${name} query must have the same number of columns`;
    throw new AegisError("PARSE_ERROR", message, { position });
  }
  const types = left.output.map((column, i) =>
    located(columnPosition(node.right, i), () =>
      commonType([column.type, right.output[i]!.type], name),
    ),
  );
  const sides = [left, right].map((side) => castSide(statement, side, types, name, position));
  const [a, b] = sides as [LogicalPlan, LogicalPlan];
  const plan: SetOperationPlan = {
    kind: "setOperation",
    operation: node.operator,
    all: node.all,
    left: a,
    right: b,
    output: a.output.map((column, i) => statement.column(column.name, types[i]!)),
  };
  if (!node.all) {
    for (const column of plan.output) requireEquality(columnExpr(column), position);
  }
  passNumbers(statement, plan, a, b);
  return plan;
}

/** Where column `i` of a query is written, or else the query. */
function columnPosition(body: QueryBody, i: number): number {
  const item = body.kind === "select" ? body.items[i] : undefined;
  return item === undefined ? body.position : startOf(item.expression);
}

function castSide(
  statement: Statement,
  side: LogicalPlan,
  types: readonly SqlType[],
  name: string,
  position: number,
): LogicalPlan {
  const cast = coerceOutput(statement, side, types, "implicit", position);
  if (!("misfit" in cast)) return cast;
  const message = `${name} could not convert column ${cast.misfit + 1} to its common type`;
  throw new AegisError("CANNOT_CAST", message, { position });
}

/** Only names and numbers of result columns can be sorted by. */
function finishSetOperation(
  plan: LogicalPlan,
  tail: QueryNode,
  environment: Environment,
): LogicalPlan {
  const scope = new Scope(environment);
  scope.relations = [addRelation(scope, plan.output, { name: undefined })];
  const targets: Target[] = plan.output.map((column) => ({
    name: column.name,
    expr: columnExpr(column),
    position: tail.position,
    hidden: false,
  }));
  const clause = { name: "ORDER BY", inputFirst: false } as const;
  const names = targets.map((target) => target.name);
  const keys = tail.orderBy.map((item) => {
    const { expression, position } = item;
    const isName = expression.kind === "column" && expression.path.length === 1;
    if (isName && !names.includes(expression.path[0]!)) {
      const name = expression.path[0]!;
      throw new AegisError("COLUMN_NOT_FOUND", `column "${name}" does not exist`, {
        position,
        column: name,
        hint: didYouMean(name, names),
      });
    }
    const isConstant = ["number", "string", "null", "bits"].includes(expression.kind);
    if (!isName && !isConstant) {
      bindExpression(expression, scope);
      throw new AegisError("UNSUPPORTED", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", {
        position,
        detail: "Only result column names can be used, not expressions or functions.",
        hint: "Put the set operation into a subquery in FROM, and sort that.",
      });
    }
    const target = targetOf(expression, clause, targets, scope);
    return { target, key: sortKey(item, targets[target]!.expr) };
  });
  const limit = bindLimit(tail, scope);
  return finishRows(plan, targets, { keys, distinct: "none", on: [] }, limit);
}
