import { AegisError } from "../contract/index.js";
import { type Datum, findCast, type SqlType, type TextContext, typeText } from "../types/index.js";
import { parameterReader } from "./parameter-values.js";

/** What a statement's text says of its parameters. */
export interface ParameterList {
  readonly count: number;
  /** Names of `:name` parameters in the order of their numbers; empty for `$1` and `?`. */
  readonly names: readonly string[];
}

/** Values as a caller gives them: a list for `$1` and `?`, an object for `:name`. */
export type GivenParameters = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Values that are datums already. */
export class TypedDatums {
  constructor(
    readonly values: readonly Datum[],
    readonly types: readonly SqlType[],
  ) {}
}

/** Parameters in the order of their numbers. */
export type OrderedParameters = readonly unknown[] | TypedDatums;

/** Names that an error lists. */
const MAX_NAMED = 10;

/** How an error names a parameter: `$1`, or `:name` where the text does. */
function parameterName({ names }: ParameterList, index: number): string {
  const name = names[index];
  return name === undefined ? `$${index + 1}` : `:${name}`;
}

/**
 * The values in the order of the parameters' numbers. Throws PARAMETER_COUNT or
 * PARAMETER_NOT_FOUND where they do not fit what the statement has.
 */
export function orderedParameters(
  list: ParameterList,
  given: GivenParameters | undefined,
): readonly unknown[] {
  if (list.names.length > 0) return namedParameters(list, given);
  const values = given ?? [];
  if (!Array.isArray(values)) {
    throw new AegisError("PARAMETER_COUNT", "the parameters of this statement go in an array", {
      hint: "An object of values is for statements with :name parameters.",
    });
  }
  if (values.length !== list.count) throw wrongCount(list.count, values.length);
  return values as readonly unknown[];
}

/** Whether some value has, or may have, code of its own: `toJSON`, getters, the traps of a proxy. */
export function mayRunCode(values: readonly unknown[]): boolean {
  for (const value of values) {
    if ((typeof value === "object" && value !== null) || typeof value === "function") return true;
  }
  return false;
}

function namedParameters(
  list: ParameterList,
  given: GivenParameters | undefined,
): readonly unknown[] {
  // A prepared statement's calls give their arguments as a list, the object alone in it.
  const values =
    Array.isArray(given) && given.length === 1 ? (given as readonly unknown[])[0] : given;
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    const names = list.names.map((name) => `:${name}`).join(", ");
    throw new AegisError("PARAMETER_COUNT", `the statement takes an object with ${names}`);
  }
  const ordered = list.names.map((name) => {
    if (Object.hasOwn(values, name)) return (values as Record<string, unknown>)[name];
    throw new AegisError("PARAMETER_NOT_FOUND", `no value was given for the parameter :${name}`);
  });
  const keys = Object.keys(values);
  if (keys.length > ordered.length) throw unknownNames(list, keys);
  return ordered;
}

/** A value that nothing takes is a misspelt name, or belongs to another statement. */
function unknownNames({ names }: ParameterList, given: readonly string[]): AegisError {
  const unknown = given.filter((name) => !names.includes(name)).map((name) => `:${name}`);
  const what = unknown.length === 1 ? "parameter" : "parameters";
  return new AegisError(
    "PARAMETER_NOT_FOUND",
    `the statement has no ${what} ${unknown.slice(0, MAX_NAMED).join(", ")}`,
    {
      hint: `It has ${names
        .slice(0, MAX_NAMED)
        .map((name) => `:${name}`)
        .join(", ")}.`,
    },
  );
}

function wrongCount(wanted: number, got: number): AegisError {
  const takes = wanted === 1 ? "1 parameter" : `${wanted} parameters`;
  const given = got === 1 ? "1 value was" : `${got} values were`;
  return new AegisError("PARAMETER_COUNT", `the statement has ${takes}, but ${given} given`, {
    hint: wanted > got ? "Give null for a value that is not there." : undefined,
  });
}

/** Makes datums of the values that a caller gave. */
export type ParameterBinder = (values: readonly unknown[], context: TextContext) => Datum[];

/**
 * Makes the values datums of the types that the binder found. An error names the parameter, its
 * type and what was given.
 */
export function compileParameters(list: ParameterList, types: readonly SqlType[]): ParameterBinder {
  const readers = types.map(parameterReader);
  return (values, context) => {
    const datums: Datum[] = [];
    for (let i = 0; i < readers.length; i++) {
      try {
        datums.push(readers[i]!(values[i], context));
      } catch (error) {
        throw named(error, parameterName(list, i));
      }
    }
    return datums;
  };
}

function named(error: unknown, parameter: string): unknown {
  if (!(error instanceof AegisError)) return error;
  return new AegisError(error.code, `parameter ${parameter}: ${error.message}`, {
    sqlState: error.sqlState,
    detail: error.detail,
    hint: error.hint,
    cause: error,
  });
}

/** Datums as the types that the statement wants. */
export function castParameters(
  { values, types }: TypedDatums,
  to: readonly SqlType[],
  context: TextContext,
): readonly Datum[] {
  if (types === to) return values;
  return to.map((type, i) => {
    const own = types[i] ?? { name: "unknown" };
    const cast = findCast(own, type);
    if (cast !== undefined) return cast.apply(values[i] ?? null, type, context, false);
    const message = `parameter $${i + 1} of type ${typeText(own)} cannot be coerced to the expected type ${typeText(type)}`;
    throw new AegisError("TYPE_MISMATCH", message);
  });
}
