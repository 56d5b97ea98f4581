import { children } from "../planner/nodes.js";
import type { LogicalPlan } from "../planner/plan.js";
import { areIdentical, type Datum, type SqlType } from "../types/index.js";
import type { Expr } from "./expr.js";

/** Fields that hold the number of a column or of a common table. */
const IDENTITIES: ReadonlySet<string> = new Set([
  "id",
  "cte",
  "locator",
  "groupingId",
  "ordinality",
]);

/**
 * Whether two plans are the same query written twice: equal but for the numbers of the columns that
 * they make themselves. Tables are compared by identity.
 */
export function samePlan(a: LogicalPlan, b: LogicalPlan): boolean {
  return new PlanComparison(a).equal(a, b, "");
}

/** The same of `x = ANY (subquery)` and its like. */
export function sameQuantified(a: Quantified, b: Quantified): boolean {
  return new PlanComparison(a.plan).equal(a, b, "");
}

type Quantified = Extract<Expr, { kind: "quantified" }>;

class PlanComparison {
  /** Numbers that the first plan makes, and what stands for each in the second. */
  readonly #made: Map<number, number | undefined> = new Map();

  constructor(plan: LogicalPlan) {
    this.#collect(plan);
  }

  #collect(plan: LogicalPlan): void {
    for (const column of plan.output) this.#made.set(column.id, undefined);
    for (const child of children(plan)) this.#collect(child);
  }

  equal(a: unknown, b: unknown, key: string): boolean {
    if (IDENTITIES.has(key) && typeof a === "number" && typeof b === "number") {
      return this.#sameNumber(a, b);
    }
    if (a === b || key === "position" || key === "alias") return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (key === "table") return false;
    // One made for its arguments' types is made anew each time; name and arguments decide.
    if (key === "fn") return (a as { name: string }).name === (b as { name: string }).name;
    if (Array.isArray(a) || Array.isArray(b)) return this.#sameArray(a, b);
    if (isConstant(a) && isConstant(b)) return sameConstant(a, b);
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((name) => this.equal(left[name], right[name], name));
  }

  #sameNumber(a: number, b: number): boolean {
    if (!this.#made.has(a)) return a === b;
    const other = this.#made.get(a);
    if (other === undefined) this.#made.set(a, b);
    return other === undefined || other === b;
  }

  #sameArray(a: unknown, b: unknown): boolean {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => this.equal(item, b[i], ""));
  }
}

interface Constant {
  readonly kind: "const";
  readonly value: Datum;
  readonly type: SqlType;
}

function isConstant(node: object): node is Constant {
  return (node as { readonly kind?: unknown }).kind === "const";
}

function sameConstant(a: Constant, b: Constant): boolean {
  return a.type.name === b.type.name && areIdentical(a.value, b.value, a.type);
}
