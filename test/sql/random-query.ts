import { Prng } from "../../packages/core/src/base/prng.js";
import { chinook, type Kind, references, type Table } from "./chinook-schema.js";
import { ExpressionGenerator, type Typed, type Visible } from "./random-expression.js";

export interface RandomQuery {
  readonly sql: string;
  readonly features: ReadonlySet<string>;
}

/** Literals that the data has, by "table.column". */
export type Samples = ReadonlyMap<string, readonly string[]>;

interface FromClause {
  readonly text: string;
  readonly columns: readonly Visible[];
  /** Columns that together are unique for each row, for orders without ties. */
  readonly keys: readonly string[];
}

/** A query over the Chinook tables; the same seed gives the same query. */
export function randomQuery(seed: number, samples: Samples): RandomQuery {
  const generator = new QueryGenerator(new Prng(seed), samples);
  const sql = generator.statement();
  return { sql, features: generator.features };
}

/** Tables whose every row may be compared with every row of another. */
const SMALL_TABLES = chinook.filter(
  ({ name }) => name !== "playlist_track" && name !== "track" && name !== "invoice_line",
);

const COMPARABLE: readonly Kind[] = ["int", "text", "numeric"];

class QueryGenerator {
  readonly features = new Set<string>();
  private aliases = 0;
  private readonly expressions: ExpressionGenerator;

  constructor(
    private readonly prng: Prng,
    private readonly samples: Samples,
  ) {
    this.expressions = new ExpressionGenerator(prng, (feature) => this.features.add(feature));
  }

  statement(): string {
    const roll = this.prng.float();
    if (roll < 0.12) return this.setOperation();
    if (roll < 0.24) return this.withCte();
    return this.limited(this.query());
  }

  /** An order over all columns, so that a limit takes the same rows everywhere. */
  private limited({ sql, width }: { readonly sql: string; readonly width: number }): string {
    if (!this.prng.chance(0.5)) return sql;
    this.features.add("order");
    const order = Array.from({ length: width }, (_, i) => {
      const direction = this.prng.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"]);
      return `${i + 1}${direction}`;
    });
    const limit = this.prng.chance(0.6) ? ` LIMIT ${1 + this.prng.int(40)}` : "";
    const offset = this.prng.chance(0.2) ? ` OFFSET ${this.prng.int(10)}` : "";
    return `${sql} ORDER BY ${order.join(", ")}${limit}${offset}`;
  }

  private query(): { readonly sql: string; readonly width: number } {
    const from = this.from(1 + this.prng.int(3));
    const where = this.where(from);
    const roll = this.prng.float();
    if (roll < 0.3) return this.grouped(from, where);
    if (roll < 0.5) return this.windowed(from, where);
    return this.plain(from, where);
  }

  private alias(): string {
    return `t${this.aliases++}`;
  }

  private source(table: Table): FromClause & { readonly alias: string; readonly table: Table } {
    const alias = this.alias();
    const columns = table.columns.map(({ name, kind }) => ({
      text: `${alias}.${name}`,
      kind,
      samples: this.samples.get(`${table.name}.${name}`) ?? [],
    }));
    const keys = table.key.map((name) => `${alias}.${name}`);
    return { text: `${table.name} ${alias}`, columns, keys, alias, table };
  }

  /** Tables joined along their references. */
  private from(count: number): FromClause {
    const first = this.source(this.prng.pick(chinook));
    const joined = [first];
    let text = first.text;
    while (joined.length < count) {
      const base = this.prng.pick(joined);
      // References are followed backwards from the first table only: rows must not multiply.
      const backwards = joined.length === 1;
      const edges = references.filter(
        ({ from, to }) => from === base.table.name || (backwards && to === base.table.name),
      );
      if (edges.length === 0) break;
      const edge = this.prng.pick(edges);
      const outward = edge.from === base.table.name;
      const name = outward ? edge.to : edge.from;
      const next = this.source(chinook.find((table) => table.name === name)!);
      const [mine, other] = outward ? [edge.column, edge.target] : [edge.target, edge.column];
      const kind = this.prng.pick([
        "JOIN",
        "JOIN",
        "LEFT JOIN",
        "LEFT JOIN",
        "RIGHT JOIN",
        "FULL JOIN",
      ]);
      text += ` ${kind} ${next.text} ON ${base.alias}.${mine} = ${next.alias}.${other}`;
      if (kind !== "FULL JOIN" && this.prng.chance(0.15)) {
        text += ` AND ${this.expressions.condition(next.columns, 0)}`;
      }
      joined.push(next);
      this.features.add("joins");
      if (kind !== "JOIN") this.features.add("outer joins");
    }
    const columns = joined.flatMap((item) => item.columns);
    return { text, columns, keys: joined.flatMap((item) => item.keys) };
  }

  private where(from: FromClause): string {
    const conditions: string[] = [];
    if (this.prng.chance(0.6)) conditions.push(this.expressions.condition(from.columns, 2));
    if (this.prng.chance(0.25)) conditions.push(this.subqueryCondition(from));
    return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  }

  /** EXISTS, IN, NOT IN, or a comparison with a scalar subquery, mostly correlated. */
  private subqueryCondition(from: FromClause): string {
    this.features.add("subqueries");
    const inner = this.source(this.prng.pick(SMALL_TABLES));
    const kind = this.prng.pick(COMPARABLE);
    const outer = this.expressions.scalar(from.columns, kind, 0);
    const mine = this.expressions.scalar(inner.columns, kind, 0);
    const filter = this.expressions.condition(inner.columns, 1);
    const forms = [
      () => `EXISTS (SELECT 1 FROM ${inner.text} WHERE ${mine.text} = ${outer.text} AND ${filter})`,
      () =>
        `NOT EXISTS (SELECT * FROM ${inner.text} WHERE ${mine.text} = ${outer.text} AND ${filter})`,
      () => `${outer.text} IN (SELECT ${mine.text} FROM ${inner.text} WHERE ${filter})`,
      () =>
        `${outer.text} NOT IN (SELECT ${mine.text} FROM ${inner.text} WHERE ${filter} AND ${mine.text} IS NOT NULL)`,
      () => `${outer.text} >= (SELECT min(${mine.text}) FROM ${inner.text} WHERE ${filter})`,
      () => `${outer.text} <= ALL (SELECT ${mine.text} FROM ${inner.text} WHERE ${filter})`,
      () => `(SELECT count(*) FROM ${inner.text} WHERE ${mine.text} = ${outer.text}) < 5`,
    ];
    return this.prng.pick(forms)();
  }

  /** A correlated scalar subquery for a select list. */
  private scalarSubquery(from: FromClause): Typed {
    this.features.add("subqueries");
    const edge = this.prng.pick(references);
    const inner = this.source(chinook.find((table) => table.name === edge.from)!);
    const outer = this.expressions.scalar(from.columns, "int", 0);
    const value = this.expressions.scalar(inner.columns, "int", 0).text;
    const fn = this.prng.pick(["count", "max", "min", "sum"]);
    const where = `${inner.alias}.${edge.column} = ${outer.text}`;
    return { text: `(SELECT ${fn}(${value}) FROM ${inner.text} WHERE ${where})`, kind: "int" };
  }

  private plain(from: FromClause, where: string): { readonly sql: string; readonly width: number } {
    const items = Array.from({ length: 1 + this.prng.int(4) }, () =>
      this.prng.chance(0.12)
        ? this.scalarSubquery(from).text
        : this.expressions.scalar(from.columns, undefined, 2).text,
    );
    const distinct = this.prng.chance(0.2) ? "DISTINCT " : "";
    if (distinct !== "") this.features.add("distinct");
    const list = items.map((text, i) => `${text} AS c${i}`).join(", ");
    return { sql: `SELECT ${distinct}${list} FROM ${from.text}${where}`, width: items.length };
  }

  private grouped(
    from: FromClause,
    where: string,
  ): { readonly sql: string; readonly width: number } {
    this.features.add("grouping");
    const keys = Array.from(
      { length: this.prng.int(3) },
      () => this.expressions.scalar(from.columns, undefined, 1).text,
    );
    const aggregates = Array.from({ length: 1 + this.prng.int(3) }, () => this.aggregate(from));
    const items = [...keys, ...aggregates];
    const list = items.map((text, i) => `${text} AS c${i}`).join(", ");
    const numbers = keys.map((_, i) => i + 1);
    const group = keys.length === 0 ? "" : ` GROUP BY ${this.groupBy(numbers, keys)}`;
    const having = this.prng.chance(0.3) ? ` HAVING count(*) > ${this.prng.int(4)}` : "";
    return {
      sql: `SELECT ${list} FROM ${from.text}${where}${group}${having}`,
      width: items.length,
    };
  }

  private groupBy(numbers: readonly number[], keys: readonly string[]): string {
    if (keys.length < 2 || !this.prng.chance(0.2)) return numbers.join(", ");
    this.features.add("grouping sets");
    const kind = this.prng.pick(["ROLLUP", "CUBE"]);
    return `${kind} (${keys.join(", ")})`;
  }

  private aggregate(from: FromClause): string {
    const filter = this.prng.chance(0.15)
      ? ` FILTER (WHERE ${this.expressions.condition(from.columns, 0)})`
      : "";
    const number = this.expressions.scalar(from.columns, "int", 1).text;
    const text = this.expressions.scalar(from.columns, "text", 0).text;
    const order = from.keys.join(", ");
    const forms = [
      () => `count(*)${filter}`,
      () => `count(DISTINCT ${number})${filter}`,
      () => `sum(${number})${filter}`,
      () => `min(${text})${filter}`,
      () => `max(${number})${filter}`,
      () => `round(avg(${number}), 3)`,
      () => `left(string_agg(${text}, ',' ORDER BY ${order}), 80)`,
    ];
    return this.prng.pick(forms)();
  }

  private windowed(
    from: FromClause,
    where: string,
  ): { readonly sql: string; readonly width: number } {
    this.features.add("windows");
    const key = this.prng.pick(from.columns).text;
    const value = this.expressions.scalar(from.columns, "int", 0).text;
    const partition = this.prng.chance(0.7) ? `PARTITION BY ${key} ` : "";
    const order = `ORDER BY ${from.keys.join(", ")}`;
    const frame = this.prng.pick([
      "",
      " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
      " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING",
      " RANGE UNBOUNDED PRECEDING",
    ]);
    const over = `OVER (${partition}${order})`;
    const framed = `OVER (${partition}${order}${frame})`;
    const forms = [
      `row_number() ${over}`,
      `rank() OVER (${partition}ORDER BY ${value})`,
      `dense_rank() OVER (ORDER BY ${value} DESC)`,
      `lag(${value}) ${over}`,
      `lead(${value}, 2, -1) ${over}`,
      `sum(${value}) ${framed}`,
      `count(*) ${framed}`,
      `max(${value}) ${framed}`,
      `first_value(${value}) ${framed}`,
      `ntile(4) ${over}`,
    ];
    const items = [key, value, this.prng.pick(forms), this.prng.pick(forms)];
    const list = items.map((text, i) => `${text} AS c${i}`).join(", ");
    return { sql: `SELECT ${list} FROM ${from.text}${where}`, width: items.length };
  }

  private setOperation(): string {
    this.features.add("set operations");
    const kind = this.prng.pick(COMPARABLE);
    const side = (): string => {
      const from = this.from(1);
      const a = this.expressions.scalar(from.columns, kind, 0).text;
      const b = this.expressions.scalar(from.columns, "int", 1).text;
      return `SELECT ${a} AS a, ${b} AS b FROM ${from.text}${this.where(from)}`;
    };
    const operator = this.prng.pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
    return this.limited({ sql: `${side()} ${operator} ${side()}`, width: 2 });
  }

  private withCte(): string {
    this.features.add("CTEs");
    const { sql, width } = this.query();
    const columns = Array.from({ length: width }, (_, i) => `c${i}`);
    const join = this.prng.chance(0.3);
    const body = join
      ? `SELECT a.c0, count(*) FROM q a LEFT JOIN (SELECT DISTINCT c0 FROM q) b ON a.c0 = b.c0 GROUP BY a.c0`
      : `SELECT ${columns.join(", ")} FROM q WHERE c0 IS NOT NULL`;
    return this.limited({ sql: `WITH q AS (${sql}) ${body}`, width: join ? 2 : width });
  }
}
