import type { Datum } from "../types/datum.js";
import type { EvalContext, ParamType, ResultType, ScalarFunction } from "./registry.js";

/** What most functions do not say, because the default is theirs. */
export interface Traits {
  readonly strict?: boolean;
  readonly variadic?: boolean;
  readonly volatility?: ScalarFunction["volatility"];
  readonly specialize?: ScalarFunction["specialize"];
  readonly inline?: ScalarFunction["inline"];
  readonly forTypes?: ScalarFunction["forTypes"];
}

/** Strict and immutable unless the traits say otherwise. All functions get one shape. */
export function scalar(
  name: string,
  params: readonly ParamType[],
  result: ResultType,
  evaluate: ScalarFunction["evaluate"],
  traits: Traits = {},
): ScalarFunction {
  return {
    name,
    params,
    variadic: traits.variadic ?? false,
    result,
    strict: traits.strict ?? true,
    volatility: traits.volatility ?? "immutable",
    evaluate,
    specialize: traits.specialize,
    inline: traits.inline,
    forTypes: traits.forTypes,
  };
}

/** A strict function of one argument; `A` is what its datum is in JavaScript. */
export function unary<A extends Datum>(
  name: string,
  param: ParamType,
  result: ResultType,
  body: (a: A, context: EvalContext) => Datum,
  traits?: Traits,
): ScalarFunction {
  return scalar(name, [param], result, (args, context) => body(args[0] as A, context), traits);
}

export function binary<A extends Datum, B extends Datum = A>(
  name: string,
  params: readonly [ParamType, ParamType],
  result: ResultType,
  body: (a: A, b: B, context: EvalContext) => Datum,
  traits?: Traits,
): ScalarFunction {
  const evaluate: ScalarFunction["evaluate"] = (args, context) =>
    body(args[0] as A, args[1] as B, context);
  return scalar(name, params, result, evaluate, traits);
}

export function ternary<A extends Datum, B extends Datum = A, C extends Datum = B>(
  name: string,
  params: readonly [ParamType, ParamType, ParamType],
  result: ResultType,
  body: (a: A, b: B, c: C, context: EvalContext) => Datum,
  traits?: Traits,
): ScalarFunction {
  const evaluate: ScalarFunction["evaluate"] = (args, context) =>
    body(args[0] as A, args[1] as B, args[2] as C, context);
  return scalar(name, params, result, evaluate, traits);
}
