import type { ColumnId, Expr } from "../../binder/expr.js";
import { isIdentityCast } from "../expression/properties.js";
import {
  commonLane,
  isComparable,
  isScaled,
  type Lane,
  scaledLane,
  scaleOf,
  typeLane,
} from "./lanes.js";

/** What is known of the operands of an expression in one kind of batch. */
export interface Operands {
  /** The lane of a column; undefined where it must be read as datums. */
  column(id: ColumnId): Lane | undefined;
  /** Whether the column is a vector of any kind, so that its NULLs are marked. */
  isVector(id: ColumnId): boolean;
  /** The lane of a constant, a parameter, or whatever else is the same for all rows. */
  scalar(expr: Expr): Lane | undefined;
  isScalar(expr: Expr): boolean;
  /** Whether it is a test of one column of text that can be answered value by value. */
  isTextTest(expr: Expr): boolean;
}

export const COMPARISONS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const SCALED_ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "unary -", "unary +"]);

/** Says in which lanes an expression can be computed, part by part, before any code is written. */
export class LaneRules {
  private readonly operands: Operands;
  private readonly known = new Map<Expr, Lane | undefined>();

  constructor(operands: Operands) {
    this.operands = operands;
  }

  /** The lane of the expression's value; undefined if it or a part of it has none. */
  lane(expr: Expr): Lane | undefined {
    if (this.known.has(expr)) return this.known.get(expr);
    const lane = this.derive(expr);
    this.known.set(expr, lane);
    return lane;
  }

  private derive(expr: Expr): Lane | undefined {
    const { operands } = this;
    if (operands.isScalar(expr)) return operands.scalar(expr);
    if (operands.isTextTest(expr)) return "bool";
    switch (expr.kind) {
      case "column":
        return operands.column(expr.id);
      case "call":
        return this.call(expr);
      case "cast":
        return this.cast(expr);
      case "and":
      case "or":
        return this.allBool(expr.args);
      case "not":
        return this.allBool([expr.arg]);
      case "isNull": {
        const { arg } = expr;
        const marked = arg.kind === "column" && operands.isVector(arg.id);
        return marked || this.lane(arg) !== undefined ? "bool" : undefined;
      }
      case "case": {
        const whens = this.allBool(expr.branches.map(({ when }) => when));
        const values = [...expr.branches.map(({ then }) => then), expr.otherwise];
        return whens && this.common(values);
      }
      case "coalesce":
        return this.common(expr.args);
      case "in":
        return this.inList(expr);
      default:
        return undefined;
    }
  }

  private allBool(exprs: readonly Expr[]): "bool" | undefined {
    const isBool = (lane: Lane | undefined): boolean => lane === "bool" || lane === "null";
    return exprs.every((expr) => isBool(this.lane(expr))) ? "bool" : undefined;
  }

  private common(exprs: readonly Expr[]): Lane | undefined {
    let common: Lane | undefined = "null";
    for (const expr of exprs) {
      const lane = this.lane(expr);
      common = lane && common && commonLane(common, lane);
    }
    return common;
  }

  private call(expr: Extract<Expr, { kind: "call" }>): Lane | undefined {
    const { fn, args } = expr;
    if (!fn.strict || fn.volatility === "volatile") return undefined;
    const lanes = args.map((arg) => this.lane(arg));
    if (lanes.includes(undefined)) return undefined;
    if (lanes.every((lane) => lane === "int" || lane === "float" || lane === "bool")) {
      const result = typeLane(expr.type);
      // A date's infinities are not what functions see of them.
      return fn.inline === undefined || result === "date" ? undefined : result;
    }
    if (lanes.includes("null")) return COMPARISONS.has(fn.name) ? "bool" : undefined;
    if (lanes.every((lane) => lane === "date")) {
      return COMPARISONS.has(fn.name) ? "bool" : undefined;
    }
    if (!args.every((arg) => arg.type.name === "numeric")) return undefined;
    return this.scaled(fn.name, lanes as readonly Lane[]);
  }

  private scaled(name: string, lanes: readonly Lane[]): Lane | undefined {
    if (!lanes.every(isScaled)) return undefined;
    if (COMPARISONS.has(name)) return "bool";
    if (!SCALED_ARITHMETIC.has(name)) return undefined;
    const scales = lanes.map(scaleOf);
    if (name === "*") return scaledLane(scales.reduce((sum, scale) => sum + scale, 0));
    return scaledLane(Math.max(...scales));
  }

  private cast({ arg, type }: Extract<Expr, { kind: "cast" }>): Lane | undefined {
    const lane = this.lane(arg);
    if (lane === undefined || lane === "null" || isIdentityCast(arg.type, type)) return lane;
    if (type.name === "numeric" && type.precision === undefined) {
      if (isScaled(lane)) return lane;
      return isIntegerType(arg.type.name) ? "s0" : undefined;
    }
    if (type.name !== "double precision") return undefined;
    return isScaled(lane) || isIntegerType(arg.type.name) ? "float" : undefined;
  }

  private inList({ arg, list }: Extract<Expr, { kind: "in" }>): Lane | undefined {
    const lane = this.lane(arg);
    if (lane === undefined || lane === "null") return undefined;
    const fits = (item: Expr): boolean => {
      const other = item.kind === "const" ? this.lane(item) : undefined;
      return other !== undefined && isComparable(lane, other);
    };
    return list.every(fits) ? "bool" : undefined;
  }
}

function isIntegerType(name: string): boolean {
  return name === "smallint" || name === "integer" || name === "bigint";
}
