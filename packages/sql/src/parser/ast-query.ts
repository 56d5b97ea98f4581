import type {
  CallNode,
  ExpressionNode,
  Positioned,
  SortItem,
  TypeName,
  WindowNode,
} from "./ast-expression.js";
import type { DeleteStatement, InsertStatement, UpdateStatement } from "./ast-statement.js";

export interface ObjectName extends Positioned {
  /** The object last, before it the schema. */
  readonly path: readonly string[];
}

export interface CommonTable extends Positioned {
  readonly name: string;
  readonly columns: readonly string[];
  readonly materialized?: boolean;
  readonly body: QueryNode | InsertStatement | UpdateStatement | DeleteStatement;
}

export interface WithClause extends Positioned {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
}

export interface LockingClause extends Positioned {
  readonly strength: "update" | "no key update" | "share" | "key share";
  readonly of: readonly ObjectName[];
  readonly wait: "wait" | "nowait" | "skip locked";
}

/** A body with what may surround it. */
export interface QueryNode extends Positioned {
  readonly kind: "query";
  readonly with?: WithClause;
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[];
  /** Undefined also for LIMIT ALL. */
  readonly limit?: ExpressionNode;
  readonly withTies: boolean;
  readonly offset?: ExpressionNode;
  readonly locking: readonly LockingClause[];
}

export interface SetOperationNode extends Positioned {
  readonly kind: "setOperation";
  readonly operator: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export interface ValuesNode extends Positioned {
  readonly kind: "values";
  readonly rows: readonly (readonly ExpressionNode[])[];
}

export interface SelectItem extends Positioned {
  readonly expression: ExpressionNode;
  readonly alias?: string;
}

export type GroupingNode =
  | { readonly kind: "expressions"; readonly items: readonly ExpressionNode[] }
  | {
      readonly kind: "rollup" | "cube";
      readonly items: readonly (readonly ExpressionNode[])[];
      readonly position: number;
    }
  | { readonly kind: "sets"; readonly items: readonly GroupingNode[]; readonly position: number };

export interface NamedWindow extends Positioned {
  readonly name: string;
  readonly window: WindowNode;
}

export interface SelectNode extends Positioned {
  readonly kind: "select";
  readonly distinct: boolean;
  /** `DISTINCT ON (…)`. */
  readonly distinctOn: readonly ExpressionNode[];
  readonly items: readonly SelectItem[];
  readonly from: readonly FromNode[];
  readonly where?: ExpressionNode;
  readonly groupBy: readonly GroupingNode[];
  readonly groupByDistinct: boolean;
  readonly having?: ExpressionNode;
  readonly windows: readonly NamedWindow[];
}

/** A `query` inside a body stands in parentheses, with an order or limit of its own. */
export type QueryBody = SelectNode | ValuesNode | SetOperationNode | QueryNode;

export interface TableRef extends ObjectName {
  readonly kind: "table";
  readonly only: boolean;
  readonly alias?: string;
  readonly columns: readonly string[];
}

export interface DerivedTable extends Positioned {
  readonly kind: "derived";
  readonly query: QueryNode;
  readonly lateral: boolean;
  readonly alias?: string;
  readonly columns: readonly string[];
}

export interface ColumnOfFunction extends Positioned {
  readonly name: string;
  readonly type: TypeName;
}

export interface FunctionTable extends Positioned {
  readonly kind: "function";
  /** Several for `ROWS FROM (…)`. */
  readonly calls: readonly CallNode[];
  readonly lateral: boolean;
  readonly ordinality: boolean;
  readonly alias?: string;
  readonly columns: readonly string[];
  /** `AS t(a int, b text)`. */
  readonly definitions: readonly ColumnOfFunction[];
}

export interface JoinNode extends Positioned {
  readonly kind: "join";
  readonly type: "inner" | "left" | "right" | "full" | "cross";
  readonly natural: boolean;
  readonly left: FromNode;
  readonly right: FromNode;
  readonly on?: ExpressionNode;
  readonly using?: readonly string[];
  /** `(a JOIN b …) AS x` hides the names inside. */
  readonly alias?: string;
  readonly columns: readonly string[];
}

export type FromNode = TableRef | DerivedTable | FunctionTable | JoinNode;
