import type { Prng } from "../../packages/core/src/base/prng.js";
import type { Kind } from "./chinook-schema.js";

/** A column that an expression may name. */
export interface Visible {
  /** As it is written in the query. */
  readonly text: string;
  readonly kind: Kind;
  /** Values that the data has, as literals. */
  readonly samples: readonly string[];
}

export interface Typed {
  readonly text: string;
  readonly kind: Kind;
}

/** Makes scalar expressions and conditions over visible columns; `note` collects what was used. */
export class ExpressionGenerator {
  constructor(
    private readonly prng: Prng,
    private readonly note: (feature: string) => void,
  ) {}

  /** An expression of any kind, or of the kind given. */
  scalar(columns: readonly Visible[], kind: Kind | undefined, depth: number): Typed {
    const fitting = kind === undefined ? columns : columns.filter((c) => c.kind === kind);
    if (fitting.length === 0) return this.literal(kind ?? "int");
    const column = this.prng.pick(fitting);
    if (depth <= 0 || this.prng.chance(0.4)) return column;
    const compound = this.compound(column, columns, depth - 1);
    return kind === undefined || compound.kind === kind ? compound : column;
  }

  private literal(kind: Kind): Typed {
    const texts: Record<Kind, readonly string[]> = {
      int: ["0", "1", "7", "42", "-3"],
      numeric: ["0.99", "1.5", "10.00"],
      text: ["'a'", "'Rock'", "''", "'São Paulo'"],
      timestamp: ["TIMESTAMP '2010-06-01 00:00:00'"],
    };
    return { text: this.prng.pick(texts[kind]), kind };
  }

  private compound(column: Visible, columns: readonly Visible[], depth: number): Typed {
    switch (column.kind) {
      case "int":
        return this.intExpression(column.text, columns, depth);
      case "numeric":
        return this.numericExpression(column.text, columns, depth);
      case "text":
        return this.textExpression(column.text, columns, depth);
      case "timestamp":
        return this.timestampExpression(column.text);
    }
  }

  private intExpression(a: string, columns: readonly Visible[], depth: number): Typed {
    const b = this.scalar(columns, "int", depth).text;
    const forms: (() => Typed)[] = [
      () => ({ text: `(${a} + ${b})`, kind: "int" }),
      () => ({ text: `(${a} - ${b})`, kind: "int" }),
      () => ({ text: `(${a} % 7)`, kind: "int" }),
      () => ({ text: `(${a} / 3)`, kind: "int" }),
      () => ({ text: `abs(${a})`, kind: "int" }),
      () => ({ text: `coalesce(${a}, ${b}, 0)`, kind: "int" }),
      () => ({ text: `nullif(${a}, ${b})`, kind: "int" }),
      () => ({ text: `greatest(${a}, ${b})`, kind: "int" }),
      () => ({ text: `CASE WHEN ${a} > 10 THEN ${b} ELSE ${a} END`, kind: "int" }),
      () => ({ text: `CAST(${a} AS text)`, kind: "text" }),
      () => ({ text: `(${a} * 0.5)`, kind: "numeric" }),
      () => ({ text: `round(${a} / 7.0, 2)`, kind: "numeric" }),
    ];
    return this.choose(forms);
  }

  private numericExpression(a: string, columns: readonly Visible[], depth: number): Typed {
    const b = this.scalar(columns, "int", depth).text;
    const forms: (() => Typed)[] = [
      () => ({ text: `(${a} * 2)`, kind: "numeric" }),
      () => ({ text: `(${a} + ${b})`, kind: "numeric" }),
      () => ({ text: `round(${a}, 1)`, kind: "numeric" }),
      () => ({ text: `(${a} / 3)`, kind: "numeric" }),
      () => ({ text: `floor(${a})`, kind: "numeric" }),
      () => ({ text: `(-${a})`, kind: "numeric" }),
      () => ({ text: `CAST(${a} AS int)`, kind: "int" }),
      () => ({ text: `CASE WHEN ${a} > 1 THEN 'dear' ELSE 'cheap' END`, kind: "text" }),
    ];
    return this.choose(forms);
  }

  private textExpression(a: string, columns: readonly Visible[], depth: number): Typed {
    const b = this.scalar(columns, "text", depth).text;
    const forms: (() => Typed)[] = [
      () => ({ text: `upper(${a})`, kind: "text" }),
      () => ({ text: `lower(${a})`, kind: "text" }),
      () => ({ text: `length(${a})`, kind: "int" }),
      () => ({ text: `substr(${a}, 2, 3)`, kind: "text" }),
      () => ({ text: `left(${a}, 4)`, kind: "text" }),
      () => ({ text: `(${a} || '-' || ${b})`, kind: "text" }),
      () => ({ text: `concat(${a}, ${b})`, kind: "text" }),
      () => ({ text: `coalesce(${a}, 'none')`, kind: "text" }),
      () => ({ text: `replace(${a}, 'a', 'o')`, kind: "text" }),
      () => ({ text: `position('a' in ${a})`, kind: "int" }),
      () => ({ text: `trim(${a})`, kind: "text" }),
      () => ({ text: `reverse(${a})`, kind: "text" }),
      () => ({ text: `CASE ${a} WHEN ${b} THEN 'same' ELSE 'other' END`, kind: "text" }),
    ];
    return this.choose(forms);
  }

  private timestampExpression(a: string): Typed {
    const forms: (() => Typed)[] = [
      () => ({ text: `date_trunc('month', ${a})`, kind: "timestamp" }),
      () => ({ text: `CAST(extract(year FROM ${a}) AS int)`, kind: "int" }),
      () => ({ text: `(${a} + INTERVAL '1 month')`, kind: "timestamp" }),
      () => ({ text: `to_char(${a}, 'YYYY-MM')`, kind: "text" }),
      () => ({ text: `(CAST(${a} AS date) - DATE '2009-01-01')`, kind: "int" }),
    ];
    return this.choose(forms);
  }

  private choose(forms: readonly (() => Typed)[]): Typed {
    this.note("functions");
    return this.prng.pick(forms)();
  }

  /** A condition that some rows are likely to meet. */
  condition(columns: readonly Visible[], depth: number): string {
    if (depth > 0 && this.prng.chance(0.35)) {
      const a = this.condition(columns, depth - 1);
      const b = this.condition(columns, depth - 1);
      return this.prng.pick([`(${a} AND ${b})`, `(${a} OR ${b})`, `NOT (${a})`, `(${a} OR ${b})`]);
    }
    const column = this.prng.pick(columns);
    if (this.prng.chance(0.12)) {
      this.note("NULLs");
      return `${column.text} IS ${this.prng.pick(["", "NOT "])}NULL`;
    }
    if (this.prng.chance(0.15)) {
      const left = this.scalar(columns, undefined, 1);
      const right = this.scalar(columns, left.kind, 1);
      return `${left.text} ${this.comparison()} ${right.text}`;
    }
    if (column.samples.length === 0) return `${column.text} = ${column.text}`;
    return this.sampled(column);
  }

  private comparison(): string {
    return this.prng.pick(["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"]);
  }

  private sampled(column: Visible): string {
    const sample = (): string => this.prng.pick(column.samples);
    const forms = [
      () => `${column.text} ${this.comparison()} ${sample()}`,
      () => `${column.text} >= ${sample()}`,
      () => `${column.text} IN (${sample()}, ${sample()}, ${sample()})`,
      () => `${column.text} NOT IN (${sample()}, ${sample()})`,
      () => `${column.text} BETWEEN SYMMETRIC ${sample()} AND ${sample()}`,
    ];
    if (column.kind === "text") {
      const letter = this.prng.pick(["a", "e", "R", "th", "_o", "%s"]);
      forms.push(
        () => `${column.text} LIKE '%${letter}%'`,
        () => `${column.text} ILIKE '${letter}%'`,
        () => `${column.text} NOT LIKE '%${letter}'`,
      );
    }
    return this.prng.pick(forms)();
  }
}
