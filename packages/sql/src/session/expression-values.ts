import type { ExpressionNode, QueryNode } from "../parser/index.js";
import type { Datum } from "../types/index.js";
import { TypedDatums } from "./parameters.js";
import type { PlanRunner } from "./plan-runner.js";
import type { RunOptions } from "./run-options.js";
import { PreparedText } from "./prepared-text.js";

/** Values of expressions that stand alone (the arguments of EXECUTE), with their types. */
export function evaluate(
  plans: PlanRunner,
  expressions: readonly ExpressionNode[],
  options: RunOptions,
): TypedDatums {
  if (expressions.length === 0) return new TypedDatums([], []);
  const parameters = { count: 0, names: [] };
  const prepared = new PreparedText({ text: "", statement: selectOf(expressions), parameters });
  const result = plans.run(prepared, [], { timeout: options.timeout, form: "datums" });
  const values = result.rows[0] as readonly Datum[];
  return new TypedDatums(
    values,
    result.columns.map(({ type }) => type),
  );
}

/** `SELECT` of the expressions. */
function selectOf(expressions: readonly ExpressionNode[]): QueryNode {
  const position = expressions[0]?.position ?? 0;
  return {
    kind: "query",
    body: {
      kind: "select",
      distinct: false,
      distinctOn: [],
      items: expressions.map((expression) => ({ expression, position })),
      from: [],
      groupBy: [],
      groupByDistinct: false,
      windows: [],
      position,
    },
    orderBy: [],
    withTies: false,
    locking: [],
    position,
  };
}
