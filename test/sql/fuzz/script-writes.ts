import type { Prng } from "../../../packages/core/src/base/prng.js";
import {
  type Kind,
  type Model,
  type ModelColumn,
  type ModelTable,
  VALUES_OF,
} from "./script-model.js";
import type { Step } from "./scripts.js";

/** A statement that reads or writes rows. */
export function write(prng: Prng, model: Model): Step {
  const writer = new Writer(prng, model);
  const [feature, sql] = writer.statement();
  return { sql, after: model, feature };
}

class Writer {
  constructor(
    private readonly prng: Prng,
    private readonly model: Model,
  ) {}

  statement(): readonly [feature: string, sql: string] {
    const table = this.prng.pick(this.model.tables);
    const roll = this.prng.float();
    if (roll < 0.3) return ["INSERT", this.insert(table)];
    if (roll < 0.45) return ["ON CONFLICT", this.upsert(table)];
    if (roll < 0.7) return ["UPDATE", this.update(table)];
    if (roll < 0.82) return ["DELETE", this.delete(table)];
    if (roll < 0.92) return ["WITH writes", this.withWrites(table)];
    return ["SELECT", this.select(table)];
  }

  private value(kind: Kind): string {
    if (this.prng.chance(0.12)) return "NULL";
    return this.prng.pick(VALUES_OF[kind]);
  }

  private writable(table: ModelTable): readonly ModelColumn[] {
    const columns = table.columns.filter(({ generated }) => !generated);
    // Some columns are left to their defaults.
    const kept = columns.filter(() => this.prng.chance(0.8));
    return kept.length > 0 ? kept : columns;
  }

  private insert(table: ModelTable): string {
    return this.rows(table) + this.returning(table);
  }

  private rows(table: ModelTable): string {
    if (this.prng.chance(0.04)) return `INSERT INTO ${table.name} DEFAULT VALUES`;
    const columns = this.writable(table);
    const list = columns.map(({ name }) => name).join(", ");
    const head = `INSERT INTO ${table.name} (${list})`;
    if (this.prng.chance(0.2)) {
      const from = this.prng.pick(this.model.tables);
      const values = columns.map(({ kind }) => this.expression(from, kind, "s"));
      // Which row comes first decides which of two rows of one key is kept.
      const order = columns.map((_, i) => i + 1).join(", ");
      return `${head} SELECT ${values.join(", ")} FROM ${from.name} s WHERE ${this.condition(from, "s")} ORDER BY ${order}`;
    }
    const count = 1 + this.prng.int(4);
    const rows = Array.from({ length: count }, () => {
      const values = columns.map(({ kind }) =>
        this.prng.chance(0.05) ? "DEFAULT" : this.value(kind),
      );
      return `(${values.join(", ")})`;
    });
    return `${head} VALUES ${rows.join(", ")}`;
  }

  private upsert(table: ModelTable): string {
    const { prng } = this;
    const key = table.keys.length > 0 ? prng.pick(table.keys) : undefined;
    if (key === undefined || prng.chance(0.3)) {
      return `${this.rows(table)} ON CONFLICT DO NOTHING${this.returning(table)}`;
    }
    const columns = table.columns.filter(({ generated }) => !generated);
    const column = prng.pick(columns);
    const value = prng.pick([
      `excluded.${column.name}`,
      `${table.name}.${column.name}`,
      this.value(column.kind),
      "DEFAULT",
    ]);
    const where = prng.chance(0.3) ? ` WHERE ${this.condition(table, table.name)}` : "";
    const action = prng.chance(0.25) ? "NOTHING" : `UPDATE SET ${column.name} = ${value}${where}`;
    return `${this.rows(table)} ON CONFLICT (${key.join(", ")}) DO ${action}${this.returning(table)}`;
  }

  private update(table: ModelTable): string {
    const { prng } = this;
    const columns = table.columns.filter(({ generated }) => !generated);
    const count = 1 + prng.int(2);
    const targets = prng.shuffle([...columns]).slice(0, count);
    const value = ({ name, kind }: ModelColumn): string => {
      // Keys that move one after the other may meet or not, as the order of the rows has it.
      const keyed = table.keys.some((key) => key.includes(name) || key.includes("g"));
      return keyed ? this.value(kind) : this.expression(table, kind, "d");
    };
    const sets =
      targets.length === 2 && prng.chance(0.3)
        ? `(${targets.map(({ name }) => name).join(", ")}) = (${targets.map(value).join(", ")})`
        : targets
            .map((column) => `${column.name} = ${prng.chance(0.05) ? "DEFAULT" : value(column)}`)
            .join(", ");
    const where = prng.chance(0.85) ? ` WHERE ${this.condition(table, "d")}` : "";
    if (prng.chance(0.15)) {
      // One row at most may match, or which of them gives the value would be anybody's guess.
      const from = `(SELECT 1 AS one) o`;
      return `UPDATE ${table.name} d SET ${sets} FROM ${from}${where}${this.returning(table, "d")}`;
    }
    return `UPDATE ${table.name} d SET ${sets}${where}${this.returning(table, "d")}`;
  }

  private delete(table: ModelTable): string {
    const where = ` WHERE ${this.condition(table, "d")}`;
    if (this.prng.chance(0.2)) {
      const other = this.prng.pick(this.model.tables);
      const link = `${this.expression(table, "int", "d")} = ${this.expression(other, "int", "u")}`;
      return `DELETE FROM ${table.name} d USING ${other.name} u${where} AND ${link}`;
    }
    return `DELETE FROM ${table.name} d${where}${this.returning(table, "d")}`;
  }

  /** A write whose rows go into another write, or are only read. */
  private withWrites(table: ModelTable): string {
    const first = this.prng.chance(0.5)
      ? `DELETE FROM ${table.name} d WHERE ${this.condition(table, "d")} RETURNING *`
      : `${this.rows(table)} RETURNING *`;
    const other = this.prng.pick(this.model.tables);
    if (other === table || this.prng.chance(0.4)) {
      return `WITH w AS (${first}) SELECT * FROM w`;
    }
    const columns = this.writable(other);
    const list = columns.map(({ name }) => name).join(", ");
    const values = columns.map(({ kind }) => this.expression(table, kind, "w")).join(", ");
    return `WITH w AS (${first}) INSERT INTO ${other.name} (${list}) SELECT ${values} FROM w RETURNING *`;
  }

  private select(table: ModelTable): string {
    if (this.model.views.length > 0 && this.prng.chance(0.5)) {
      return `SELECT * FROM ${this.prng.pick(this.model.views)}`;
    }
    const column = this.prng.pick(table.columns).name;
    const rest = this.prng.pick([
      "",
      ` WHERE ${this.condition(table, "d")}`,
      ` WHERE EXISTS (SELECT FROM ${table.name} e WHERE e.${column} = d.${column})`,
      ` ORDER BY ${column} DESC NULLS LAST`,
    ]);
    return `SELECT d.* FROM ${table.name} d${rest}`;
  }

  private returning(table: ModelTable, alias: string = table.name): string {
    if (this.prng.chance(0.5)) return "";
    const column = this.prng.pick(table.columns);
    return ` RETURNING *, ${this.expression(table, column.kind, alias)} AS e`;
  }

  private expression(table: ModelTable, kind: Kind, alias: string): string {
    const fitting = table.columns.filter((column) => column.kind === kind);
    if (fitting.length === 0 || this.prng.chance(0.4)) return this.value(kind);
    const column = `${alias}.${this.prng.pick(fitting).name}`;
    const forms: Readonly<Record<Kind, readonly string[]>> = {
      int: [`${column} + 1`, `${column} - 1`, `abs(${column})`, `coalesce(${column}, 3)`],
      big: [`${column} / 2`, `coalesce(${column}, 1)`],
      num: [`${column} + 0.5`, `round(${column})`],
      text: [`${column} || 'a'`, `left(${column}, 1)`, `nullif(${column}, 'a')`],
      bool: [`NOT ${column}`],
      date: [`${column} + 1`],
      ints: [`${column} || 1`],
      json: [`${column} || '[2]'`],
    };
    return this.prng.chance(0.5) ? column : this.prng.pick(forms[kind]);
  }

  private condition(table: ModelTable, alias: string): string {
    const { prng } = this;
    const { name, kind } = prng.pick(table.columns);
    const column = `${alias}.${name}`;
    const value = prng.pick(VALUES_OF[kind]);
    const simple = prng.pick([
      `${column} = ${value}`,
      `${column} <> ${value}`,
      `${column} >= ${value}`,
      `${column} < ${value}`,
      `${column} IS NULL`,
      `${column} IN (${value}, ${prng.pick(VALUES_OF[kind])})`,
      `${column} IN (SELECT ${name} FROM ${table.name} WHERE ${name} > ${value})`,
    ]);
    if (prng.chance(0.2)) return `(${simple} OR ${this.condition(table, alias)})`;
    if (prng.chance(0.2)) return `(${simple} AND ${this.condition(table, alias)})`;
    return simple;
  }
}
