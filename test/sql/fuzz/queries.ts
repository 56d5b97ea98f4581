import type { Prng } from "../../../packages/core/src/base/prng.js";
import { Calls } from "./calls.js";
import { Expressions, type Named, type Surroundings } from "./expressions.js";
import { FromClauses, type Rows } from "./from-clauses.js";
import type { RandomSchema } from "./schema.js";
import { COMPARABLE, type Type } from "./types.js";

export interface RandomQuery {
  readonly sql: string;
  readonly features: ReadonlySet<string>;
}

/** The text of a SELECT and the names and types of its columns. */
interface Select {
  readonly sql: string;
  readonly columns: readonly Named[];
}

/** A query over a schema; the same seed gives the same query. */
export function randomQuery(prng: Prng, schema: RandomSchema): RandomQuery {
  const generator = new QueryGenerator(prng, schema);
  return { sql: generator.statement(), features: generator.features };
}

/** How deep queries may stand in queries. */
const MAX_DEPTH = 2;
const EXPRESSION_DEPTH = 2;

class QueryGenerator {
  readonly features: Set<string> = new Set();
  readonly expressions: Expressions;
  private readonly calls: Calls;
  private readonly clauses: FromClauses;
  private readonly note = (feature: string): void => void this.features.add(feature);

  constructor(
    private readonly prng: Prng,
    schema: RandomSchema,
  ) {
    this.expressions = new Expressions(prng, this.note);
    this.calls = new Calls(prng, this.expressions, this.note);
    this.clauses = new FromClauses(prng, schema, {
      note: this.note,
      query: (depth, outer) => this.query(depth, outer),
      condition: (columns, depth) => this.expressions.condition(this.around(columns, depth), 1),
      value: (type, columns) => this.expressions.value(type, { columns }, 1),
    });
  }

  /** A whole statement. Its rows are those of any other system, in any order. */
  statement(): string {
    const ctes = this.prng.chance(0.2) ? this.withClause() : "";
    return (
      ctes + this.ordered(this.prng.chance(0.12) ? this.setOperation(0, []) : this.query(0, []))
    );
  }

  /** What expressions may use at a depth, where `columns` are in sight. */
  private around(columns: readonly Named[], depth: number): Surroundings {
    if (depth >= MAX_DEPTH) return { columns };
    return {
      columns,
      subquery: (type) => this.scalarSubquery(type, columns, depth + 1),
      subcondition: () => this.subcondition(columns, depth + 1),
    };
  }

  private withClause(): string {
    this.note("CTEs");
    const parts: string[] = [];
    for (let i = 0; i <= this.prng.int(2); i++) {
      const { sql, columns } = this.query(1, []);
      const hint = this.prng.pick(["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
      parts.push(`w${i} AS ${hint}(${sql})`);
      this.clauses.addCte(`w${i}`, columns);
    }
    return `WITH ${parts.join(", ")} `;
  }

  query(depth: number, outer: readonly Named[]): Select {
    const from = this.clauses.from(depth, outer);
    const columns = [...from.columns, ...outer];
    const around = this.around(columns, depth);
    const where = this.prng.chance(0.6)
      ? ` WHERE ${this.expressions.condition(around, EXPRESSION_DEPTH)}`
      : "";
    const roll = this.prng.float();
    if (roll < 0.25) return this.grouped(from, where, depth, outer);
    if (roll < 0.4) return this.windowed(from, where, around);
    if (roll < 0.47) return this.distinctOn(from, where, around);
    return this.plain(from, where, around, depth);
  }

  private items(around: Surroundings, count: number): { list: string; columns: Named[] } {
    const values = Array.from({ length: count }, () => {
      const type = this.expressions.typeOf(around, COMPARABLE);
      return { text: this.expressions.value(type, around, EXPRESSION_DEPTH), type };
    });
    return named(values);
  }

  private plain(from: Rows, where: string, around: Surroundings, depth: number): Select {
    const { list, columns } = this.items(around, 1 + this.prng.int(4));
    const distinct = this.prng.chance(0.2) ? "DISTINCT " : "";
    if (distinct !== "") this.note("DISTINCT");
    const limited = depth > 0 && distinct === "" && this.prng.chance(0.2);
    const end = limited ? this.limited(from.keys) : "";
    return { sql: `SELECT ${distinct}${list} FROM ${from.text}${where}${end}`, columns };
  }

  /** A limit after an order that no two different rows share. */
  private limited(keys: readonly string[]): string {
    this.note("LIMIT");
    const order = keys.length > 0 ? ` ORDER BY ${keys.join(", ")}` : "";
    const offset = this.prng.chance(0.3) ? ` OFFSET ${this.prng.int(3)}` : "";
    return `${order} LIMIT ${keys.length > 0 ? this.prng.int(6) : 1}${offset}`;
  }

  private grouped(from: Rows, where: string, depth: number, outer: readonly Named[]): Select {
    this.note("GROUP BY");
    const rows: Surroundings = { columns: from.columns };
    const count = this.prng.int(4);
    const keys = Array.from({ length: count }, () => {
      const type = this.expressions.typeOf(rows, COMPARABLE);
      return { text: this.expressions.value(type, rows, this.prng.int(2)), type };
    }).filter(({ text }) => from.columns.some((column) => text.includes(column.text)));
    const call = (type?: Type): Named =>
      this.calls.aggregate(
        { columns: this.prng.chance(0.9) ? from.columns : [...from.columns, ...outer] },
        type,
      );
    const aggregates = Array.from({ length: 1 + this.prng.int(3) }, () => call());
    // What a HAVING or an item may use: keys and aggregates; keys stand there as they were written.
    const grouped = this.grouping(keys, [...aggregates, ...outer], from, depth);
    const type = this.prng.pick(aggregates).type;
    const derived = { text: this.expressions.value(type, grouped, 1), type };
    const having = this.prng.chance(0.3) ? ` HAVING ${this.expressions.condition(grouped, 1)}` : "";
    const { list, columns } = named([...keys, ...aggregates, derived]);
    const group = this.groupBy(keys.map(({ text }) => text));
    return { sql: `SELECT ${list} FROM ${from.text}${where}${group}${having}`, columns };
  }

  /** Inside of a subquery PostgreSQL knows a key by its text only where that is a column. */
  private grouping(
    keys: readonly Named[],
    others: readonly Named[],
    from: Rows,
    depth: number,
  ): Surroundings {
    const plain = keys.filter(({ text }) => from.columns.some((column) => column.text === text));
    const inside = this.around([...plain, ...others], Math.max(depth, 1));
    return { ...inside, columns: [...keys, ...others] };
  }

  private groupBy(keys: readonly string[]): string {
    if (keys.length === 0) return this.prng.chance(0.2) ? " GROUP BY ()" : "";
    const roll = this.prng.float();
    if (roll < 0.7) return ` GROUP BY ${keys.join(", ")}`;
    this.note("grouping sets");
    const list = keys.map((key) => `(${key})`).join(", ");
    if (roll < 0.8) return ` GROUP BY ROLLUP (${list})`;
    if (roll < 0.9) return ` GROUP BY CUBE (${list})`;
    return ` GROUP BY GROUPING SETS ((${keys.join(", ")}), (${keys[0]!}), ())`;
  }

  private windowed(from: Rows, where: string, around: Surroundings): Select {
    this.note("windows");
    const { columns } = from;
    const calls = Array.from({ length: 1 + this.prng.int(2) }, () =>
      this.calls.window({ columns }, from.keys),
    );
    const plain = this.items(around, 1).columns[0]!;
    const value = this.expressions.value(plain.type, around, 1);
    const result = named([{ text: value, type: plain.type }, ...calls]);
    return { sql: `SELECT ${result.list} FROM ${from.text}${where}`, columns: result.columns };
  }

  private distinctOn(from: Rows, where: string, around: Surroundings): Select {
    this.note("DISTINCT ON");
    const rows: Surroundings = { columns: from.columns };
    const key = this.expressions.value(this.expressions.typeOf(rows, COMPARABLE), rows, 1);
    const { list, columns } = this.items(around, 1 + this.prng.int(2));
    const order = [key, ...from.keys].map((text) => `(${text})`).join(", ");
    return {
      sql: `SELECT DISTINCT ON ((${key})) ${list} FROM ${from.text}${where} ORDER BY ${order}`,
      columns,
    };
  }

  private setOperation(depth: number, outer: readonly Named[]): Select {
    this.note("set operations");
    const types = Array.from({ length: 1 + this.prng.int(3) }, () =>
      this.expressions.type(COMPARABLE),
    );
    const side = (): string => {
      const from = this.clauses.from(depth + 1, outer);
      const around = this.around([...from.columns, ...outer], depth + 1);
      const values = types.map((type) => ({ text: this.expressions.value(type, around, 1), type }));
      const where = this.prng.chance(0.5) ? ` WHERE ${this.expressions.condition(around, 1)}` : "";
      return `SELECT ${named(values).list} FROM ${from.text}${where}`;
    };
    const operator = (): string =>
      this.prng.pick(["UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL"]);
    const parts = [`(${side()})`];
    for (let i = 0; i <= this.prng.int(2); i++) parts.push(operator(), `(${side()})`);
    const columns = types.map((type, i) => ({ text: `v${i}`, type }));
    return { sql: parts.join(" "), columns };
  }

  /** A subquery that gives one value. */
  private scalarSubquery(type: Type, outer: readonly Named[], depth: number): string {
    this.note("scalar subquery");
    const from = this.clauses.from(depth, outer);
    const around = this.around([...from.columns, ...outer], depth);
    const where = ` WHERE ${this.expressions.condition(around, 1)}`;
    if (this.prng.chance(0.5)) {
      const call = this.calls.aggregate({ columns: from.columns }, type);
      if (call.type === type) return `(SELECT ${call.text} FROM ${from.text}${where})`;
    }
    const value = this.expressions.value(type, around, 1);
    return `(SELECT ${value} FROM ${from.text}${where}${this.first(from.keys)})`;
  }

  private first(keys: readonly string[]): string {
    const offset = this.prng.chance(0.1) ? " OFFSET 1" : "";
    return keys.length > 0 ? ` ORDER BY ${keys.join(", ")} LIMIT 1${offset}` : " LIMIT 1";
  }

  private subcondition(outer: readonly Named[], depth: number): string {
    this.note("subquery in a condition");
    const from = this.clauses.from(depth, outer);
    const columns = [...from.columns, ...outer];
    const around = this.around(columns, depth);
    const type = this.expressions.typeOf({ columns: from.columns }, COMPARABLE);
    const mine = this.expressions.value(type, { columns: from.columns }, 1);
    const theirs = this.expressions.value(type, { columns: outer }, 1);
    const condition = this.expressions.condition(around, 1);
    const link = this.prng.chance(0.6)
      ? ` WHERE ${mine} = ${theirs} AND ${condition}`
      : ` WHERE ${condition}`;
    const quantifier = this.prng.pick(["ANY", "ALL"]);
    const operator = this.prng.pick(["=", "<>", "<", ">="]);
    return this.prng.pick([
      `EXISTS (SELECT 1 FROM ${from.text}${link})`,
      `NOT EXISTS (SELECT ${mine} FROM ${from.text}${link})`,
      `(${theirs} IN (SELECT ${mine} FROM ${from.text} WHERE ${condition}))`,
      `(${theirs} NOT IN (SELECT ${mine} FROM ${from.text} WHERE ${condition}))`,
      `(${theirs} ${operator} ${quantifier} (SELECT ${mine} FROM ${from.text} WHERE ${condition}))`,
      `((${theirs}, 1) IN (SELECT ${mine}, count(*) FROM ${from.text} WHERE ${condition} GROUP BY 1))`,
      `((SELECT count(*) FROM ${from.text}${link}) > 1)`,
    ]);
  }

  /** An order over all columns, so that a limit takes the same rows everywhere. */
  private ordered({ sql, columns }: Select): string {
    // DISTINCT ON has an order of its own already.
    if (sql.includes("DISTINCT ON") || this.prng.chance(0.5)) return sql;
    this.note("ORDER BY");
    const order = columns.map(
      (_, i) => `${i + 1}${this.prng.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"])}`,
    );
    const limit = this.prng.chance(0.6) ? ` LIMIT ${1 + this.prng.int(10)}` : "";
    const offset = this.prng.chance(0.2) ? ` OFFSET ${this.prng.int(5)}` : "";
    return `${sql} ORDER BY ${order.join(", ")}${limit}${offset}`;
  }
}

function named(values: readonly Named[]): { list: string; columns: Named[] } {
  return {
    list: values.map(({ text }, i) => `${text} AS v${i}`).join(", "),
    columns: values.map(({ type }, i) => ({ text: `v${i}`, type })),
  };
}
