import { AegisError } from "../contract/errors.js";
import type { SqlType } from "../types/index.js";
import type { Expr } from "./expr.js";

type ParamExpr = Extract<Expr, { kind: "param" }>;

const UNKNOWN: SqlType = { name: "unknown" };

/** Types of a statement's parameters, which follow from where they stand. */
export class Parameters {
  readonly #types: (SqlType | undefined)[];
  /** References whose type was not known where they stand. */
  readonly #open: ParamExpr[] = [];

  constructor(types: readonly (SqlType | undefined)[]) {
    this.#types = types.map((type) => (type?.name === "unknown" ? undefined : type));
  }

  /** `index` counts from 0. */
  reference(index: number): Expr {
    while (this.#types.length <= index) this.#types.push(undefined);
    const known = this.#types[index];
    const expr: ParamExpr = { kind: "param", index, type: known ?? UNKNOWN };
    if (known === undefined) this.#open.push(expr);
    return expr;
  }

  /** A reference of unknown type stands where `type` is wanted: that is its type, if it had none. */
  decide(param: ParamExpr, type: SqlType): Expr {
    const decided = this.#types[param.index] ?? type;
    this.#types[param.index] = decided;
    return { kind: "param", index: param.index, type: decided };
  }

  /** All types, once the whole statement is bound. Throws INDETERMINATE_TYPE for one never told. */
  finish(): readonly SqlType[] {
    const types = this.#types.map((type, index) => {
      if (type !== undefined) return type;
      const message = `could not determine data type of parameter $${index + 1}`;
      throw new AegisError("INDETERMINATE_TYPE", message, {
        hint: `Write $${index + 1}::type to say what it is.`,
      });
    });
    // `$1 IS NULL` takes any type; a later use may have told it.
    for (const param of this.#open) {
      (param as { type: SqlType }).type = types[param.index]!;
    }
    return types;
  }
}
