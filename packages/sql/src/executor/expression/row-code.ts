import { AegisError } from "../../contract/errors.js";
import type { ColumnId, Expr } from "../../binder/expr.js";
import type { Datum } from "../../types/datum.js";
import { findCast } from "../../types/casts.js";
import { typeText } from "../../types/names.js";
import type { ExecutionContext } from "../operator.js";
import type { FunctionWriter } from "./function-writer.js";
import { emitIn } from "./in-list.js";
import { isIdentityCast, isRunConstant, localColumns, sizeOf } from "./properties.js";
import { RunState, textContext } from "./run-state.js";

/** A function of one row; `row[i]` belongs to the i-th of the columns it was compiled for. */
export type RowFunction = (row: readonly Datum[], context: ExecutionContext) => Datum;

/** What the code of an expression asks of where it stands. */
export interface CodeScope {
  readonly writer: FunctionWriter;
  /** Source of a column's datum at the current row; undefined for a column of an outer query. */
  column(id: ColumnId): string | undefined;
  /** The expression that the whole function is of, where that was outlined from another. */
  readonly root: Expr | undefined;
  /** Compiles a part as a function of its own, over the columns listed. */
  outline(expr: Expr, columns: readonly ColumnId[]): RowFunction;
}

/** Parts of AND, OR, IN and CASE that stand in one function; longer lists are cut into several. */
const MAX_PARTS = 48;
/** Nodes that one function holds; V8 does not optimise very long functions. */
const MAX_NODES = 400;
/** Nesting in one function: this code calls itself a few times a level. */
const MAX_DEPTH = 48;

/**
 * Writes the statements that compute an expression in the current row, with JavaScript's null for
 * NULL. The code is flat: conditions leave labelled blocks, so that no length of a statement makes
 * it nest. What would grow too long or too deep becomes a function of its own, compiled at its
 * first call. In the code, `x` is the ExecutionContext and `p` the position of what runs.
 */
export class RowCode {
  readonly writer: FunctionWriter;
  private readonly scope: CodeScope;
  private depth = 0;

  constructor(scope: CodeScope) {
    this.scope = scope;
    this.writer = scope.writer;
  }

  /** Name or literal of the expression's value. */
  value(expr: Expr): string {
    if (expr.kind === "const") return this.constant(expr.value);
    if (expr.kind === "param") return this.writer.local(`x.params[${expr.index}]`);
    if (expr.kind === "column") return this.columnValue(expr.id);
    if (expr !== this.scope.root && isRunConstant(expr)) return this.once(expr);
    if (this.isTooMuch(expr)) return this.outlined(expr);
    return this.deeper(() => this.computed(expr));
  }

  /** Name of a boolean that says whether the expression is `wanted`; NULL is neither. */
  test(expr: Expr, wanted: boolean): string {
    switch (expr.kind) {
      case "and":
      case "or":
        if (expr.args.length <= MAX_PARTS && !this.isTooMuch(expr)) {
          return this.testChain(expr.args, wanted, (expr.kind === "and") === wanted);
        }
        break;
      case "not":
        if (this.depth < MAX_DEPTH) return this.deeper(() => this.test(expr.arg, !wanted));
        break;
      default:
    }
    return this.writer.local(`${this.value(expr)} === ${wanted}`);
  }

  /** Compiles expressions as functions of one row, and writes the row they share. */
  outlineAll(exprs: readonly Expr[]): { functions: readonly RowFunction[]; row: string } {
    const columns = [...new Set(exprs.flatMap((expr) => localColumns(expr, this.scope)))];
    const functions = exprs.map((expr) => this.scope.outline(expr, columns));
    return { functions, row: `[${columns.map((id) => this.scope.column(id)!).join(", ")}]` };
  }

  private isTooMuch(expr: Expr): boolean {
    return this.depth >= MAX_DEPTH || (this.depth > 0 && sizeOf(expr) > MAX_NODES);
  }

  private deeper<T>(fn: () => T): T {
    this.depth++;
    const result = fn();
    this.depth--;
    return result;
  }

  private constant(value: Datum): string {
    return value === null || typeof value === "boolean"
      ? String(value)
      : this.writer.constant(value);
  }

  private columnValue(id: ColumnId): string {
    const code = this.scope.column(id);
    return this.writer.local(code ?? `x.outer[${id}]`);
  }

  private computed(expr: Exclude<Expr, { kind: "const" | "param" | "column" }>): string {
    switch (expr.kind) {
      case "call":
        return this.call(expr);
      case "cast":
        return this.cast(expr);
      case "and":
      case "or":
        if (expr.args.length > MAX_PARTS) return this.value(split(expr));
        return this.chain(expr.args, expr.kind === "and");
      case "not": {
        const arg = this.value(expr.arg);
        return this.writer.local(`${arg} === null ? null : !${arg}`);
      }
      case "isNull":
        return this.writer.local(`${this.value(expr.arg)} ${expr.negated ? "!==" : "==="} null`);
      case "case":
        return this.cases(expr);
      case "coalesce":
        return this.coalesce(expr.args);
      case "in":
        return emitIn(expr, this);
      case "scalarSubquery":
      case "exists":
      case "quantified":
        return this.outlined(expr);
    }
  }

  private call(expr: Extract<Expr, { kind: "call" }>): string {
    const { fn } = expr;
    const args = expr.args.map((arg) => this.value(arg));
    const constants = expr.args.map((arg) => (arg.kind === "const" ? arg.value : undefined));
    const special = constants.some((arg) => arg !== undefined)
      ? fn.specialize?.(constants)
      : undefined;
    const evaluate = this.writer.constant(special ?? fn.evaluate);
    const slow = `${evaluate}([${args.join(", ")}], x.eval)`;
    const code = special === undefined && fn.inline ? fn.inline(args, slow) : slow;
    const tests = fn.strict ? nullTests(args) : [];
    if (tests.includes("true")) return "null";
    if (tests.length === 0) {
      this.writer.position(expr.position);
      return this.writer.local(code);
    }
    const result = this.writer.local("null");
    this.writer.line(`if (!(${tests.join(" || ")})) {`);
    this.writer.position(expr.position);
    this.writer.line(`${result} = ${code}; }`);
    return result;
  }

  private cast(expr: Extract<Expr, { kind: "cast" }>): string {
    const { arg, type } = expr;
    const value = this.value(arg);
    if (isIdentityCast(arg.type, type)) return value;
    const cast = findCast(arg.type, type);
    if (cast === undefined) {
      const message = `cannot cast type ${typeText(arg.type)} to ${typeText(type)}`;
      throw new AegisError("CANNOT_CAST", message, { position: expr.position || undefined });
    }
    const names = [cast.apply, type, textContext].map((item) => this.writer.constant(item));
    const [apply, to, text] = names as [string, string, string];
    this.writer.position(expr.position);
    const call = `${apply}(${value}, ${to}, ${text}(x), ${expr.explicit})`;
    return this.writer.local(`${value} === null ? null : ${call}`);
  }

  /** AND and OR by value: false (true) as soon as one is, else NULL if one is. */
  private chain(args: readonly Expr[], and: boolean): string {
    const result = this.writer.local(String(and));
    const label = this.writer.openBlock();
    for (const arg of args) {
      const value = this.value(arg);
      this.writer.line(`if (${value} === ${!and}) { ${result} = ${!and}; break ${label}; }`);
      this.writer.line(`if (${value} === null) ${result} = null;`);
    }
    this.writer.closeBlock();
    return result;
  }

  /** Whether all (else: one) of the arguments are `wanted`. */
  private testChain(args: readonly Expr[], wanted: boolean, all: boolean): string {
    const result = this.writer.local(String(!all));
    const label = this.writer.openBlock();
    this.depth++;
    for (const arg of args) {
      const test = this.test(arg, wanted);
      this.writer.line(`if (${all ? "!" : ""}${test}) break ${label};`);
    }
    this.depth--;
    this.writer.line(`${result} = ${all};`);
    this.writer.closeBlock();
    return result;
  }

  private cases(expr: Extract<Expr, { kind: "case" }>): string {
    if (expr.branches.length > MAX_PARTS) {
      const rest: Expr = { ...expr, branches: expr.branches.slice(MAX_PARTS) };
      const head: Expr = { ...expr, branches: expr.branches.slice(0, MAX_PARTS), otherwise: rest };
      return this.cases(head);
    }
    const result = this.writer.local("null");
    const label = this.writer.openBlock();
    for (const { when, then } of expr.branches) {
      this.writer.line(`if (${this.test(when, true)}) {`);
      this.writer.line(`${result} = ${this.value(then)}; break ${label}; }`);
    }
    this.writer.line(`${result} = ${this.value(expr.otherwise)};`);
    this.writer.closeBlock();
    return result;
  }

  private coalesce(args: readonly Expr[]): string {
    const result = this.writer.local("null");
    const label = this.writer.openBlock();
    for (const arg of args) {
      this.writer.line(`${result} = ${this.value(arg)};`);
      this.writer.line(`if (${result} !== null) break ${label};`);
    }
    this.writer.closeBlock();
    return result;
  }

  /** A part that is the same for all rows of a run is computed when it is first needed. */
  private once(expr: Expr): string {
    const compute = this.scope.outline(expr, []);
    const state = new RunState((context) => ({ value: compute([], context) }));
    const get = (context: ExecutionContext): Datum => state.of(context).value;
    return this.writer.local(`${this.writer.constant(get)}(x)`);
  }

  private outlined(expr: Expr): string {
    const { functions, row } = this.outlineAll([expr]);
    return this.writer.local(`${this.writer.constant(functions[0])}(${row}, x)`);
  }
}

function nullTests(args: readonly string[]): string[] {
  return args
    .filter((arg) => !arg.startsWith("k") && arg !== "true" && arg !== "false")
    .map((arg) => (arg === "null" ? "true" : `${arg} === null`));
}

/** A long chain as a chain of shorter ones. */
function split(expr: Extract<Expr, { kind: "and" | "or" }>): Expr {
  const args: Expr[] = [];
  for (let i = 0; i < expr.args.length; i += MAX_PARTS) {
    args.push({ ...expr, args: expr.args.slice(i, i + MAX_PARTS) });
  }
  return { ...expr, args };
}
