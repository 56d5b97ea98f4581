import type { Prng } from "../../../packages/core/src/base/prng.js";
import {
  type Kind,
  type Model,
  type ModelColumn,
  type ModelTable,
  replaceTable,
  TYPE_OF,
  VALUES_OF,
} from "./script-model.js";
import type { Step } from "./scripts.js";

const KINDS: readonly Kind[] = [
  "int",
  "int",
  "big",
  "num",
  "text",
  "text",
  "bool",
  "date",
  "ints",
  "json",
];
const KEY_KINDS: ReadonlySet<Kind> = new Set(["int", "big", "num", "text", "date"]);
const ACTIONS = ["", " CASCADE", " RESTRICT", " SET NULL", " SET DEFAULT", " NO ACTION"];

/** A statement that makes, changes or drops something. */
export function definition(prng: Prng, model: Model, what?: "table"): Step {
  const kinds: readonly ((prng: Prng, model: Model) => Step)[] =
    what === "table" || model.tables.length < 4
      ? [createTable]
      : [alterColumn, alterColumn, alterTable, alterTable, constraint, index, view, dropOrCopy];
  return prng.pick(kinds)(prng, model);
}

function step(feature: string, sql: string, after: Model): Step {
  return { sql, after, feature };
}

/** A name of its own for each thing, from what is there already. */
function fresh(prng: Prng, prefix: string): string {
  return `${prefix}${prng.int(100_000)}`;
}

function createTable(prng: Prng, model: Model): Step {
  const name = fresh(prng, "t");
  const columns: ModelColumn[] = [];
  const parts: string[] = [];
  const count = 2 + prng.int(5);
  for (let i = 0; i < count; i++) {
    const column = { name: `c${i}`, kind: prng.pick(KINDS), generated: false };
    columns.push(column);
    parts.push(`${column.name} ${TYPE_OF[column.kind]}${columnOptions(prng, column)}`);
  }
  const first = columns.find(({ kind }) => kind === "int");
  if (first !== undefined && prng.chance(0.25)) {
    columns.push({ name: "g", kind: "int", generated: true });
    parts.push(`g int GENERATED ALWAYS AS (${first.name} * 2) STORED`);
  }
  const keys: string[][] = [];
  const able = columns.filter(({ kind }) => KEY_KINDS.has(kind)).map((column) => column.name);
  for (const word of ["PRIMARY KEY", "UNIQUE", "UNIQUE NULLS NOT DISTINCT"]) {
    if (able.length === 0 || !prng.chance(word === "PRIMARY KEY" ? 0.7 : 0.3)) continue;
    const key = [...new Set([prng.pick(able), ...(prng.chance(0.3) ? [prng.pick(able)] : [])])];
    keys.push(key);
    parts.push(`${word} (${key.join(", ")})`);
  }
  const made: ModelTable = { name, columns, keys, constraints: [] };
  const reference = prng.chance(0.6) ? foreignKey(prng, model, made) : undefined;
  if (reference !== undefined) parts.push(reference);
  const sql = `CREATE TABLE ${name} (${parts.join(", ")})`;
  return step("CREATE TABLE", sql, { ...model, tables: [...model.tables, made] });
}

function columnOptions(prng: Prng, { name, kind }: ModelColumn): string {
  let text = "";
  if (prng.chance(0.15)) text += " NOT NULL";
  if (prng.chance(0.25)) text += ` DEFAULT ${prng.pick(VALUES_OF[kind])}`;
  if (kind === "int" && prng.chance(0.2)) text += ` CHECK (${name} < 5)`;
  return text;
}

/** A reference to a key of a table that is there, or of the table itself. */
function foreignKey(prng: Prng, model: Model, table: ModelTable): string | undefined {
  const parents = [...model.tables, table].filter(({ keys }) => keys.length > 0);
  if (parents.length === 0) return undefined;
  const parent = prng.pick(parents);
  const key = prng.pick(parent.keys);
  const columns = key.map((name) => {
    const kind = parent.columns.find((column) => column.name === name)?.kind;
    const fitting = table.columns.filter((column) => column.kind === kind);
    return fitting.length === 0 ? undefined : prng.pick(fitting).name;
  });
  if (columns.includes(undefined) || new Set(columns).size < columns.length) return undefined;
  const match = prng.chance(0.15) ? " MATCH FULL" : "";
  const onDelete = prng.pick(ACTIONS);
  const onUpdate = prng.pick(ACTIONS);
  return (
    `FOREIGN KEY (${columns.join(", ")}) REFERENCES ${parent.name} (${key.join(", ")})${match}` +
    (onDelete === "" ? "" : ` ON DELETE${onDelete}`) +
    (onUpdate === "" ? "" : ` ON UPDATE${onUpdate}`)
  );
}

function alterColumn(prng: Prng, model: Model): Step {
  const table = prng.pick(model.tables);
  const column = prng.pick(table.columns);
  const { name, kind } = column;
  const head = `ALTER TABLE ${table.name}`;
  const changed = (changes: Partial<ModelColumn>): Model =>
    replaceTable(model, table.name, {
      ...table,
      columns: table.columns.map((one) => (one === column ? { ...one, ...changes } : one)),
    });
  // There are no indexes over arrays.
  const to = prng.pick(KINDS.filter((one) => one !== "ints"));
  const using = prng.chance(0.4) ? ` USING NULL::${TYPE_OF[to]}` : "";
  const renamed = fresh(prng, "r");
  const choices: readonly Step[] = [
    step("ALTER TYPE", `${head} ALTER ${name} TYPE ${TYPE_OF[to]}${using}`, changed({ kind: to })),
    step("ALTER TYPE", `${head} ALTER ${name} TYPE text`, changed({ kind: "text" })),
    step("SET DEFAULT", `${head} ALTER ${name} SET DEFAULT ${prng.pick(VALUES_OF[kind])}`, model),
    step("DROP DEFAULT", `${head} ALTER ${name} DROP DEFAULT`, model),
    step("SET NOT NULL", `${head} ALTER ${name} SET NOT NULL`, model),
    step("DROP NOT NULL", `${head} ALTER ${name} DROP NOT NULL`, model),
    ...(model.views.length > 0
      ? []
      : [
          step(
            "RENAME COLUMN",
            `${head} RENAME ${name} TO ${renamed}`,
            renamedColumn(model, table, name, renamed),
          ),
        ]),
  ];
  return prng.pick(choices);
}

function renamedColumn(model: Model, table: ModelTable, from: string, to: string): Model {
  const rename = (name: string): string => (name === from ? to : name);
  return replaceTable(model, table.name, {
    ...table,
    columns: table.columns.map((column) => ({ ...column, name: rename(column.name) })),
    keys: table.keys.map((key) => key.map(rename)),
  });
}

function alterTable(prng: Prng, model: Model): Step {
  const table = prng.pick(model.tables);
  const head = `ALTER TABLE ${table.name}`;
  const added: ModelColumn = { name: fresh(prng, "a"), kind: prng.pick(KINDS), generated: false };
  const gone = prng.pick(table.columns).name;
  const renamed = fresh(prng, "t");
  const cascade = prng.chance(0.3) ? " CASCADE" : "";
  const without: ModelTable = {
    ...table,
    columns: table.columns.filter((column) => column.name !== gone),
    keys: table.keys.filter((key) => !key.includes(gone)),
  };
  const value = prng.pick(VALUES_OF[added.kind]);
  const options = prng.pick([
    "",
    "",
    ` DEFAULT ${value}`,
    ` NOT NULL DEFAULT ${value}`,
    " NOT NULL",
  ]);
  const grown: ModelTable = { ...table, columns: [...table.columns, added] };
  return prng.pick<Step>([
    step(
      "ADD COLUMN",
      `${head} ADD ${added.name} ${TYPE_OF[added.kind]}${options}`,
      replaceTable(model, table.name, grown),
    ),
    ...(without.columns.length === 0
      ? []
      : [
          step(
            "DROP COLUMN",
            `${head} DROP COLUMN ${gone}${cascade}`,
            replaceTable(model, table.name, without),
          ),
        ]),
    step(
      "RENAME TABLE",
      `${head} RENAME TO ${renamed}`,
      replaceTable(model, table.name, { ...table, name: renamed }),
    ),
    step(
      "TRUNCATE",
      `TRUNCATE ${table.name}${prng.pick(["", " CASCADE", " RESTART IDENTITY", " RESTART IDENTITY CASCADE"])}`,
      model,
    ),
  ]);
}

function constraint(prng: Prng, model: Model): Step {
  const table = prng.pick(model.tables);
  const head = `ALTER TABLE ${table.name}`;
  const named = table.constraints;
  if (named.length > 0 && prng.chance(0.4)) {
    const gone = prng.pick(named);
    const constraints = named.filter((name) => name !== gone);
    const after = replaceTable(model, table.name, { ...table, constraints });
    return step("DROP CONSTRAINT", `${head} DROP CONSTRAINT ${gone}`, after);
  }
  const name = fresh(prng, "k");
  const able = table.columns.filter(({ kind }) => KEY_KINDS.has(kind)).map((column) => column.name);
  const key = able.length === 0 ? undefined : [prng.pick(able)];
  const reference = foreignKey(prng, model, table);
  const ints = table.columns.filter(({ kind }) => kind === "int");
  const bodies: string[] = [`CHECK (${prng.pick(table.columns).name} IS NOT NULL)`];
  if (ints.length > 0) bodies.push(`CHECK (${prng.pick(ints).name} >= 0)`);
  if (reference !== undefined) bodies.push(reference, reference);
  if (key !== undefined)
    bodies.push(`UNIQUE (${key.join(", ")})`, `PRIMARY KEY (${key.join(", ")})`);
  const body = prng.pick(bodies);
  const keys = /^(UNIQUE|PRIMARY)/.test(body) ? [...table.keys, key!] : table.keys;
  const made: ModelTable = { ...table, keys, constraints: [...named, name] };
  return step(
    "ADD CONSTRAINT",
    `${head} ADD CONSTRAINT ${name} ${body}`,
    replaceTable(model, table.name, made),
  );
}

function index(prng: Prng, model: Model): Step {
  if (model.indexes.length > 0 && prng.chance(0.3)) {
    const gone = prng.pick(model.indexes);
    const indexes = model.indexes.filter((name) => name !== gone);
    return step("DROP INDEX", `DROP INDEX ${gone}`, { ...model, indexes });
  }
  const table = prng.pick(model.tables);
  const able = table.columns.filter(({ kind }) => kind !== "ints");
  if (able.length === 0) return alterTable(prng, model);
  const name = fresh(prng, "i");
  const columns = [...new Set([prng.pick(able).name, prng.pick(able).name])];
  const parts = columns.map((column) => column + prng.pick(["", " DESC", " NULLS FIRST"]));
  const unique = prng.chance(0.4) ? "UNIQUE " : "";
  const sql = `CREATE ${unique}INDEX ${name} ON ${table.name} (${parts.join(", ")})`;
  const keys = unique === "" ? table.keys : [...table.keys, columns];
  const after = replaceTable(model, table.name, { ...table, keys });
  return step("CREATE INDEX", sql, { ...after, indexes: [...model.indexes, name] });
}

function view(prng: Prng, model: Model): Step {
  if (model.views.length > 0 && prng.chance(0.4)) {
    const gone = prng.pick(model.views);
    const views = model.views.filter((name) => name !== gone);
    return step("DROP VIEW", `DROP VIEW ${gone}${prng.pick(["", " CASCADE"])}`, {
      ...model,
      views,
    });
  }
  const name = fresh(prng, "v");
  const table = prng.pick(model.tables);
  const column = prng.pick(table.columns).name;
  const query = prng.pick([
    `SELECT * FROM ${table.name}`,
    `SELECT ${column}, count(*) AS n FROM ${table.name} GROUP BY ${column}`,
    `SELECT a.*, b.${column} AS other FROM ${table.name} a LEFT JOIN ${table.name} b USING (${column})`,
  ]);
  return step("CREATE VIEW", `CREATE VIEW ${name} AS ${query}`, {
    ...model,
    views: [...model.views, name],
  });
}

function dropOrCopy(prng: Prng, model: Model): Step {
  const table = prng.pick(model.tables);
  if (prng.chance(0.5)) {
    const sql = `DROP TABLE ${table.name}${prng.pick(["", " CASCADE"])}`;
    return step("DROP TABLE", sql, replaceTable(model, table.name, undefined));
  }
  const name = fresh(prng, "t");
  const columns = table.columns.map((column) => ({ ...column, generated: false }));
  const made: ModelTable = { name, columns, keys: [], constraints: [] };
  const sql = `CREATE TABLE ${name} AS SELECT * FROM ${table.name}`;
  return step("CREATE TABLE AS", sql, { ...model, tables: [...model.tables, made] });
}
