import { AegisError } from "../contract/errors.js";
import type { ViewInfo } from "../contract/source.js";
import { columnExpr } from "../planner/expressions.js";
import { parseStatement } from "../parser/index.js";
import type { LogicalPlan } from "../planner/plan.js";
import { MAX_VIEW_DEPTH, MAX_VIEWS } from "./limits.js";
import { projectOf } from "./plans.js";
import { bindQuery } from "./query.js";
import type { Statement } from "./statement.js";

/** The rows of a view: its text, bound where no name of the statement around it can be seen. */
export function bindView(view: ViewInfo, statement: Statement, position: number): LogicalPlan {
  const name = `${view.schema}.${view.name}`;
  if (statement.views.includes(name)) {
    const message = `infinite recursion detected in rules for relation "${view.name}"`;
    throw new AegisError("INVALID_RECURSION", message, { position, sqlState: "42P17" });
  }
  if (statement.views.length >= MAX_VIEW_DEPTH) {
    throw new AegisError("NESTING_TOO_DEEP", "views stand on too many other views", { position });
  }
  if (++statement.viewsExpanded > MAX_VIEWS) {
    throw new AegisError("LIMIT_EXCEEDED", "the statement stands on too many views", {
      detail: `The limit is ${MAX_VIEWS}; a view that several others stand on counts for each.`,
      position,
    });
  }
  statement.views.push(name);
  const plan = bindText(view, statement, position);
  statement.views.pop();
  const output = plan.output.map((column, i) =>
    statement.column(view.columns[i]?.name ?? column.name, column.type),
  );
  // Columns that the view's tables gained since are not the view's.
  const shown = view.columns.length > 0 ? output.slice(0, view.columns.length) : output;
  return projectOf(plan, plan.output.slice(0, shown.length).map(columnExpr), shown);
}

function bindText(view: ViewInfo, statement: Statement, position: number): LogicalPlan {
  try {
    const query = parseStatement(view.sql);
    if (query.kind !== "query") throw new AegisError("INTERNAL", "a view that is not a query");
    return bindQuery(query, { statement, outer: undefined, ctes: undefined }).plan;
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    // Positions inside of the view's text mean nothing in the statement's.
    const { hint, sqlState, table, column } = error;
    throw new AegisError(error.code, error.message, {
      detail: `In the view "${view.name}".`,
      hint,
      sqlState,
      position,
      table,
      column,
    });
  }
}
