import type { Prng } from "../../../packages/core/src/base/prng.js";
import { CONDITIONS } from "./conditions.js";
import { FORMS } from "./forms.js";
import { ALL_TYPES, COMPARABLE, literal, type Type, TYPES } from "./types.js";

/** Something of a known type that an expression may name. */
export interface Named {
  readonly text: string;
  readonly type: Type;
}

/** What an expression is made of besides forms and literals. */
export interface Surroundings {
  readonly columns: readonly Named[];
  /** A scalar subquery of that type, now and then. */
  readonly subquery?: ((type: Type) => string) | undefined;
  /** A condition over a subquery, now and then. */
  readonly subcondition?: (() => string) | undefined;
}

const POLYMORPHIC: readonly string[] = [
  "coalesce({T}, {T})",
  "CASE WHEN {bool} THEN {T} ELSE {T} END",
  "CASE {int4} WHEN {int4} THEN {T} WHEN 2 THEN {T} END",
  "(ARRAY[{T}, {T}])[{int4}]",
  "(SELECT {T})",
];
const POLYMORPHIC_COMPARABLE: readonly string[] = [
  "NULLIF({T}, {T})",
  "greatest({T}, {T})",
  "least({T}, {T}, {T})",
];

/** Random expressions over all types. `note` is told of each form that was used. */
export class Expressions {
  constructor(
    private readonly prng: Prng,
    private readonly note: (feature: string) => void = () => undefined,
  ) {}

  type(types: readonly Type[] = ALL_TYPES): Type {
    return this.prng.pick(types);
  }

  /** A type that some column has, mostly. */
  typeOf({ columns }: Surroundings, types: readonly Type[] = ALL_TYPES): Type {
    const known = columns.filter((column) => types.includes(column.type));
    if (known.length === 0 || this.prng.chance(0.15)) return this.type(types);
    return this.prng.pick(known).type;
  }

  value(type: Type, around: Surroundings, depth: number): string {
    if (depth <= 0 || this.prng.chance(0.3)) return this.leaf(type, around);
    if (type === "bool") return this.condition(around, depth);
    if (around.subquery !== undefined && this.prng.chance(0.06)) return around.subquery(type);
    const forms = this.prng.chance(0.2) ? this.polymorphic(type) : FORMS[type];
    return this.fill(this.prng.pick(forms), type, around, depth - 1);
  }

  condition(around: Surroundings, depth: number): string {
    const roll = this.prng.float();
    if (depth > 0 && roll < 0.3) {
      const a = this.condition(around, depth - 1);
      const b = this.condition(around, depth - 1);
      return this.prng.pick([`(${a} AND ${b})`, `(${a} OR ${b})`, `(NOT ${a})`, `(${a} OR ${b})`]);
    }
    if (depth > 0 && roll < 0.4 && around.subcondition !== undefined) return around.subcondition();
    const general = this.prng.chance(0.5);
    const form = this.prng.pick(general ? CONDITIONS.slice(0, GENERAL) : CONDITIONS);
    return this.fill(form, this.typeOf(around, COMPARABLE), around, depth - 1);
  }

  leaf(type: Type, { columns }: Surroundings): string {
    const fitting = columns.filter((column) => column.type === type);
    if (fitting.length > 0 && this.prng.chance(0.8)) return this.prng.pick(fitting).text;
    return this.constant(type);
  }

  constant(type: Type): string {
    const { values, extremes, sql } = TYPES[type];
    if (this.prng.chance(0.1)) return `CAST(NULL AS ${sql})`;
    const odd = extremes.length > 0 && this.prng.chance(0.06);
    return literal(type, this.prng.pick(odd ? extremes : values));
  }

  private polymorphic(type: Type): readonly string[] {
    return type === "json" ? POLYMORPHIC : [...POLYMORPHIC, ...POLYMORPHIC_COMPARABLE];
  }

  private fill(form: string, type: Type, around: Surroundings, depth: number): string {
    this.note(form);
    return form.replace(/\{(T|[a-z0-9]+)\}/g, (_, name: string) => {
      const wanted = name === "T" ? type : (name as Type);
      if (!(wanted in TYPES)) return `{${name}}`;
      return this.value(wanted, around, depth);
    });
  }
}

/** The forms of conditions that fit any type come first. */
const GENERAL = CONDITIONS.findIndex((form) => !form.includes("{T}"));
