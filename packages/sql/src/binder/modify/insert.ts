import { AegisError } from "../../contract/errors.js";
import type { TableInfo } from "../../contract/source.js";
import { columnExpr } from "../../planner/expressions.js";
import type { InsertStatement, QueryNode, ValuesNode } from "../../parser/ast.js";
import type { InsertPlan, LogicalPlan } from "../../planner/plan.js";
import { typeName } from "../../types/names.js";
import type { Expr } from "../expr.js";
import { requireTable } from "../from-table.js";
import { coerceOutput } from "../output-types.js";
import { projectOf } from "../plans.js";
import { bindQuery } from "../query.js";
import { addRelation, type Environment, Scope } from "../scope.js";
import type { Statement } from "../statement.js";
import { assertInsertable, writtenColumn } from "./columns.js";
import { bindConflict } from "./conflict.js";
import { ColumnDefaults } from "./defaults.js";
import { bindReturning } from "./returning.js";
import { bindReferences, bindRules } from "./rules.js";
import { rowColumns } from "./stored-expressions.js";
import { assertWritable } from "./writable.js";
import { bindValueRows, type ValueTarget } from "./value-rows.js";

export function bindInsert(
  node: InsertStatement,
  environment: Environment,
  counted: boolean,
): InsertPlan {
  const { statement } = environment;
  const table = requireTable(statement, node.table);
  assertWritable(table, node.table.position);
  const defaults = new ColumnDefaults(statement, table);
  const target: ValueTarget = {
    table,
    columns: targetColumns(node, table),
    defaults,
    overriding: node.overriding,
  };
  const input = bindInput(node, target, environment);
  const rules = bindRules(statement, table);
  const { alias } = node;
  const onConflict =
    node.onConflict && bindConflict(node.onConflict, { table, alias, defaults }, environment);
  const scope = new Scope(environment);
  const schema = alias === undefined ? table.schema : undefined;
  scope.relations = [addRelation(scope, rules.row, { name: alias ?? table.name, schema, table })];
  const change = {
    inserts: true,
    updates: onConflict?.set.map(({ column }) => column),
    deletes: false,
  };
  return {
    kind: "insert",
    table,
    input,
    rules,
    references: bindReferences(statement, rules, change),
    onConflict,
    counted,
    ...bindReturning(node.returning, scope),
  };
}

/** Without a list values go to the first columns. */
function targetColumns({ columns }: InsertStatement, table: TableInfo): readonly number[] {
  if (columns === undefined) return table.columns.map((_, i) => i);
  const found: number[] = [];
  for (const { name, position } of columns) {
    const at = writtenColumn(table, name, position);
    if (found.includes(at)) {
      const message = `column "${name}" specified more than once`;
      throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
    }
    found.push(at);
  }
  return found;
}

function bindInput(
  node: InsertStatement,
  target: ValueTarget,
  environment: Environment,
): LogicalPlan {
  const { source } = node;
  const { statement } = environment;
  const { table, defaults } = target;
  if (source === undefined) {
    const row = table.columns.map((_, column) => defaults.of(column));
    return { kind: "values", rows: [row], output: rowColumns(statement, table) };
  }
  const values = plainValues(source);
  if (values === undefined) return bindSelected(node, source, target, environment);
  const width = values.rows[0]!.length;
  const extra = values.rows[0]![target.columns.length]?.position ?? values.position;
  assertCount(node, width, target, extra);
  const scope = new Scope(environment);
  const rows = scope.within("values", () => bindValueRows(values, target, scope));
  return { kind: "values", rows, output: rowColumns(statement, table) };
}

/** VALUES and nothing around it, whose DEFAULT is a column's. */
function plainValues(source: QueryNode): ValuesNode | undefined {
  const { body, orderBy, limit, offset } = source;
  if (body.kind !== "values" || source.with !== undefined) return undefined;
  return orderBy.length === 0 && limit === undefined && offset === undefined ? body : undefined;
}

function assertCount(
  node: InsertStatement,
  width: number,
  { columns }: ValueTarget,
  position: number,
): void {
  if (width > columns.length) {
    throw new AegisError("PARSE_ERROR", "INSERT has more expressions than target columns", {
      position,
    });
  }
  if (node.columns === undefined || width === columns.length) return;
  throw new AegisError("PARSE_ERROR", "INSERT has more target columns than expressions", {
    position: node.columns[width]!.position,
  });
}

function bindSelected(
  node: InsertStatement,
  source: QueryNode,
  target: ValueTarget,
  environment: Environment,
): LogicalPlan {
  const { statement } = environment;
  const { table, columns, defaults, overriding } = target;
  const writing = source.with?.tables.find(({ body }) => body.kind !== "query");
  if (writing !== undefined) {
    const message = "WITH clause containing a data-modifying statement must be at the top level";
    throw new AegisError("UNSUPPORTED", message, {
      hint: "Put WITH in front of INSERT.",
      position: writing.position,
    });
  }
  const { plan } = bindQuery(source, environment, { keepUnknown: true });
  const width = plan.output.length;
  assertCount(node, width, target, source.position);
  const given = columns.slice(0, width);
  const usesDefault = (column: number): boolean =>
    overriding === "user" && table.columns[column]!.identity !== undefined;
  for (const column of given) {
    if (usesDefault(column)) continue;
    assertInsertable(table.columns[column]!, overriding, source.position);
  }
  const cast = castOutput(statement, plan, table, given, source.position);
  const exprs = table.columns.map((_, column): Expr => {
    const at = given.indexOf(column);
    return at < 0 || usesDefault(column) ? defaults.of(column) : columnExpr(cast.output[at]!);
  });
  return projectOf(cast, exprs, rowColumns(statement, table));
}

function castOutput(
  statement: Statement,
  plan: LogicalPlan,
  table: TableInfo,
  columns: readonly number[],
  position: number,
): LogicalPlan {
  const types = columns.map((column) => table.columns[column]!.type);
  const cast = coerceOutput(statement, plan, types, "assignment", position);
  if (!("misfit" in cast)) return cast;
  const column = table.columns[columns[cast.misfit]!]!;
  const from = typeName(plan.output[cast.misfit]!.type);
  const message = `column "${column.name}" is of type ${typeName(column.type)} but expression is of type ${from}`;
  throw new AegisError("TYPE_MISMATCH", message, {
    hint: "You will need to rewrite or cast the expression.",
    column: column.name,
    position,
  });
}
