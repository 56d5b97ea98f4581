import { AegisError } from "../contract/errors.js";
import {
  castsImplicitly,
  categoryOf,
  commonType,
  isPreferred,
  sameBase,
} from "../types/common-type.js";
import type { SqlType } from "../types/sql-type.js";
import type { ParamType, ResultType } from "./registry.js";

/** What all kinds of functions have in common. */
export interface Overload {
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly variadic: boolean;
}

/** `params` are the types that the arguments are to be cast to, one per argument. */
export type Resolution<F> =
  | { readonly kind: "match"; readonly fn: F; readonly params: readonly SqlType[] }
  | { readonly kind: "none" }
  | { readonly kind: "ambiguous" };

/** An overload that takes these arguments, with its parameters spread over them. */
interface Candidate<F> {
  readonly fn: F;
  readonly slots: readonly ParamType[];
  readonly concrete: readonly SqlType[];
}

/**
 * Picks the overload for arguments of these types by PostgreSQL's rules: an exact match, else among
 * those that implicit casts reach the one with most exact arguments, then most arguments of
 * preferred types, then whatever the category of the unknown literals decides.
 */
export function resolveOverload<F extends Overload>(
  candidates: readonly F[],
  args: readonly SqlType[],
): Resolution<F> {
  const fitting: Candidate<F>[] = [];
  for (const fn of candidates) {
    const candidate = fit(fn, args);
    if (candidate !== undefined) fitting.push(candidate);
  }
  const chosen = exactMatch(fitting, args) ?? select(fitting, args);
  if (chosen === undefined) return { kind: fitting.length === 0 ? "none" : "ambiguous" };
  return { kind: "match", fn: typed(chosen), params: chosen.concrete };
}

/** The type of a call of `fn` whose arguments have the types that `resolveOverload` gave. */
export function resultType(
  fn: { readonly result: ResultType },
  params: readonly SqlType[],
): SqlType {
  return typeof fn.result === "function" ? fn.result(params) : fn.result;
}

function typed<F extends Overload>({ fn, concrete }: Candidate<F>): F {
  const { forTypes } = fn as { readonly forTypes?: (types: readonly SqlType[]) => F };
  return forTypes === undefined ? fn : forTypes(concrete);
}

function fit<F extends Overload>(fn: F, args: readonly SqlType[]): Candidate<F> | undefined {
  const slots = spread(fn, args.length);
  if (slots === undefined) return undefined;
  for (let i = 0; i < args.length; i++) {
    if (!accepts(slots[i]!, args[i]!)) return undefined;
  }
  const element = elementType(slots, args);
  if (element === null) return undefined;
  const concrete = slots.map((slot, i) => concreteType(slot, args[i]!, element));
  return { fn, slots, concrete };
}

function spread(fn: Overload, count: number): readonly ParamType[] | undefined {
  const { params, variadic } = fn;
  if (params.length === count) return params;
  const last = params.at(-1);
  if (!variadic || last === undefined || count < params.length) return undefined;
  const repeated = Array.from({ length: count - params.length }, () => last);
  return [...params, ...repeated];
}

function accepts(slot: ParamType, arg: SqlType): boolean {
  switch (slot.name) {
    case "any":
    case "anyelement":
      return true;
    case "anynonarray":
      return arg.name !== "array";
    case "anyarray":
      return arg.name === "array" || arg.name === "unknown";
    default:
      return castsImplicitly(arg, slot);
  }
}

/** What "anyelement" stands for; null where the arguments have no common type. */
function elementType(
  slots: readonly ParamType[],
  args: readonly SqlType[],
): SqlType | null | undefined {
  const types: SqlType[] = [];
  slots.forEach((slot, i) => {
    const arg = args[i]!;
    if (slot.name === "anyelement") types.push(arg);
    else if (slot.name === "anyarray") types.push(arg.element ?? { name: "unknown" });
  });
  if (types.length === 0) return undefined;
  try {
    return commonType(types, "arguments");
  } catch (error) {
    if (error instanceof AegisError) return null;
    throw error;
  }
}

function concreteType(slot: ParamType, arg: SqlType, element: SqlType | undefined): SqlType {
  switch (slot.name) {
    case "any":
    case "anynonarray":
      return arg;
    case "anyelement":
      return element ?? arg;
    case "anyarray":
      return { name: "array", element: element ?? { name: "text" } };
    default:
      // A value keeps the modifiers of its type where the parameter has none to put in their place.
      return sameBase(slot, arg) ? arg : slot;
  }
}

function isPolymorphic(slot: ParamType): boolean {
  return slot.name.startsWith("any");
}

function isExact(slot: ParamType, arg: SqlType): boolean {
  return !isPolymorphic(slot) && sameBase(slot as SqlType, arg);
}

/** Operators take a literal of unknown type for the other side's type before all else. */
function exactMatch<F extends Overload>(
  candidates: readonly Candidate<F>[],
  args: readonly SqlType[],
): Candidate<F> | undefined {
  const wanted = isOperator(candidates) && args.length === 2 ? paired(args) : args;
  return candidates.find(({ slots }) => slots.every((slot, i) => isExact(slot, wanted[i]!)));
}

function isOperator(candidates: readonly Candidate<Overload>[]): boolean {
  const name = candidates[0]?.fn.name;
  return name !== undefined && !/^[a-z_]/i.test(name);
}

function paired(args: readonly SqlType[]): readonly SqlType[] {
  const [left, right] = args as readonly [SqlType, SqlType];
  if (left.name === "unknown") return [right, right];
  return right.name === "unknown" ? [left, left] : args;
}

function select<F extends Overload>(
  fitting: readonly Candidate<F>[],
  args: readonly SqlType[],
): Candidate<F> | undefined {
  if (fitting.length <= 1) return fitting[0];
  let rest = best(fitting, (slot, i) => isExact(slot, args[i]!), args);
  if (rest.length > 1) {
    rest = best(rest, (slot, i) => isExact(slot, args[i]!) || prefers(slot, args[i]!), args);
  }
  if (rest.length > 1) rest = byUnknowns(rest, args);
  return rest.length === 1 ? rest[0] : undefined;
}

/** The candidates with most arguments (literals of unknown type aside) that satisfy `counts`. */
function best<F>(
  candidates: readonly Candidate<F>[],
  counts: (slot: ParamType, index: number) => boolean,
  args: readonly SqlType[],
): readonly Candidate<F>[] {
  const scores = candidates.map(
    ({ slots }) => slots.filter((slot, i) => args[i]!.name !== "unknown" && counts(slot, i)).length,
  );
  const most = Math.max(...scores);
  return candidates.filter((_candidate, i) => scores[i] === most);
}

function prefers(slot: ParamType, arg: SqlType): boolean {
  return (
    !isPolymorphic(slot) &&
    isPreferred((slot as SqlType).name) &&
    categoryOf((slot as SqlType).name) === categoryOf(arg.name)
  );
}

function slotCategory(slot: ParamType): string {
  return isPolymorphic(slot) ? "polymorphic" : categoryOf((slot as SqlType).name);
}

function byUnknowns<F extends Overload>(
  candidates: readonly Candidate<F>[],
  args: readonly SqlType[],
): readonly Candidate<F>[] {
  const unknown = args.flatMap((arg, i) => (arg.name === "unknown" ? [i] : []));
  if (unknown.length === 0) return candidates;
  let rest: readonly Candidate<F>[] | undefined = candidates;
  for (const index of unknown) rest = rest && byCategory(rest, index);
  if (rest?.length === 1) return rest;
  // Where all that is known has one type, the literals are taken for it too.
  const known = args.find((arg) => arg.name !== "unknown");
  if (known === undefined) return rest ?? candidates;
  if (!args.every((arg) => arg.name === "unknown" || sameBase(arg, known))) return candidates;
  const left = rest ?? candidates;
  const assumed = args.map(() => known);
  return left.filter(({ fn }) => fit(fn, assumed) !== undefined);
}

/** String beats all other categories; a preferred type of the category beats its other types. */
function byCategory<F>(
  candidates: readonly Candidate<F>[],
  index: number,
): readonly Candidate<F>[] | undefined {
  const categories = candidates.map(({ slots }) => slotCategory(slots[index]!));
  const category = categories.includes("string") ? "string" : categories[0]!;
  if (category !== "string" && categories.some((other) => other !== category)) return undefined;
  const inside = candidates.filter((_candidate, i) => categories[i] === category);
  const preferred = inside.filter(({ slots }) => {
    const slot = slots[index]!;
    return !isPolymorphic(slot) && isPreferred((slot as SqlType).name);
  });
  return preferred.length > 0 ? preferred : inside;
}
