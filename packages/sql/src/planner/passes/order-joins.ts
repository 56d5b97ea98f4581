import type { ColumnId, Expr } from "../../binder/expr.js";
import { filtered, joined, restricted } from "../build.js";
import type { Cardinality } from "../cardinality.js";
import { columnsOf, conjuncts, idsOf, isVolatile, mapParts } from "../expressions.js";
import { mapChildren, mapExprs } from "../nodes.js";
import type { JoinPlan, LogicalPlan } from "../plan.js";
import { withPlan } from "../rewrite.js";

/** Up to this many inputs every order is looked at; more are joined greedily. */
const EXHAUSTIVE_INPUTS = 7;

/** An input of a group of inner joins, or several of them joined. */
interface Part {
  readonly plan: LogicalPlan;
  readonly rows: number;
  /** Rows made on the way here, the measure of what the joins cost. */
  readonly cost: number;
  readonly columns: ReadonlySet<ColumnId>;
}

interface Condition {
  readonly expr: Expr;
  /** Columns of the group's inputs that it reads. */
  readonly columns: readonly ColumnId[];
}

/**
 * Orders groups of inner joins so that few rows are made on the way: by dynamic programming over
 * all subsets (Selinger), or, of many inputs, by always joining the pair that gives the fewest.
 * The smaller side goes to the right, where a hash join builds its table.
 */
export function orderJoins(plan: LogicalPlan, cardinality: Cardinality): LogicalPlan {
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (!isGroup(node)) return mapChildren(mapExprs(node, inSubqueries), visit);
    const inputs: LogicalPlan[] = [];
    const conditions: Expr[] = [];
    flatten(node, inputs, conditions);
    const ordered = order(inputs.map(visit), conditions.map(inSubqueries), cardinality);
    return restricted(ordered, node.output);
  };
  const inSubqueries = (expr: Expr): Expr => withPlan(mapParts(expr, inSubqueries), visit);
  return visit(plan);
}

function isGroup(plan: LogicalPlan): plan is JoinPlan {
  if (plan.kind !== "join" || plan.lateral) return false;
  if (plan.join !== "inner" && plan.join !== "cross") return false;
  return !conjuncts(plan.on).some(isVolatile);
}

function flatten(plan: LogicalPlan, inputs: LogicalPlan[], conditions: Expr[]): void {
  if (!isGroup(plan)) {
    inputs.push(plan);
    return;
  }
  flatten(plan.left, inputs, conditions);
  flatten(plan.right, inputs, conditions);
  conditions.push(...conjuncts(plan.on));
}

function order(
  inputs: readonly LogicalPlan[],
  exprs: readonly Expr[],
  cardinality: Cardinality,
): LogicalPlan {
  const all = new Set(inputs.flatMap((plan) => [...idsOf(plan.output)]));
  const conditions = exprs.map((expr): Condition => {
    return { expr, columns: [...columnsOf(expr)].filter((id) => all.has(id)) };
  });
  const parts = inputs.map((input): Part => {
    const columns = idsOf(input.output);
    // Constants that were folded may have left a condition with the columns of one input only.
    const own = conditions.filter(
      (condition) =>
        condition.columns.length > 0 && condition.columns.every((id) => columns.has(id)),
    );
    const plan = filtered(
      input,
      own.map((condition) => condition.expr),
    );
    return { plan, rows: cardinality.rows(plan), cost: 0, columns };
  });
  const join = (a: Part, b: Part): Part => joinParts(a, b, conditions, cardinality);
  const whole =
    parts.length <= EXHAUSTIVE_INPUTS
      ? searched(parts, conditions, join)
      : greedy(parts, conditions, join);
  // What reads none of the inputs' columns holds for all rows or for none.
  const free = conditions.filter((condition) => condition.columns.length === 0);
  return filtered(
    whole.plan,
    free.map((condition) => condition.expr),
  );
}

type Join = (a: Part, b: Part) => Part;

function joinParts(
  a: Part,
  b: Part,
  conditions: readonly Condition[],
  cardinality: Cardinality,
): Part {
  const columns = new Set([...a.columns, ...b.columns]);
  const on = conditions
    .filter((condition) => becomesWhole(condition, a, b, columns))
    .map((condition) => condition.expr);
  const rows = cardinality.joined(a.rows, b.rows, on);
  const [left, right] = a.rows >= b.rows ? [a, b] : [b, a];
  const plan = joined("inner", left.plan, right.plan, on);
  return { plan, rows, cost: a.cost + b.cost + rows, columns };
}

/** Whether a condition can be checked once the two are joined, and not before. */
function becomesWhole(
  { columns }: Condition,
  a: Part,
  b: Part,
  both: ReadonlySet<ColumnId>,
): boolean {
  if (columns.length === 0 || !columns.every((id) => both.has(id))) return false;
  return !columns.every((id) => a.columns.has(id)) && !columns.every((id) => b.columns.has(id));
}

function connected(a: Part, b: Part, conditions: readonly Condition[]): boolean {
  return conditions.some(
    ({ columns }) =>
      columns.some((id) => a.columns.has(id)) && columns.some((id) => b.columns.has(id)),
  );
}

/** The cheapest plan of every subset of inputs, from small ones to the whole. */
function searched(parts: readonly Part[], conditions: readonly Condition[], join: Join): Part {
  const best: (Part | undefined)[] = [];
  parts.forEach((part, i) => (best[1 << i] = part));
  const whole = (1 << parts.length) - 1;
  for (let set = 1; set <= whole; set++) {
    if (best[set] !== undefined) continue;
    // A product of unconnected parts only where nothing connects them at all.
    best[set] =
      cheapest(set, best, join, (a, b) => connected(a, b, conditions)) ??
      cheapest(set, best, join, () => true);
  }
  return best[whole]!;
}

function cheapest(
  set: number,
  best: readonly (Part | undefined)[],
  join: Join,
  allowed: (a: Part, b: Part) => boolean,
): Part | undefined {
  let found: Part | undefined;
  for (let some = (set - 1) & set; some > 0; some = (some - 1) & set) {
    const rest = set ^ some;
    if (some < rest) continue;
    const a = best[some]!;
    const b = best[rest]!;
    if (found !== undefined && a.cost + b.cost >= found.cost) continue;
    if (!allowed(a, b)) continue;
    const candidate = join(a, b);
    if (found === undefined || candidate.cost < found.cost) found = candidate;
  }
  return found;
}

/** Joins, again and again, the two parts that make the fewest rows, connected ones first. */
function greedy(parts: readonly Part[], conditions: readonly Condition[], join: Join): Part {
  const left = [...parts];
  const candidates = new Map<Part, Map<Part, Candidate>>();
  const candidate = (a: Part, b: Part): Candidate => {
    let ofA = candidates.get(a);
    if (ofA === undefined) candidates.set(a, (ofA = new Map<Part, Candidate>()));
    let found = ofA.get(b);
    if (found === undefined) {
      found = { a, b, part: join(a, b), connected: connected(a, b, conditions) };
      ofA.set(b, found);
    }
    return found;
  };
  while (left.length > 1) {
    let best: Candidate | undefined;
    for (let a = 0; a < left.length; a++) {
      for (let b = a + 1; b < left.length; b++) {
        const next = candidate(left[a]!, left[b]!);
        if (best === undefined || isBetter(next, best)) best = next;
      }
    }
    const { a, b, part } = best!;
    left.splice(left.indexOf(b), 1);
    left[left.indexOf(a)] = part;
  }
  return left[0]!;
}

interface Candidate {
  readonly a: Part;
  readonly b: Part;
  readonly part: Part;
  readonly connected: boolean;
}

function isBetter(next: Candidate, best: Candidate): boolean {
  if (next.connected !== best.connected) return next.connected;
  return next.part.rows < best.part.rows;
}
