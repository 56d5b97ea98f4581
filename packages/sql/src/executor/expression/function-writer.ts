import { AegisError } from "../../contract/errors.js";

const NEGATIVE_ZERO = Symbol("-0");

/**
 * Collects the statements of a generated function. Values enter as constants, which the function
 * closes over: no text of a statement ever becomes source, only names that are made here.
 */
export class FunctionWriter {
  private readonly lines: string[] = [];
  private readonly constants: unknown[] = [];
  private readonly names = new Map<unknown, string>();
  private locals = 0;
  private positioned = false;

  line(code: string): void {
    this.lines.push(code);
  }

  /** The name of a value that the function closes over. */
  constant(value: unknown): string {
    // A map takes -0 for 0.
    const key = Object.is(value, -0) ? NEGATIVE_ZERO : value;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `k${this.constants.length}`;
    this.constants.push(value);
    this.names.set(key, name);
    return name;
  }

  /** A new name, for a local or a label. */
  fresh(): string {
    return `v${this.locals++}`;
  }

  /** Declares a local with its first value. */
  local(code: string): string {
    const name = this.fresh();
    this.line(`let ${name} = ${code};`);
    return name;
  }

  /** Notes where in the statement the code that follows comes from, for errors at run time. */
  position(position: number): void {
    if (position === 0) return;
    this.positioned = true;
    this.line(`p = ${position};`);
  }

  /** Opens a block that `break label;` leaves. */
  openBlock(): string {
    const label = this.fresh();
    this.line(`${label}: {`);
    return label;
  }

  closeBlock(): void {
    this.line("}");
  }

  /**
   * A function that runs the collected statements for each row `i`: those of the selection `s`, or
   * all below `count` in a loop of its own, which has no indirection.
   */
  finishLoop(parameters: string, before: string, after: string): unknown {
    const body = this.lines.join("\n");
    this.lines.length = 0;
    this.line(`if (s === null) { for (let i = 0; i < count; i++) {\n${body}\n} } else {`);
    this.line(`for (let j = 0; j < count; j++) { const i = s[j];\n${body}\n} }`);
    return this.finish(parameters, before, after);
  }

  /** The function of `parameters` whose body is `before`, the collected statements and `after`. */
  finish(parameters: string, before = "", after = ""): unknown {
    const inner = `${before}\n${this.lines.join("\n")}\n${after}`;
    const body = this.positioned
      ? `let p = 0; try { ${inner} } catch (e) { throw at(e, p); }`
      : inner;
    const names = this.constants.map((_, i) => `k${i}`);
    const bind = names.length === 0 ? "" : `const [${names.join(", ")}] = k;`;
    const source = `"use strict"; ${bind} return function (${parameters}) { ${body} };`;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- made of names and numbers only; values enter through k.
    const make = new Function("k", "at", source) as (k: unknown[], at: typeof errorAt) => unknown;
    return make(this.constants, errorAt);
  }
}

/** The error with the position where it arose, unless it has one or is not one of ours. */
function errorAt(error: unknown, position: number): unknown {
  if (!(error instanceof AegisError) || error.position !== undefined || position === 0) {
    return error;
  }
  const { detail, hint, sqlState, table, column, constraint } = error;
  const details = { detail, hint, sqlState, table, column, constraint, position, cause: error };
  return new AegisError(error.code, error.message, details);
}
