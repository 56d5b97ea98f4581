import type { TableInfo } from "../../contract/source.js";
import { columnExpr } from "../../planner/expressions.js";
import { eachDeep } from "../../planner/rewrite.js";
import type { ExpressionNode, FromNode, ObjectName } from "../../parser/ast.js";
import type { LogicalPlan } from "../../planner/plan.js";
import { coerceBoolean } from "../coerce.js";
import type { ColumnDef, Expr } from "../expr.js";
import { bindExpression } from "../expression.js";
import { bindFromNode, mergeRelations } from "../from.js";
import { requireTable } from "../from-table.js";
import { filterOf, joinOf, projectOf, scanOf } from "../plans.js";
import { addRelation, type Environment, type Relation, Scope } from "../scope.js";
import { assertWritable } from "./writable.js";

/** The rows that an UPDATE or DELETE works on, as they are being bound. */
export class FoundRows {
  readonly table: TableInfo;
  readonly scope: Scope;
  readonly locator: ColumnDef;
  /** What FROM or USING adds. */
  readonly others: readonly Relation[];
  plan: LogicalPlan;
  readonly #columns: readonly ColumnDef[];
  readonly #name: string;
  readonly #schema: string | undefined;

  constructor(
    target: { readonly table: ObjectName; readonly alias?: string },
    from: readonly FromNode[],
    environment: Environment,
  ) {
    const { statement } = environment;
    this.table = requireTable(statement, target.table);
    assertWritable(this.table, target.table.position);
    this.scope = new Scope(environment);
    this.locator = statement.column("", { name: "void" });
    const scan = scanOf(statement, this.table, {
      locator: this.locator.id,
      alias: target.alias,
    });
    this.#columns = scan.output;
    this.plan = { ...scan, output: [...scan.output, this.locator] };
    this.#name = target.alias ?? this.table.name;
    this.#schema = target.alias === undefined ? this.table.schema : undefined;
    const own = this.#relation(this.scope, scan.output);
    let others: readonly Relation[] = [];
    for (const node of from) {
      this.scope.hidden = [own];
      const item = bindFromNode(node, this.scope, others);
      this.plan = joinOf("cross", this.plan, item.plan, undefined, item.lateralUsed);
      others = mergeRelations(others, item.relations, node.position);
    }
    this.others = others;
    this.scope.hidden = [];
    this.scope.relations = mergeRelations([own], others, target.table.position);
  }

  where(node: ExpressionNode | undefined): void {
    if (node === undefined) return;
    const { scope } = this;
    const predicate = scope.within("where", () =>
      coerceBoolean(scope.statement, bindExpression(node, scope), "WHERE", node.position),
    );
    this.plan = filterOf(this.plan, predicate);
  }

  /** `(a, b) = (SELECT …)`: the query's row beside each row found. */
  join(query: LogicalPlan): void {
    this.plan = joinOf("single", this.plan, query, undefined, true);
  }

  /** Names for RETURNING: the table's are those of `row`. */
  returningScope(environment: Environment, row: readonly ColumnDef[]): Scope {
    const scope = new Scope(environment);
    scope.relations = [this.#relation(scope, row), ...this.others];
    return scope;
  }

  /** The table's column at a position. */
  column(position: number): ColumnDef {
    return this.#columns[position]!;
  }

  /** Cut down to the locator, the values given, and the columns of others that RETURNING reads. */
  project(
    values: readonly Expr[],
    output: readonly ColumnDef[],
    returning: readonly Expr[] | undefined,
  ): LogicalPlan {
    const read = new Set<number>();
    for (const expr of returning ?? []) {
      eachDeep(expr, (part) => {
        if (part.kind === "column") read.add(part.id);
      });
    }
    const passed = this.plan.output.filter(({ id }) => id !== this.locator.id && read.has(id));
    return projectOf(
      this.plan,
      [columnExpr(this.locator), ...values, ...passed.map(columnExpr)],
      [this.locator, ...output, ...passed],
    );
  }

  #relation(scope: Scope, columns: readonly ColumnDef[]): Relation {
    const { table } = this;
    return addRelation(scope, columns, { name: this.#name, schema: this.#schema, table });
  }
}
