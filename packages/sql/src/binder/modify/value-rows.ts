import { AegisError } from "../../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../../contract/source.js";
import type { ExpressionNode, InsertStatement, ValuesNode } from "../../parser/ast.js";
import { findCast } from "../../types/casts.js";
import type { SqlType } from "../../types/sql-type.js";
import { located } from "../coerce.js";
import type { Expr } from "../expr.js";
import { bindExpression } from "../expression.js";
import type { Scope } from "../scope.js";
import { assertInsertable } from "./columns.js";
import type { ColumnDefaults } from "./defaults.js";
import { assign } from "./stored-expressions.js";

/** What the rows of VALUES are for. */
export interface ValueTarget {
  readonly table: TableInfo;
  /** Positions of the columns that the values go to, in their order. */
  readonly columns: readonly number[];
  readonly defaults: ColumnDefaults;
  readonly overriding: InsertStatement["overriding"];
}

/**
 * VALUES of an INSERT as rows of the table. Each value is cast to its column's type by itself, and
 * literals become values of that type at once: a load of many rows makes one node a value.
 */
export function bindValueRows(
  node: ValuesNode,
  target: ValueTarget,
  scope: Scope,
): readonly (readonly Expr[])[] {
  const { table, columns, defaults } = target;
  const width = node.rows[0]!.length;
  const given = columns.slice(0, width);
  const rest = table.columns.map((_, i) => i).filter((i) => !given.includes(i));
  const writers = given.map((column) => new CellBinder(column, target, scope));
  return node.rows.map((items) => {
    if (items.length !== width) {
      throw new AegisError("PARSE_ERROR", "VALUES lists must all be the same length", {
        position: items[0]?.position ?? node.position,
      });
    }
    const row = new Array<Expr>(table.columns.length);
    for (let i = 0; i < width; i++) row[given[i]!] = writers[i]!.bind(items[i]!);
    for (const column of rest) row[column] = defaults.of(column);
    return row;
  });
}

const SHORT_INTEGER = /^-?\d{1,15}$/;
/** What numeric and JavaScript read alike. */
const SHORT_FRACTION = /^-?\d{1,15}(\.\d{1,30})?$/;

/** Binds the values that go to one column. */
class CellBinder {
  readonly #column: number;
  readonly #info: ColumnInfo;
  readonly #target: ValueTarget;
  readonly #scope: Scope;
  readonly #null: Expr;
  /** Limit of the integers that the column takes; 0 where it takes none as they are. */
  readonly #integerLimit: number;
  readonly #isPlainText: boolean;

  constructor(column: number, target: ValueTarget, scope: Scope) {
    this.#column = column;
    this.#info = target.table.columns[column]!;
    this.#target = target;
    this.#scope = scope;
    const { type } = this.#info;
    this.#null = { kind: "const", value: null, type };
    this.#integerLimit = integerLimit(type);
    this.#isPlainText =
      type.name === "text" || (type.name === "varchar" && type.length === undefined);
  }

  bind(node: ExpressionNode): Expr {
    const { defaults, overriding } = this.#target;
    if (node.kind === "default") return defaults.of(this.#column);
    const info = this.#info;
    // OVERRIDING USER VALUE takes the sequence's value instead of the one that is written.
    if (overriding === "user" && info.identity !== undefined) return defaults.of(this.#column);
    assertInsertable(info, overriding, node.position);
    return this.#literal(node) ?? this.#general(node);
  }

  #literal(node: ExpressionNode): Expr | undefined {
    const { type } = this.#info;
    if (node.kind === "null") return this.#null;
    if (node.kind === "string") {
      return this.#isPlainText ? { kind: "const", value: node.value, type } : undefined;
    }
    if (node.kind !== "number") return undefined;
    if (type.name === "double precision" && SHORT_FRACTION.test(node.text)) {
      return { kind: "const", value: Number(node.text) + 0, type };
    }
    if (this.#integerLimit === 0 || !SHORT_INTEGER.test(node.text)) return undefined;
    const value = Number(node.text);
    const fits = value < this.#integerLimit && value >= -this.#integerLimit;
    // The sum makes a zero of a negative zero.
    return fits ? { kind: "const", value: value + 0, type } : undefined;
  }

  #general(node: ExpressionNode): Expr {
    const { statement } = this.#scope;
    const expr = bindExpression(node, this.#scope);
    return fold(assign(statement, expr, this.#info, "expression", node.position));
  }
}

function integerLimit({ name }: SqlType): number {
  switch (name) {
    case "smallint":
      return 2 ** 15;
    case "integer":
      return 2 ** 31;
    case "bigint":
      return 2 ** 53;
    default:
      return 0;
  }
}

const NO_SESSION = { now: 0, timeZone: "UTC" } as const;

const NUMBERS: ReadonlySet<SqlType["name"]> = new Set([
  "smallint",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
]);

/** Casts a constant number now rather than at each run. */
function fold(expr: Expr): Expr {
  if (expr.kind !== "cast" || expr.arg.kind !== "const") return expr;
  const { arg, type, explicit, position } = expr;
  if (!NUMBERS.has(arg.type.name) || !NUMBERS.has(type.name)) return expr;
  const cast = findCast(arg.type, type);
  if (cast === undefined) return expr;
  const value = located(position, () => cast.apply(arg.value, type, NO_SESSION, explicit));
  return { kind: "const", value, type };
}
