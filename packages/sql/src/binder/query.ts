import { AegisError } from "../contract/errors.js";
import type { QueryNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { bindWith } from "./ctes.js";
import type { Environment } from "./scope.js";
import { bindSelect } from "./select.js";
import { bindSetOperation } from "./set-operations.js";
import { bindValues } from "./values.js";

/** A bound query: its columns and their names are `plan.output`. */
export interface BoundQuery {
  readonly plan: LogicalPlan;
}

export interface QueryOptions {
  /**
   * Leave literals of no known type "unknown" for whoever takes the result (a set operation, an
   * INSERT), who then casts them with `coerceOutput`; otherwise they become text.
   */
  readonly keepUnknown?: boolean;
}

/** Binds a query where it stands. */
export function bindQuery(
  node: QueryNode,
  environment: Environment,
  options: QueryOptions = {},
): BoundQuery {
  const { statement } = environment;
  statement.enter(node.position);
  const query = flatten(node);
  const result =
    query.with === undefined
      ? { plan: bindBody(query, environment, options) }
      : bindWith(query.with, environment, (inner) => bindBody(query, inner, options));
  statement.leave();
  return { plan: result.plan };
}

function bindBody(node: QueryNode, environment: Environment, options: QueryOptions): LogicalPlan {
  const { body } = node;
  switch (body.kind) {
    case "select":
      return bindSelect(body, node, environment, options);
    case "values":
      return bindValues(body, node, environment);
    case "setOperation":
      return bindSetOperation(body, node, environment);
    case "query":
      // `flatten` leaves none behind.
      throw new AegisError("INTERNAL", "a query that is only another query");
  }
}

/** `(SELECT …) ORDER BY a LIMIT 1` is one query; what both of them say is an error. */
function flatten(node: QueryNode): QueryNode {
  let query = node;
  while (query.body.kind === "query") query = merge(query, query.body);
  return query;
}

function merge(outer: QueryNode, inner: QueryNode): QueryNode {
  const refuse = (what: string, position: number): never => {
    throw new AegisError("PARSE_ERROR", `multiple ${what} clauses not allowed`, { position });
  };
  if (outer.orderBy.length > 0 && inner.orderBy.length > 0) {
    refuse("ORDER BY", outer.orderBy[0]!.position);
  }
  if (outer.limit !== undefined && inner.limit !== undefined) {
    refuse("LIMIT", outer.limit.position);
  }
  if (outer.offset !== undefined && inner.offset !== undefined) {
    refuse("OFFSET", outer.offset.position);
  }
  if (outer.with !== undefined && inner.with !== undefined) {
    refuse("WITH", inner.with.position);
  }
  const clause = outer.with ?? inner.with;
  const limit = outer.limit ?? inner.limit;
  const offset = outer.offset ?? inner.offset;
  return {
    kind: "query",
    body: inner.body,
    orderBy: outer.orderBy.length > 0 ? outer.orderBy : inner.orderBy,
    withTies: outer.withTies || inner.withTies,
    locking: [...inner.locking, ...outer.locking],
    position: outer.position,
    ...(clause !== undefined && { with: clause }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
  };
}
