import type { Below } from "./random-rows.js";

/** Tables small enough that every kind of match and of miss is met, with NULLs in most columns. */
export const PLANNED_TABLES: readonly string[] = [
  "CREATE TABLE a (id int PRIMARY KEY, x int, y int, t text)",
  "CREATE TABLE b (id int PRIMARY KEY, a_id int, x int, t text)",
  "CREATE INDEX b_a ON b (a_id)",
  "CREATE INDEX b_x ON b (x, a_id)",
  "CREATE TABLE c (x int, y int, t text)",
];

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  a: ["id", "x", "y"],
  b: ["id", "a_id", "x"],
  c: ["x", "y"],
};

/** INSERTs for the tables, the same for the same seed. */
export function plannedRows(below: Below): readonly string[] {
  const number = (limit: number): string => (below(5) === 0 ? "NULL" : String(below(limit)));
  const text = (): string => (below(4) === 0 ? "NULL" : `'${"pqr".charAt(below(3))}'`);
  const rows = (count: number, row: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => `(${row(i)})`).join(", ");
  return [
    `INSERT INTO a VALUES ${rows(12, (i) => `${i}, ${number(6)}, ${number(4)}, ${text()}`)}`,
    `INSERT INTO b VALUES ${rows(150, (i) => `${i}, ${number(15)}, ${number(6)}, ${text()}`)}`,
    `INSERT INTO c VALUES ${rows(30, () => `${number(6)}, ${number(4)}, ${text()}`)}`,
  ];
}

/** A query of every shape that a pass of the planner looks at. Its rows may come in any order. */
export function plannedQuery(below: Below): string {
  return new Generator(below).statement();
}

/** Columns of whole numbers that a condition may read, qualified. */
type Scope = readonly string[];

class Generator {
  private aliases = 0;

  constructor(private readonly below: Below) {}

  statement(): string {
    switch (this.below(9)) {
      case 0:
        return this.limited();
      case 1:
        return this.grouped();
      case 2:
        return this.overDerived(`SELECT x AS k, count(*) AS n FROM ${this.name()} GROUP BY x`);
      case 3:
        return this.overDerived(
          `SELECT x AS k, sum(x) OVER (PARTITION BY x) AS n FROM ${this.name()}`,
        );
      case 4:
        return this.overDerived(this.setOperation());
      case 5:
        return this.withCte();
      default:
        return this.select();
    }
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  private name(): string {
    return this.pick(["a", "b", "c"]);
  }

  private table(): { readonly sql: string; readonly columns: Scope } {
    const name = this.name();
    const alias = `t${this.aliases++}`;
    return { sql: `${name} ${alias}`, columns: COLUMNS[name]!.map((c) => `${alias}.${c}`) };
  }

  private select(): string {
    const from = this.from();
    const outputs = [...from.columns, this.below(2) === 0 ? this.scalar(from.columns) : "1"];
    return `SELECT ${outputs.join(", ")} FROM ${from.sql} WHERE ${this.where(from.columns, 2)}`;
  }

  private from(): { readonly sql: string; readonly columns: Scope } {
    let { sql, columns } = this.table();
    for (let joins = this.below(3); joins > 0; joins--) {
      const right = this.table();
      const both = [...columns, ...right.columns];
      if (this.below(6) === 0) {
        const alias = `t${this.aliases++}`;
        const inner = `SELECT ${right.columns[0]!} AS v FROM ${right.sql}`;
        sql += ` CROSS JOIN LATERAL (${inner} WHERE ${this.equality(both)}) ${alias}`;
        columns = [...columns, `${alias}.v`];
        continue;
      }
      const join = this.pick([
        ", ",
        " JOIN ",
        " JOIN ",
        " LEFT JOIN ",
        " RIGHT JOIN ",
        " FULL JOIN ",
      ]);
      // FULL JOIN takes equalities only, as in PostgreSQL; a comma binds less than what follows it.
      if (join === ", ") sql = `${sql} CROSS JOIN ${right.sql}`;
      else {
        const on = `${this.pick(columns)} = ${this.pick(right.columns)}`;
        const more =
          join === " FULL JOIN " || this.below(2) === 0 ? "" : ` AND ${this.simple(both)}`;
        sql = `${sql}${join}${right.sql} ON ${on}${more}`;
      }
      columns = both;
    }
    return { sql, columns };
  }

  private where(scope: Scope, depth: number): string {
    return Array.from({ length: 1 + this.below(3) }, () => this.condition(scope, depth)).join(
      " AND ",
    );
  }

  private condition(scope: Scope, depth: number): string {
    if (depth === 0) return this.simple(scope);
    switch (this.below(9)) {
      case 0:
        return `(${this.condition(scope, depth - 1)} OR ${this.condition(scope, depth - 1)})`;
      case 1:
        return `NOT (${this.condition(scope, depth - 1)})`;
      case 2:
      case 3: {
        const inner = this.table();
        const where = this.where([...inner.columns, this.pick(scope)], depth - 1);
        const tie = `${this.pick(inner.columns)} = ${this.pick(scope)}`;
        return `${this.pick(["", "NOT "])}EXISTS (SELECT 1 FROM ${inner.sql} WHERE ${tie} AND ${where})`;
      }
      case 4:
      case 5: {
        const inner = this.table();
        const outer = this.below(2) === 0 ? [this.pick(scope)] : [];
        const where = this.where([...inner.columns, ...outer], depth - 1);
        const subject = this.pick([...scope, "3"]);
        const word = this.pick(["IN", "NOT IN", "= ALL", "<> ANY"]);
        return `${subject} ${word} (SELECT ${this.pick(inner.columns)} FROM ${inner.sql} WHERE ${where})`;
      }
      case 6:
        return `${this.pick(scope)} <= ${this.scalar(scope)}`;
      default:
        return this.simple(scope);
    }
  }

  private equality(scope: Scope): string {
    return `${this.pick(scope)} = ${this.pick(scope)}`;
  }

  private simple(scope: Scope): string {
    const column = this.pick(scope);
    switch (this.below(6)) {
      case 0:
        return `${column} IS ${this.pick(["", "NOT "])}NULL`;
      case 1:
        return `${column} IN (${this.below(6)}, ${this.below(6)}, 2)`;
      case 2:
        return `${column} ${this.pick(["<", ">=", "<>"])} ${this.pick(scope)}`;
      case 3:
        return `${column} BETWEEN ${this.below(3)} AND ${2 + this.below(6)}`;
      default:
        return `${column} ${this.pick(["=", "=", "<", ">"])} ${this.below(6)}`;
    }
  }

  private scalar(scope: Scope): string {
    const inner = this.table();
    const value = this.pick(["count(*)", "max(id)", "min(x) + 1", "coalesce(sum(x), 7)"]);
    const usable = inner.sql.startsWith("c ") && value === "max(id)" ? "max(y)" : value;
    const tie = `${this.pick(inner.columns)} = ${this.pick(scope)}`;
    const having = this.below(4) === 0 ? ` HAVING ${this.pick(scope)} > 1` : "";
    const bare = usable.replace(/\b(id|x|y)\b/, `${inner.sql.split(" ")[1]!}.$1`);
    return `(SELECT ${bare} FROM ${inner.sql} WHERE ${tie}${having})`;
  }

  private limited(): string {
    const name = this.pick(["a", "b"]);
    const column = this.pick(COLUMNS[name]!);
    const order = `${column}${this.pick(["", " DESC", " NULLS FIRST", " DESC NULLS LAST"])}, id`;
    const where = this.where(
      COLUMNS[name]!.map((each) => `${name}.${each}`),
      1,
    );
    return `SELECT * FROM ${name} WHERE ${where} ORDER BY ${order} LIMIT ${1 + this.below(9)}`;
  }

  private grouped(): string {
    const from = this.from();
    const key = this.pick(from.columns);
    const by = this.pick([key, `ROLLUP (${key})`, `GROUPING SETS ((${key}), ())`, "()"]);
    const output = by === "()" ? "0" : key;
    const having = this.pick([`count(*) > 1`, `${output} > 1`, "current_date < '2000-01-01'"]);
    return `SELECT ${output}, count(*) FROM ${from.sql} WHERE ${this.where(from.columns, 1)}
      GROUP BY ${by} HAVING ${having}`;
  }

  private setOperation(): string {
    const word = this.pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
    return `SELECT x AS k, y AS n FROM a ${word} SELECT x, y FROM c`;
  }

  private overDerived(inner: string): string {
    const joined = this.below(2) === 0 ? "" : " JOIN a ON a.x = d.k";
    return `SELECT d.* FROM (${inner}) d${joined} WHERE ${this.where(["d.k", "d.n"], 2)}`;
  }

  private withCte(): string {
    const hint = this.pick(["", "", "MATERIALIZED ", "NOT MATERIALIZED "]);
    const scope = ["w.k", "w.n"];
    const uses = this.pick(["w", "w JOIN w v ON v.k = w.n"]);
    return `WITH w AS ${hint}(SELECT x AS k, y AS n FROM ${this.pick(["a", "c"])})
      SELECT w.* FROM ${uses} WHERE ${this.where(scope, 2)}`;
  }
}
