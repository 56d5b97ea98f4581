import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { QueryNode, SubqueryNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { chooseOverload } from "./functions.js";
import { resultType } from "../functions/resolve.js";
import { rowOf } from "./constructors.js";
import type { Expr } from "./expr.js";
import { projectOf } from "./plans.js";
import { bindQuery, type BoundQuery } from "./query.js";
import type { Scope } from "./scope.js";
import { BOOLEAN } from "./tree.js";

/** A query inside of an expression: it may refer to the columns around it. */
export function bindSubquery(node: QueryNode, scope: Scope): BoundQuery {
  return bindQuery(node, scope.inner());
}

export function bindExists(node: SubqueryNode, scope: Scope): Expr {
  const { plan } = bindSubquery(node.query, scope);
  return { kind: "exists", plan, negated: false, type: BOOLEAN };
}

export function bindScalarSubquery(node: SubqueryNode, scope: Scope): Expr {
  const { plan } = bindSubquery(node.query, scope);
  return { kind: "scalarSubquery", plan, type: onlyColumn(plan, node.position).type };
}

/** The one row of a query as a record: what `(a, b) = (query)` compares with. */
export function bindRowSubquery(node: SubqueryNode, scope: Scope): Expr {
  const { plan } = bindSubquery(node.query, scope);
  const row = rowOf(
    plan.output.map(columnExpr),
    plan.output.map((column) => column.name),
  );
  const rows = projectOf(plan, [row], [scope.statement.column("row", row.type)]);
  return { kind: "scalarSubquery", plan: rows, type: row.type };
}

function onlyColumn(plan: LogicalPlan, position: number): LogicalPlan["output"][number] {
  const [column] = plan.output;
  if (column !== undefined && plan.output.length === 1) return column;
  throw new AegisError("PARSE_ERROR", "subquery must return only one column", { position });
}

/** ARRAY(query): the rows in their order, an empty array of none. */
export function bindArrayQuery(node: SubqueryNode, scope: Scope): Expr {
  const { statement } = scope;
  const { position } = node;
  const { plan } = bindSubquery(node.query, scope);
  const column = onlyColumn(plan, position);
  const candidates = statement.context.registry.aggregate("array_agg");
  const chosen = chooseOverload(statement, candidates, [columnExpr(column)], position);
  if (chosen === undefined) throw new AegisError("INTERNAL", "array_agg takes no such argument");
  const type = resultType(chosen.fn, chosen.types);
  const output = [statement.column("array", type)];
  const aggregate: LogicalPlan = {
    kind: "aggregate",
    input: plan,
    groups: [],
    groupingSets: undefined,
    groupingId: undefined,
    aggregates: [
      {
        id: output[0]!.id,
        name: "array",
        fn: chosen.fn,
        args: chosen.args,
        distinct: false,
        filter: undefined,
        orderBy: [],
        type,
      },
    ],
    output,
  };
  const empty: Expr = { kind: "const", value: [], type };
  const rows: Expr = { kind: "scalarSubquery", plan: aggregate, type };
  return { kind: "coalesce", args: [rows, empty], type };
}
