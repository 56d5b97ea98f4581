import type { ForeignKeyInfo, TableInfo } from "../../contract/source.js";
import { eachDeep } from "../../planner/rewrite.js";
import type {
  BoundAssignment,
  BoundCheck,
  BoundReference,
  BoundRules,
} from "../../planner/plan.js";
import type { ColumnDef, Expr } from "../expr.js";
import type { Statement } from "../statement.js";
import {
  bindCheck,
  bindDefault,
  bindGenerated,
  parseStored,
  rowColumns,
} from "./stored-expressions.js";

/** What holds for the rows of a table when all of their columns may be new. */
export function bindRules(statement: Statement, table: TableInfo): BoundRules {
  const row = rowColumns(statement, table);
  return {
    table,
    row,
    generated: bindGeneratedColumns(statement, table, row),
    checks: bindChecks(statement, table, row),
    defaults: bindActionDefaults(statement, table),
  };
}

/** As `bindRules`, without what holds already when only some columns change. */
export function rulesForChange(rules: BoundRules, changed: readonly number[]): BoundRules {
  const touched = new Set(changed);
  const concerns = (expr: Expr): boolean =>
    positionsIn(expr, rules.row).some((at) => touched.has(at));
  const generated = rules.generated.filter(({ expr }) => concerns(expr));
  for (const { column } of generated) touched.add(column);
  return { ...rules, generated, checks: rules.checks.filter(({ expr }) => concerns(expr)) };
}

/** Which columns of the row an expression reads, by position. */
function positionsIn(expr: Expr, row: readonly ColumnDef[]): readonly number[] {
  const found: number[] = [];
  eachDeep(expr, (part) => {
    if (part.kind !== "column") return;
    const at = row.findIndex(({ id }) => id === part.id);
    if (at >= 0) found.push(at);
  });
  return found;
}

function bindGeneratedColumns(
  statement: Statement,
  table: TableInfo,
  row: readonly ColumnDef[],
): readonly BoundAssignment[] {
  return table.columns.flatMap((info, column) => {
    if (info.generatedSql === undefined) return [];
    const node = parseStored(info.generatedSql);
    return [{ column, expr: bindGenerated(statement, table, row, info, node) }];
  });
}

/** By name, as PostgreSQL tries them. */
function bindChecks(
  statement: Statement,
  table: TableInfo,
  row: readonly ColumnDef[],
): readonly BoundCheck[] {
  return [...table.checks]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sql }) => ({
      name,
      expr: bindCheck(statement, table, row, parseStored(sql)),
    }));
}

function bindActionDefaults(statement: Statement, table: TableInfo): readonly BoundAssignment[] {
  const columns = new Set(
    table.foreignKeys
      .filter((key) => key.onDelete === "set default" || key.onUpdate === "set default")
      .flatMap((key) => key.columns),
  );
  return [...columns].flatMap((column) => {
    const info = table.columns[column]!;
    if (info.defaultSql === undefined) return [];
    return [{ column, expr: bindDefault(statement, info, parseStored(info.defaultSql)) }];
  });
}

/** What a statement does to its table; `undefined` columns means all of them. */
export interface TableChangeScope {
  readonly inserts: boolean;
  readonly updates: readonly number[] | undefined;
  readonly deletes: boolean;
}

/**
 * The foreign keys that a statement may break or set off: those of its table, those that lead to
 * it, and those of the tables that their actions write to, and so on.
 */
export function bindReferences(
  statement: Statement,
  rules: BoundRules,
  change: TableChangeScope,
): readonly BoundReference[] {
  const collector = new ReferenceCollector(statement, rules);
  collector.addOf(rules.table, change);
  return collector.references;
}

class ReferenceCollector {
  readonly references: BoundReference[] = [];
  readonly #statement: Statement;
  readonly #rules: Map<number, BoundRules>;
  readonly #seen: Set<ForeignKeyInfo> = new Set();
  /** Keys whose actions were followed; true where deleting was among what they may do. */
  readonly #followed: Map<ForeignKeyInfo, boolean> = new Map();
  #tables: readonly TableInfo[] | undefined;

  constructor(statement: Statement, rules: BoundRules) {
    this.#statement = statement;
    this.#rules = new Map([[rules.table.id, rules]]);
  }

  addOf(table: TableInfo, { inserts, updates, deletes }: TableChangeScope): void {
    for (const key of table.foreignKeys) {
      const isNew = inserts || key.columns.some((column) => updates?.includes(column) === true);
      if (isNew) this.#add(table, key);
    }
    if (deletes || this.#changesKey(table, updates)) this.#addChildren(table, deletes);
  }

  #changesKey(table: TableInfo, updates: readonly number[] | undefined): boolean {
    if (updates === undefined || updates.length === 0) return false;
    // Only what a unique index covers can be referred to.
    return table.indexes.some(
      (index) => index.unique && index.columns.some(({ column }) => updates.includes(column)),
    );
  }

  #addChildren(parent: TableInfo, deletes: boolean): void {
    this.#tables ??= this.#statement.context.source.tables();
    for (const child of this.#tables) {
      for (const key of child.foreignKeys) {
        if (key.refSchema !== parent.schema || key.refTable !== parent.name) continue;
        this.#add(child, key);
        const cascades = deletes && key.onDelete === "cascade";
        if (this.#followed.get(key) === true || this.#followed.get(key) === cascades) continue;
        this.#followed.set(key, cascades);
        this.addOf(child, { inserts: false, updates: key.columns, deletes: cascades });
      }
    }
  }

  #add(table: TableInfo, key: ForeignKeyInfo): void {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const parent = this.#statement.context.source.table(key.refSchema, key.refTable);
    if (parent !== undefined) this.references.push({ key, parent, child: this.#rulesOf(table) });
  }

  #rulesOf(table: TableInfo): BoundRules {
    let rules = this.#rules.get(table.id);
    if (rules === undefined) {
      rules = bindRules(this.#statement, table);
      this.#rules.set(table.id, rules);
    }
    return rules;
  }
}
