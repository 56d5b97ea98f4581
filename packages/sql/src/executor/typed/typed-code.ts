import type { Expr } from "../../binder/expr.js";
import { AegisError, assert } from "../../contract/errors.js";
import type { FunctionWriter } from "../expression/function-writer.js";
import { isIdentityCast } from "../expression/properties.js";
import { COMPARISONS, type LaneRules } from "./lane-rules.js";
import { isScaled, type Lane, type ScaledLane, scaleOf } from "./lanes.js";
import { typedIn } from "./typed-in.js";

/** Names or literals of a value and of whether it is NULL; the value is anything where it is. */
export interface TypedValue {
  readonly value: string;
  /** "true", "false" or the name of a boolean. */
  readonly isNull: string;
}

/** Where the operands of typed code are. */
export interface TypedScope {
  readonly rules: LaneRules;
  isScalar(expr: Expr): boolean;
  /** A value that is the same for all rows, at a scale if it is numeric. */
  scalarValue(expr: Expr, scale: number | undefined): TypedValue;
  columnValue(expr: Extract<Expr, { kind: "column" }>): TypedValue;
  nullMark(expr: Extract<Expr, { kind: "column" }>): string;
  isTextTest(expr: Expr): boolean;
  /** A name for 1 (false), 2 (true) or 3 (NULL) at the current row. */
  textTest(expr: Expr): string;
}

/** Cheap tests that are all made rather than jumped over. */
const MAX_EAGER = 4;

/**
 * Writes the statements of an expression over lanes. What a lane cannot hold (an overflow, a
 * division by zero, a result past 2^53) calls `bail`, after which the batch is computed again over
 * datums, where errors are raised too. Precondition: the rules give the expression a lane.
 */
export class TypedCode {
  readonly writer: FunctionWriter;
  private readonly scope: TypedScope;

  constructor(writer: FunctionWriter, scope: TypedScope) {
    this.writer = writer;
    this.scope = scope;
  }

  lane(expr: Expr): Lane {
    const lane = this.scope.rules.lane(expr);
    assert(lane !== undefined, "typed code is written for what has a lane");
    return lane;
  }

  value(expr: Expr): TypedValue {
    const { scope } = this;
    if (scope.isScalar(expr)) return scope.scalarValue(expr, undefined);
    if (scope.isTextTest(expr)) return this.textTest(expr);
    switch (expr.kind) {
      case "column":
        return scope.columnValue(expr);
      case "call":
        return this.call(expr);
      case "cast":
        return this.cast(expr);
      case "and":
      case "or":
        return this.chain(expr.args, expr.kind === "and");
      case "not": {
        const arg = this.value(expr.arg);
        return { value: this.writer.local(`!${arg.value}`), isNull: arg.isNull };
      }
      case "isNull":
        return { value: this.nullTest(expr), isNull: "false" };
      case "case":
      case "coalesce":
        return this.choice(expr);
      case "in":
        return typedIn(expr, this);
      default:
        throw new AegisError("INTERNAL", `${expr.kind} has no lane`);
    }
  }

  /** A boolean's name: whether the expression is `wanted`. */
  test(expr: Expr, wanted: boolean): string {
    if (!this.scope.isScalar(expr)) {
      if (this.scope.isTextTest(expr)) {
        return this.writer.local(`${this.scope.textTest(expr)} === ${wanted ? 2 : 1}`);
      }
      if (expr.kind === "not") return this.test(expr.arg, !wanted);
      if (expr.kind === "and" || expr.kind === "or") {
        return this.testChain(expr.args, wanted, (expr.kind === "and") === wanted);
      }
    }
    const { value, isNull } = this.value(expr);
    const holds = wanted ? value : `!${value}`;
    if (isNull === "false") return this.writer.local(holds);
    return this.writer.local(`!${isNull} && ${holds}`);
  }

  /** The expression's value as an integer scaled by `scale`, which is not below its own. */
  private atScale(expr: Expr, scale: number): TypedValue {
    const lane = this.lane(expr);
    if (this.scope.isScalar(expr)) return this.scope.scalarValue(expr, scale);
    const { value, isNull } = this.value(expr);
    const from = lane === "null" ? scale : scaleOf(lane as ScaledLane);
    if (from === scale) return { value, isNull };
    return { value: this.guarded(`${value} * 1e${scale - from}`, isNull), isNull };
  }

  /** A number that must be a safe integer unless it is NULL. */
  private guarded(code: string, isNull: string): string {
    const name = this.writer.local(code);
    const outside = `${name} > 9007199254740991 || ${name} < -9007199254740991`;
    this.writer.line(`if (${isNull === "false" ? "" : `!${isNull} && `}(${outside})) bail();`);
    return name;
  }

  private textTest(expr: Expr): TypedValue {
    const answer = this.scope.textTest(expr);
    return {
      value: this.writer.local(`${answer} === 2`),
      isNull: this.writer.local(`${answer} === 3`),
    };
  }

  private nullTest(expr: Extract<Expr, { kind: "isNull" }>): string {
    const { arg, negated } = expr;
    const isNull = arg.kind === "column" ? this.scope.nullMark(arg) : this.value(arg).isNull;
    return this.writer.local(negated ? `!${isNull}` : isNull);
  }

  private call(expr: Extract<Expr, { kind: "call" }>): TypedValue {
    const { fn, args } = expr;
    const lanes = args.map((arg) => this.lane(arg));
    if (lanes.includes("null")) return { value: "false", isNull: "true" };
    if (lanes.some(isScaled)) return this.scaledCall(expr, lanes as readonly ScaledLane[]);
    const values = args.map((arg) => this.value(arg));
    const names = values.map(({ value }) => value);
    const isNull = this.anyNull(values);
    if (lanes.includes("date")) return this.comparison(fn.name, names, isNull);
    const source = fn.inline!(names, "bail()");
    if (isNull === "false") return { value: this.writer.local(source), isNull };
    const result = this.writer.local(this.lane(expr) === "bool" ? "false" : "0");
    this.writer.line(`if (!${isNull}) ${result} = ${source};`);
    return { value: result, isNull };
  }

  private scaledCall(
    expr: Extract<Expr, { kind: "call" }>,
    lanes: readonly ScaledLane[],
  ): TypedValue {
    const { name } = expr.fn;
    const scale = Math.max(...lanes.map(scaleOf));
    const values = expr.args.map((arg) =>
      name === "*" ? this.value(arg) : this.atScale(arg, scale),
    );
    const isNull = this.anyNull(values);
    const names = values.map(({ value }) => value);
    if (COMPARISONS.has(name)) return this.comparison(name, names, isNull);
    // 0 - x rather than -x, for there is no -0 among integers.
    if (name === "unary -") return { value: this.writer.local(`0 - ${names[0]!}`), isNull };
    if (name === "unary +") return { value: names[0]!, isNull };
    return { value: this.guarded(`${names[0]!} ${name} ${names[1]!}`, isNull), isNull };
  }

  private comparison(name: string, [a, b]: readonly string[], isNull: string): TypedValue {
    const operator = name === "=" ? "===" : name === "<>" ? "!==" : name;
    return { value: this.writer.local(`${a!} ${operator} ${b!}`), isNull };
  }

  private anyNull(values: readonly TypedValue[]): string {
    const marks = new Set(values.map(({ isNull }) => isNull));
    if (marks.has("true")) return "true";
    marks.delete("false");
    if (marks.size === 0) return "false";
    return marks.size === 1 ? [...marks][0]! : this.writer.local([...marks].join(" || "));
  }

  private cast({ arg, type }: Extract<Expr, { kind: "cast" }>): TypedValue {
    const lane = this.lane(arg);
    const { value, isNull } = this.value(arg);
    if (type.name !== "double precision" || isIdentityCast(arg.type, type) || !isScaled(lane)) {
      return { value, isNull };
    }
    // Both are exact doubles, so the quotient is the double nearest to the decimal.
    return { value: this.writer.local(`${value} / 1e${scaleOf(lane)}`), isNull };
  }

  private chain(args: readonly Expr[], and: boolean): TypedValue {
    const result = this.writer.local(String(and));
    const unknown = this.writer.local("false");
    const label = this.writer.openBlock();
    for (const arg of args) {
      const { value, isNull } = this.value(arg);
      const decides = and ? `!${value}` : value;
      const known = isNull === "false" ? "" : `!${isNull} && `;
      const settle = `${result} = ${!and}; ${unknown} = false; break ${label};`;
      this.writer.line(`if (${known}${decides}) { ${settle} }`);
      if (isNull !== "false") this.writer.line(`if (${isNull}) ${unknown} = true;`);
    }
    this.writer.closeBlock();
    return { value: result, isNull: unknown };
  }

  private testChain(args: readonly Expr[], wanted: boolean, all: boolean): string {
    // What is cheap cannot fail either, so that it may well come first.
    const cheap = args.filter((arg) => this.isCheap(arg)).slice(0, MAX_EAGER);
    if (cheap.length === args.length) return this.eagerChain(cheap, wanted, all);
    const result = this.writer.local(String(!all));
    const label = this.writer.openBlock();
    const leave = all ? "!" : "";
    if (cheap.length > 0) {
      this.writer.line(`if (${leave}${this.eagerChain(cheap, wanted, all)}) break ${label};`);
    }
    for (const arg of args) {
      if (cheap.includes(arg)) continue;
      this.writer.line(`if (${leave}${this.test(arg, wanted)}) break ${label};`);
    }
    this.writer.line(`${result} = ${all};`);
    this.writer.closeBlock();
    return result;
  }

  /** Makes all tests, without a jump between them. */
  private eagerChain(args: readonly Expr[], wanted: boolean, all: boolean): string {
    const tests = args.map((arg) => this.test(arg, wanted));
    return tests.length === 1
      ? tests[0]!
      : this.writer.local(`(${tests.join(all ? " & " : " | ")}) !== 0`);
  }

  /** Whether a test costs less than a jump that is predicted wrongly, and can never bail. */
  private isCheap(expr: Expr): boolean {
    const { scope } = this;
    if (scope.isScalar(expr)) return true;
    if (expr.kind !== "call" || !COMPARISONS.has(expr.fn.name) || scope.isTextTest(expr)) {
      return false;
    }
    const scales = new Set(expr.args.map((arg) => this.lane(arg)).filter(isScaled));
    const isOperand = (arg: Expr): boolean => arg.kind === "column" || scope.isScalar(arg);
    return scales.size <= 1 && expr.args.every(isOperand);
  }

  /** CASE and COALESCE: the first that applies. */
  private choice(expr: Extract<Expr, { kind: "case" | "coalesce" }>): TypedValue {
    const lane = this.lane(expr);
    const value = this.writer.local(lane === "bool" ? "false" : "0");
    const isNull = this.writer.local("true");
    const label = this.writer.openBlock();
    const assign = (part: Expr): string => {
      if (this.lane(part) === "null") return `${isNull} = true;`;
      const from = this.value(part);
      return `${value} = ${from.value}; ${isNull} = ${from.isNull};`;
    };
    if (expr.kind === "coalesce") {
      for (const arg of expr.args) {
        this.writer.line(`${assign(arg)} if (!${isNull}) break ${label};`);
      }
    } else {
      for (const { when, then } of expr.branches) {
        this.writer.line(`if (${this.test(when, true)}) {`);
        this.writer.line(`${assign(then)} break ${label}; }`);
      }
      this.writer.line(assign(expr.otherwise));
    }
    this.writer.closeBlock();
    return { value, isNull };
  }
}
