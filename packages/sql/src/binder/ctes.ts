import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { CommonTable, WithClause } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { CteEntry, CteFrame } from "./cte-frame.js";
import { bindQuery } from "./query.js";
import { bindRecursive, isRecursive } from "./recursive.js";
import type { Environment } from "./scope.js";
import type { ModifyStatement, Statement } from "./statement.js";
import { isNumber } from "./numbers.js";

/**
 * Binds WITH and what stands behind it. Common tables that nobody refers to are left out, unless
 * they change data.
 */
export function bindWith(
  clause: WithClause,
  environment: Environment,
  bindBody: (inner: Environment) => LogicalPlan,
): { readonly plan: LogicalPlan } {
  const { statement } = environment;
  const entries = new Map<string, CteEntry>();
  const done: CteEntry[] = [];
  const visible = new Map<string, CteEntry>();
  const frame: CteFrame = {
    // Without RECURSIVE a name is there only for what follows it.
    entries: clause.recursive ? entries : visible,
    parent: environment.ctes,
    bind: (entry) => bindEntry(entry),
  };
  const inner: Environment = { statement, outer: environment.outer, ctes: frame };
  const bindEntry = (entry: CteEntry): void => {
    entry.state = "binding";
    bindDefinition(entry, clause, inner);
    entry.state = "bound";
    done.push(entry);
  };
  for (const node of clause.tables) {
    if (entries.has(node.name)) {
      const message = `WITH query name "${node.name}" specified more than once`;
      throw new AegisError("DUPLICATE_ALIAS", message, { position: node.position });
    }
    entries.set(node.name, newEntry(node, statement));
  }
  for (const entry of entries.values()) {
    if (entry.state === "unbound") bindEntry(entry);
    visible.set(entry.node.name, entry);
  }
  let plan = bindBody(inner);
  for (const entry of done.reverse()) {
    const definition = entry.plan!;
    if (entry.references === 0 && entry.node.body.kind === "query") continue;
    const { cte, node } = entry;
    plan = {
      kind: "cte",
      cte,
      name: node.name,
      materialized: node.materialized,
      definition,
      body: plan,
      output: plan.output,
    };
  }
  return { plan };
}

function newEntry(node: CommonTable, statement: Statement): CteEntry {
  return {
    node,
    state: "unbound",
    cte: statement.nextCte(),
    columns: [],
    plan: undefined,
    references: 0,
    recursion: undefined,
  };
}

function bindDefinition(entry: CteEntry, clause: WithClause, environment: Environment): void {
  const { node } = entry;
  const { statement } = environment;
  let plan: LogicalPlan;
  if (node.body.kind !== "query") plan = bindModifying(node.body, environment);
  else if (clause.recursive && isRecursive(node))
    plan = bindRecursive(entry, node.body, environment);
  else plan = bindQuery(node.body, environment).plan;
  entry.plan = plan;
  if (entry.columns.length > 0) return;
  checkNames(node, plan.output.length);
  entry.columns = plan.output.map((column, i) => ({
    name: node.columns[i] ?? column.name,
    type: column.type,
    isNumber: isNumber(statement, columnExpr(column)),
  }));
}

export function checkNames(node: CommonTable, available: number): void {
  if (node.columns.length <= available) return;
  const counts = `has ${available} columns available but ${node.columns.length} columns specified`;
  throw new AegisError("INVALID_COLUMN_REFERENCE", `WITH query "${node.name}" ${counts}`, {
    position: node.position,
  });
}

function bindModifying(node: ModifyStatement, environment: Environment): LogicalPlan {
  const { position } = node;
  const { bindModify } = environment.statement.context;
  if (environment.outer !== undefined || environment.ctes?.parent !== undefined) {
    const message = "WITH clause containing a data-modifying statement must be at the top level";
    throw new AegisError("UNSUPPORTED", message, { position });
  }
  if (bindModify === undefined) {
    const message = "a data-modifying statement in WITH is not allowed here";
    throw new AegisError("UNSUPPORTED", message, { position });
  }
  return bindModify(node, environment);
}

/** Reads a common table where its name stands in FROM. */
export function referToCte(
  entry: CteEntry,
  frame: CteFrame,
  statement: Statement,
  position: number,
): LogicalPlan {
  if (entry.state === "unbound") frame.bind?.(entry);
  if (entry.state === "binding") return entry.recursion!(position);
  const { node } = entry;
  if (entry.columns.length === 0 && node.body.kind !== "query") {
    const message = `WITH query "${node.name}" does not have a RETURNING clause`;
    throw new AegisError("UNSUPPORTED", message, { position });
  }
  entry.references++;
  return scanCte(entry.cte, entry, statement);
}

/** New columns for each reference, so that a table may be joined with itself. */
export function scanCte(cte: number, entry: CteEntry, statement: Statement): LogicalPlan {
  const output = entry.columns.map(({ name, type, isNumber: marked }) => {
    const column = statement.column(name, type);
    if (marked) statement.numbers.add(column.id);
    return column;
  });
  return { kind: "cteScan", cte, name: entry.node.name, output };
}
