import type { AggregateCall, ColumnId, Expr } from "../../binder/expr.js";
import { joined } from "../build.js";
import type { Cardinality } from "../cardinality.js";
import { columnExpr, columnsOf, conjuncts, isSubquery, isVolatile, some } from "../expressions.js";
import type { AggregatePlan, JoinPlan, LogicalPlan, ScanPlan } from "../plan.js";
import { rewrite, substitute } from "../rewrite.js";
import { hasKey } from "../unique-keys.js";

/** Rows must become so many times fewer, or the join is as cheap before as after. */
const WORTH_FACTOR = 2;
/** Share of the looked-up table that must take part, so that few groups are made for nothing. */
const TAKING_PART = 0.5;

/**
 * Groups by a joined table's key are made before the join:
 *
 *     SELECT c.id, c.city, sum(o.amount) FROM orders o JOIN customers c ON c.id = o.customer
 *     GROUP BY c.id, c.city
 *
 * Each group is the orders of one customer, so that orders are summed up by `o.customer` and only
 * the sums are joined. The aggregates see orders that no customer matches, too, so that they must
 * be plain ones of single columns, which do not fail.
 */
export function aggregateBelowJoin(plan: LogicalPlan, cardinality: Cardinality): LogicalPlan {
  return rewrite(plan, (node) => {
    if (node.kind !== "aggregate" || node.groupingSets !== undefined) return node;
    if (node.groups.length === 0 || !node.aggregates.every(isPlain)) return node;
    const join = joinOf(node.input);
    if (join === undefined) return node;
    return (
      pushed(node, join, { from: join.left, keyed: join.right }, cardinality) ??
      pushed(node, join, { from: join.right, keyed: join.left }, cardinality) ??
      node
    );
  });
}

/** The inner join right below, past projections that only leave columns out. */
function joinOf(plan: LogicalPlan): JoinPlan | undefined {
  if (plan.kind === "project") {
    const keeps = plan.exprs.every(
      (expr, i) => expr.kind === "column" && expr.id === plan.output[i]!.id,
    );
    return keeps ? joinOf(plan.input) : undefined;
  }
  return plan.kind === "join" && plan.join === "inner" && !plan.lateral ? plan : undefined;
}

interface Sides {
  /** Whose rows are grouped. */
  readonly from: LogicalPlan;
  /** Has at most one row for each group. */
  readonly keyed: LogicalPlan;
}

/** `from`'s column equals `keyed`'s. */
interface Pair {
  readonly from: Extract<Expr, { kind: "column" }>;
  readonly keyed: Extract<Expr, { kind: "column" }>;
}

function pushed(
  plan: AggregatePlan,
  join: JoinPlan,
  { from, keyed }: Sides,
  cardinality: Cardinality,
): LogicalPlan | undefined {
  const pairs = pairsOf(join, from, keyed);
  const scan = keyed.kind === "filter" ? keyed.input : keyed;
  if (pairs === undefined || scan.kind !== "scan" || !hasKey(scan, idsOf(pairs))) return undefined;
  const keys = pairs.map((pair) => groupOf(plan, pair));
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  if (!isWorthIt(from, keyed, scan, cardinality)) return undefined;
  const own = new Set(keyed.output.map(({ id }) => id));
  for (const call of plan.aggregates) {
    if (callParts(call).some((part) => reads(part, own))) return undefined;
  }
  // Where a group's column is that of `from` which the key equals, it is there after grouping, too.
  const grouped = new Map<ColumnId, Expr>();
  pairs.forEach((pair, i) => grouped.set(pair.from.id, { ...pair.from, id: keys[i]! }));
  const lost = new Set(from.output.map(({ id }) => id).filter((id) => !grouped.has(id)));
  for (const { expr } of plan.groups) {
    if (isVolatile(expr) || some(expr, isSubquery) || reads(expr, lost)) return undefined;
  }
  const groups = pairs.map((pair, i) => ({ id: keys[i]!, expr: pair.from }));
  const output = [
    ...pairs.map(({ from: { name, type } }, i) => ({ id: keys[i]!, name, type })),
    ...plan.output.filter(({ id }) => plan.aggregates.some((call) => call.id === id)),
  ];
  const below: LogicalPlan = { ...plan, input: from, groups, output };
  const on = conjuncts(join.on).map((condition) => substitute(condition, grouped));
  const exprs = plan.output.map((column) => {
    const group = plan.groups.find(({ id }) => id === column.id);
    if (group === undefined || keys.includes(column.id)) return columnExpr(column);
    return substitute(group.expr, grouped);
  });
  return { kind: "project", input: joined("inner", below, keyed, on), exprs, output: plan.output };
}

/** The equalities that the join is on; undefined where it is on anything else. */
function pairsOf(join: JoinPlan, from: LogicalPlan, keyed: LogicalPlan): Pair[] | undefined {
  const ofFrom = new Set(from.output.map(({ id }) => id));
  const ofKeyed = new Set(keyed.output.map(({ id }) => id));
  const pairs: Pair[] = [];
  for (const condition of conjuncts(join.on)) {
    if (condition.kind !== "call" || condition.fn.name !== "=") return undefined;
    const [a, b] = condition.args;
    if (a?.kind !== "column" || b?.kind !== "column" || !isSame(a.type.name, b.type.name)) {
      return undefined;
    }
    if (ofFrom.has(a.id) && ofKeyed.has(b.id)) pairs.push({ from: a, keyed: b });
    else if (ofFrom.has(b.id) && ofKeyed.has(a.id)) pairs.push({ from: b, keyed: a });
    else return undefined;
  }
  const columns = new Set(pairs.map((pair) => pair.from.id));
  return columns.size === pairs.length ? pairs : undefined;
}

/** Whether equal values of these types are one value, which 1.0 and 1.00 are not. */
function isSame(a: string, b: string): boolean {
  return a === b && SAME_VALUE.has(a);
}

const SAME_VALUE: ReadonlySet<string> = new Set([
  "smallint",
  "integer",
  "bigint",
  "date",
  "timestamp",
  "timestamptz",
  "text",
  "varchar",
  "uuid",
  "bytea",
]);

function idsOf(pairs: readonly Pair[]): ReadonlySet<ColumnId> {
  return new Set(pairs.map((pair) => pair.keyed.id));
}

/** The id of the group that is one of the two columns. */
function groupOf(plan: AggregatePlan, pair: Pair): ColumnId | undefined {
  const group = plan.groups.find(
    ({ expr }) => expr.kind === "column" && (expr.id === pair.from.id || expr.id === pair.keyed.id),
  );
  return group?.id;
}

function isWorthIt(
  from: LogicalPlan,
  keyed: LogicalPlan,
  scan: ScanPlan,
  cardinality: Cardinality,
): boolean {
  const matched = cardinality.rows(keyed);
  if (matched < TAKING_PART * cardinality.rows(scan)) return false;
  return cardinality.rows(from) >= WORTH_FACTOR * matched;
}

const PLAIN: ReadonlySet<string> = new Set(["count", "sum", "avg", "min", "max"]);

function isPlain(call: AggregateCall): boolean {
  if (!PLAIN.has(call.fn.name)) return false;
  return callParts(call).every((part) => part.kind === "column" || part.kind === "const");
}

function callParts(call: AggregateCall): readonly Expr[] {
  const parts = [...call.args, ...call.orderBy.map(({ expr }) => expr)];
  return call.filter === undefined ? parts : [...parts, call.filter];
}

function reads(expr: Expr, columns: ReadonlySet<ColumnId>): boolean {
  for (const id of columnsOf(expr)) if (columns.has(id)) return true;
  return false;
}
