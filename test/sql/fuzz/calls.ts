import type { Prng } from "../../../packages/core/src/base/prng.js";
import type { Expressions, Named, Surroundings } from "./expressions.js";
import { COMPARABLE, type Type } from "./types.js";

interface AggregateForm {
  readonly result: Type;
  /** `{T}` is an expression of one of `types`. */
  readonly text: string;
  readonly types: readonly Type[];
  /** The order of the rows decides the result, so a window of it needs an order without ties. */
  readonly ordered?: boolean;
  /** May not be a window function: DISTINCT, ORDER BY, WITHIN GROUP. */
  readonly plainOnly?: boolean;
}

const EXTREMES: readonly Type[] = [
  "int2",
  "int4",
  "int8",
  "numeric",
  "float4",
  "float8",
  "text",
  "char",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "ints",
];

const sameAs = (text: string, types: readonly Type[], plainOnly = false): AggregateForm[] =>
  types.map((type) => ({ result: type, text, types: [type], plainOnly }));

const AGGREGATES: readonly AggregateForm[] = [
  { result: "int8", text: "count(*)", types: ["int4"] },
  { result: "int8", text: "count({T})", types: COMPARABLE },
  { result: "int8", text: "count(DISTINCT {T})", types: COMPARABLE, plainOnly: true },
  { result: "int8", text: "sum({T})", types: ["int2", "int4"] },
  { result: "numeric", text: "sum({T})", types: ["int8", "numeric"] },
  { result: "numeric", text: "avg({T})", types: ["int2", "int4", "int8", "numeric"] },
  { result: "numeric", text: "sum(DISTINCT {T})", types: ["int8", "numeric"], plainOnly: true },
  { result: "numeric", text: "var_samp({T})", types: ["int2", "int4"] },
  { result: "numeric", text: "stddev_pop({T})", types: ["int2", "int4"] },
  { result: "bool", text: "bool_and({T})", types: ["bool"] },
  { result: "bool", text: "every({T})", types: ["bool"] },
  { result: "bool", text: "bool_or({T})", types: ["bool"] },
  { result: "int4", text: "bit_and({T})", types: ["int4"] },
  { result: "int4", text: "bit_or({T})", types: ["int4"] },
  { result: "int4", text: "bit_xor({T})", types: ["int4"] },
  { result: "text", text: "string_agg({T}, '+' ORDER BY {T})", types: ["text"], plainOnly: true },
  { result: "text", text: "string_agg(DISTINCT {T}, ',')", types: ["text"], plainOnly: true },
  { result: "ints", text: "array_agg({T} ORDER BY {T} DESC)", types: ["int4"], plainOnly: true },
  { result: "ints", text: "array_agg(DISTINCT {T})", types: ["int4"], plainOnly: true },
  { result: "ints", text: "array_agg({T})", types: ["int4"], ordered: true },
  { result: "jsonb", text: "jsonb_agg({T} ORDER BY {T})", types: COMPARABLE, plainOnly: true },
  { result: "text", text: "mode() WITHIN GROUP (ORDER BY {T})", types: ["text"], plainOnly: true },
  {
    result: "int4",
    text: "percentile_disc(0.5) WITHIN GROUP (ORDER BY {T} DESC)",
    types: ["int4"],
    plainOnly: true,
  },
  {
    result: "float8",
    text: "percentile_cont(0.25) WITHIN GROUP (ORDER BY {T})",
    types: ["int4"],
    plainOnly: true,
  },
  ...sameAs("min({T})", EXTREMES),
  ...sameAs("max({T})", EXTREMES),
];

const WINDOW_ONLY: readonly AggregateForm[] = [
  { result: "int8", text: "row_number()", types: ["int4"], ordered: true },
  { result: "int8", text: "rank()", types: ["int4"] },
  { result: "int8", text: "dense_rank()", types: ["int4"] },
  { result: "float8", text: "percent_rank()", types: ["int4"] },
  { result: "float8", text: "cume_dist()", types: ["int4"] },
  { result: "int4", text: "ntile(3)", types: ["int4"], ordered: true },
  ...COMPARABLE.flatMap((type): AggregateForm[] =>
    [
      "first_value({T})",
      "last_value({T})",
      "nth_value({T}, 2)",
      "lag({T})",
      "lead({T}, 2, {T})",
    ].map((text) => ({ result: type, text, types: [type], ordered: true })),
  ),
];

/** Random calls of aggregates and window functions. */
export class Calls {
  constructor(
    private readonly prng: Prng,
    private readonly expressions: Expressions,
    private readonly note: (feature: string) => void,
  ) {}

  /** An aggregate over rows; `wanted` picks its type where some aggregate has it. */
  aggregate(around: Surroundings, wanted?: Type): Named {
    const fitting = AGGREGATES.filter(
      ({ result, ordered }) => ordered !== true && (wanted === undefined || result === wanted),
    );
    const form = this.prng.pick(fitting.length > 0 ? fitting : AGGREGATES.slice(0, 6));
    const filter = this.prng.chance(0.2)
      ? ` FILTER (WHERE ${this.expressions.condition(around, 1)})`
      : "";
    this.note(form.text);
    return { text: this.argument(form, around) + filter, type: form.result };
  }

  /** A window call; `keys` order rows without ties. */
  window(around: Surroundings, keys: readonly string[]): Named {
    const own = this.prng.chance(0.5);
    const forms = own ? WINDOW_ONLY : AGGREGATES.filter((form) => form.plainOnly !== true);
    const form = this.prng.pick(forms);
    this.note(form.text);
    const over = this.over(around, keys, form.ordered === true);
    return { text: `${this.argument(form, around)} OVER (${over})`, type: form.result };
  }

  private argument(form: AggregateForm, around: Surroundings): string {
    const type = this.prng.pick(form.types);
    // The same expression wherever the form names it: ORDER BY its argument gives one result.
    const value = this.expressions.value(type, { columns: around.columns }, 1);
    return form.text.replaceAll("{T}", value);
  }

  private over(around: Surroundings, keys: readonly string[], total: boolean): string {
    const simple: Surroundings = { columns: around.columns };
    const partition = this.prng.chance(0.6)
      ? `PARTITION BY ${this.expressions.value(this.expressions.typeOf(simple, COMPARABLE), simple, 1)} `
      : "";
    const direction = (): string =>
      this.prng.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
    if (!total && this.prng.chance(0.35)) {
      // An offset of RANGE needs one numeric column of order; peers share their frames.
      const order = this.expressions.value("int4", simple, 0);
      return `${partition}ORDER BY (${order})${direction()}${this.frame(["RANGE"], true)}`;
    }
    const own = this.expressions.typeOf(simple, COMPARABLE);
    const order = [this.expressions.value(own, simple, 1), ...keys].map(
      (text) => `(${text})${direction()}`,
    );
    return `${partition}ORDER BY ${order.join(", ")}${this.frame(["ROWS", "GROUPS", "RANGE"], false)}`;
  }

  private frame(modes: readonly string[], offsets: boolean): string {
    if (this.prng.chance(0.3)) return "";
    const mode = this.prng.pick(modes);
    const withOffset = offsets || mode !== "RANGE";
    const bounds = withOffset
      ? ["2 PRECEDING", "1 PRECEDING", "0 PRECEDING", "CURRENT ROW", "0 FOLLOWING", "1 FOLLOWING"]
      : ["CURRENT ROW"];
    const from = this.prng.int(bounds.length + 1);
    const to = from + this.prng.int(bounds.length - from + 1);
    const start = from === bounds.length ? "UNBOUNDED PRECEDING" : bounds[from]!;
    const end = to >= bounds.length ? "UNBOUNDED FOLLOWING" : bounds[to]!;
    const exclude = this.prng.pick([
      "",
      "",
      "",
      " EXCLUDE CURRENT ROW",
      " EXCLUDE GROUP",
      " EXCLUDE TIES",
    ]);
    return ` ${mode} BETWEEN ${start} AND ${end}${exclude}`;
  }
}
