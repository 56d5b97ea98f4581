import type { Prng } from "../../../packages/core/src/base/prng.js";
import type { Named } from "./expressions.js";
import { columnsOf, type RandomSchema } from "./schema.js";
import { literal, type Type, TYPES } from "./types.js";

/** A FROM clause. */
export interface Rows {
  readonly text: string;
  readonly columns: readonly Named[];
  /** Expressions that order the rows; rows that are equal in all of them are equal altogether. */
  readonly keys: readonly string[];
  /** No more rows than this, roughly. */
  readonly size: number;
}

interface Select {
  readonly sql: string;
  readonly columns: readonly Named[];
}

/** What a FROM clause needs of the generator that it is part of. */
interface Around {
  readonly note: (feature: string) => void;
  readonly query: (depth: number, outer: readonly Named[]) => Select;
  readonly condition: (columns: readonly Named[], depth: number) => string;
  readonly value: (type: Type, columns: readonly Named[]) => string;
}

/** Rows that a join may have before it has been filtered. */
const MAX_ROWS = 4000;
const MAX_DEPTH = 2;
const DERIVED_ROWS = 30;

/** Random FROM clauses: tables, subqueries, CTEs, VALUES and functions, joined in every way. */
export class FromClauses {
  private aliases = 0;
  private readonly ctes: { readonly name: string; readonly columns: readonly Named[] }[] = [];

  constructor(
    private readonly prng: Prng,
    private readonly schema: RandomSchema,
    private readonly around: Around,
  ) {}

  addCte(name: string, columns: readonly Named[]): void {
    this.ctes.push({ name, columns });
  }

  from(depth: number, outer: readonly Named[]): Rows {
    let left = this.item(depth, outer, []);
    const joins = this.prng.pick(depth === 0 ? [0, 0, 1, 1, 2, 3] : [0, 0, 0, 1]);
    for (let i = 0; i < joins; i++) {
      const right = this.item(depth, outer, left.columns);
      if (left.size * right.size > MAX_ROWS) break;
      left = this.join(left, right, depth, outer);
    }
    return left;
  }

  private alias(): string {
    return `s${this.aliases++}`;
  }

  private item(depth: number, outer: readonly Named[], left: readonly Named[]): Rows {
    const roll = this.prng.float();
    if (this.ctes.length > 0 && roll < 0.3) return this.cte();
    if (roll < 0.75 || depth >= MAX_DEPTH) return this.table();
    if (roll < 0.85) return this.derived(depth, outer, left);
    if (roll < 0.92) return this.values();
    return this.function(left);
  }

  private table(): Rows {
    const table = this.prng.pick(this.schema.tables);
    const alias = this.alias();
    return {
      text: `${table.name} AS ${alias}`,
      columns: columnsOf(table, alias),
      keys: [`${alias}.id`],
      size: Math.max(table.rows, 1),
    };
  }

  private named(text: string, names: readonly Named[], size: number): Rows {
    const alias = this.alias();
    const columns = names.map((column) => ({ ...column, text: `${alias}.${column.text}` }));
    return {
      text: `${text} AS ${alias}`,
      columns,
      keys: columns.filter(({ type }) => type !== "json").map((column) => column.text),
      size,
    };
  }

  private cte(): Rows {
    this.around.note("CTE used");
    const { name, columns } = this.prng.pick(this.ctes);
    return this.named(name, columns, DERIVED_ROWS);
  }

  private derived(depth: number, outer: readonly Named[], left: readonly Named[]): Rows {
    const lateral = left.length > 0 && this.prng.chance(0.5);
    this.around.note(lateral ? "LATERAL" : "subquery in FROM");
    const { sql, columns } = this.around.query(depth + 1, lateral ? [...left, ...outer] : outer);
    return this.named(`${lateral ? "LATERAL " : ""}(${sql})`, columns, DERIVED_ROWS);
  }

  private values(): Rows {
    this.around.note("VALUES");
    const types = Array.from({ length: 2 }, () =>
      this.prng.pick(["int4", "text", "numeric", "bool"] as const),
    );
    const row = (): string =>
      `(${types.map((type) => (this.prng.chance(0.15) ? `CAST(NULL AS ${TYPES[type].sql})` : literal(type, this.prng.pick(TYPES[type].values)))).join(", ")})`;
    const count = 1 + this.prng.int(4);
    const rows = Array.from({ length: count }, row).join(", ");
    const alias = this.alias();
    const columns = types.map((type, i) => ({ text: `${alias}.x${i}`, type }));
    const text = `(VALUES ${rows}) AS ${alias} (x0, x1)`;
    return { text, columns, keys: columns.map((column) => column.text), size: count };
  }

  private function(left: readonly Named[]): Rows {
    this.around.note("function in FROM");
    const alias = this.alias();
    const [text, type]: readonly [string, Type] = this.prng.pick([
      [`generate_series(1, ${this.around.value("int4", left)} % 5)`, "int4"],
      [`unnest(${this.around.value("ints", left)})`, "int4"],
      [`unnest(${this.around.value("texts", left)})`, "text"],
      [`regexp_split_to_table(${this.around.value("text", left)}, 'b')`, "text"],
    ]);
    const columns = [{ text: `${alias}.x`, type }];
    return { text: `${text} AS ${alias} (x)`, columns, keys: [`${alias}.x`], size: 5 };
  }

  private join(left: Rows, right: Rows, depth: number, outer: readonly Named[]): Rows {
    const columns = [...left.columns, ...right.columns];
    const keys = [...left.keys, ...right.keys];
    const size = left.size * right.size;
    // What refers to its left cannot be the side of a join that is kept without it.
    const lateral = /LATERAL|\(/.test(right.text);
    const kinds = lateral
      ? ["JOIN", "LEFT JOIN", "CROSS JOIN"]
      : ["JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"];
    const kind = this.prng.pick(kinds);
    this.around.note(kind);
    if (kind === "CROSS JOIN")
      return { text: `${left.text} CROSS JOIN ${right.text}`, columns, keys, size };
    const on = this.on(left, right, kind, depth, outer);
    return { text: `${left.text} ${kind} ${right.text} ON ${on}`, columns, keys, size };
  }

  private on(
    left: Rows,
    right: Rows,
    kind: string,
    depth: number,
    outer: readonly Named[],
  ): string {
    const pairs = left.columns.flatMap((a) =>
      right.columns
        .filter((b) => a.type === b.type && a.type !== "json")
        .map((b) => [a, b] as const),
    );
    const equal = (): string => {
      const [a, b] = this.prng.pick(pairs);
      return `${a.text} = ${b.text}`;
    };
    const all = [...left.columns, ...right.columns, ...outer];
    const any = (): string => this.around.condition(all, Math.max(depth, 1));
    // PostgreSQL has full joins over equalities only.
    if (kind === "FULL JOIN") return pairs.length > 0 ? equal() : "true";
    const forms = [any, () => this.prng.pick(["true", "false", "NULL"])];
    if (pairs.length > 0) {
      forms.push(
        equal,
        equal,
        equal,
        () => `${equal()} AND ${any()}`,
        () => `${equal()} OR ${any()}`,
      );
      forms.push(() => `${equal()} AND ${this.around.condition(left.columns, MAX_DEPTH)}`);
      forms.push(() => `${equal()} AND ${this.around.condition(right.columns, MAX_DEPTH)}`);
    }
    return this.prng.pick(forms)();
  }
}
