import type { AggregateCall, ColumnId, Expr, WindowCall } from "../binder/expr.js";
import { expressionText, sortText } from "./expression-text.js";
import { isSubquery, mapParts } from "./expressions.js";
import { children, nodeExprs } from "./nodes.js";
import type { LogicalPlan } from "./plan.js";

/** What the binder calls a column that the statement gives no name. */
const NO_NAME = "?column?";
/** A text stands in those above it, and so on up, so that it must not grow with every level. */
const MAX_TEXT = 200;

type Relation = Extract<LogicalPlan, { kind: "scan" | "cteScan" | "tableFunction" }>;

/**
 * What the columns and tables of a plan are called where it is shown. A column has its table in
 * front of it where several have one of that name, and two tables of one name are told apart by
 * number, as PostgreSQL does it.
 */
export class PlanNames {
  readonly #relations: Map<LogicalPlan, string> = new Map();
  /** How many relations have a column of the name. */
  readonly #owners: Map<string, number> = new Map();
  readonly #columns: Map<ColumnId, string> = new Map();

  constructor(plan: LogicalPlan) {
    const nodes = nodesOf(plan);
    for (const node of nodes) if (isRelation(node)) this.#addRelation(node);
    for (const node of nodes.reverse()) this.#addColumns(node);
  }

  /** The name of a scan beside its table's; undefined where the table says it. */
  alias(plan: Relation): string | undefined {
    const name = this.#relations.get(plan);
    return name === baseName(plan) ? undefined : name;
  }

  readonly text = (expr: Expr): string => expressionText(expr, this.#nameOf);

  sortText(keys: Parameters<typeof sortText>[0]): string {
    return sortText(keys, this.#nameOf);
  }

  /** Hidden columns have no name, and nobody reads them in a plan. */
  listText(exprs: readonly Expr[]): string {
    return exprs
      .filter((expr) => expr.kind !== "column" || expr.name !== "")
      .map(this.text)
      .join(", ");
  }

  readonly #nameOf = ({ id, name }: { readonly id: ColumnId; readonly name: string }): string =>
    this.#columns.get(id) ?? name;

  #addRelation(plan: Relation): void {
    const wanted = (plan.kind === "scan" ? plan.alias : undefined) ?? baseName(plan);
    const taken = new Set(this.#relations.values());
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    this.#relations.set(plan, name);
    const columns = plan.kind === "scan" ? plan.table.columns : plan.output;
    for (const column of new Set(columns.map((item) => item.name))) {
      this.#owners.set(column, (this.#owners.get(column) ?? 0) + 1);
    }
  }

  /** The nodes below have theirs. */
  #addColumns(plan: LogicalPlan): void {
    if (isRelation(plan)) {
      const relation = this.#relations.get(plan)!;
      for (const { id, name } of plan.output) {
        if (name !== "" && this.#owners.get(name)! > 1)
          this.#columns.set(id, `${relation}.${name}`);
      }
    } else if (plan.kind === "project") {
      for (const [i, { id, name }] of plan.output.entries()) {
        const expr = plan.exprs[i]!;
        const isSame = expr.kind === "column" && expr.name === name;
        if (isSame || name === NO_NAME) this.#set(id, this.text(expr));
      }
    } else if (plan.kind === "aggregate") {
      for (const { id, expr } of plan.groups) this.#set(id, this.text(expr));
      for (const call of plan.aggregates) this.#set(call.id, this.#aggregateText(call));
    } else if (plan.kind === "window") {
      for (const call of plan.calls) this.#set(call.id, this.#windowText(call));
    }
  }

  #set(id: ColumnId, text: string): void {
    this.#columns.set(id, text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
  }

  #aggregateText({ fn, args, distinct, orderBy, filter }: AggregateCall): string {
    const list = args.length === 0 ? "*" : args.map(this.text).join(", ");
    const order = orderBy.length === 0 ? "" : ` ORDER BY ${this.sortText(orderBy)}`;
    const call = `${fn.name}(${distinct ? "DISTINCT " : ""}${list}${order})`;
    return `${call}${this.#filterText(filter)}`;
  }

  #windowText({ fn, args, filter }: WindowCall): string {
    return `${fn.name}(${args.map(this.text).join(", ")})${this.#filterText(filter)} OVER (?)`;
  }

  #filterText(filter: Expr | undefined): string {
    return filter === undefined ? "" : ` FILTER (WHERE ${this.text(filter)})`;
  }
}

function isRelation(plan: LogicalPlan): plan is Relation {
  return plan.kind === "scan" || plan.kind === "cteScan" || plan.kind === "tableFunction";
}

function baseName(plan: Relation): string {
  if (plan.kind === "scan") return plan.table.name;
  return plan.kind === "cteScan" ? plan.name : (plan.calls[0]?.fn.name ?? "");
}

/** Every node, also of subqueries, before those that it reads from. */
function nodesOf(root: LogicalPlan): LogicalPlan[] {
  const nodes: LogicalPlan[] = [];
  const visit = (plan: LogicalPlan): void => {
    nodes.push(plan);
    children(plan).forEach(visit);
    subqueryPlans(plan).forEach(visit);
  };
  visit(root);
  return nodes;
}

/** The plans of the subqueries in the node's own expressions. */
export function subqueryPlans(plan: LogicalPlan): LogicalPlan[] {
  const plans: LogicalPlan[] = [];
  const visit = (expr: Expr): Expr => {
    if (isSubquery(expr)) plans.push(expr.plan);
    return mapParts(expr, visit);
  };
  nodeExprs(plan).forEach(visit);
  return plans;
}
