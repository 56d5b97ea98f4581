import type { QueryNode } from "./ast-query.js";

/** What every node that can be wrong later carries: a 1-based offset into the text. */
export interface Positioned {
  readonly position: number;
}

/** A type as it was written; aliases such as `int4` are left to whoever resolves it. */
export interface TypeName extends Positioned {
  /** The last part is the type; several words are one name (`double precision`). */
  readonly path: readonly string[];
  /** `numeric(10, 2)` has 10 and 2. */
  readonly modifiers: readonly number[];
  /** `int[][]` has 2. */
  readonly dimensions: number;
  /** `interval day to second` has "day to second". */
  readonly intervalFields?: string;
}

export interface NumberLiteral extends Positioned {
  readonly kind: "number";
  /** Digits without separators. */
  readonly text: string;
}

interface StringLiteral extends Positioned {
  readonly kind: "string";
  readonly value: string;
}

export interface BitLiteral extends Positioned {
  readonly kind: "bits";
  readonly base: "binary" | "hex";
  readonly digits: string;
}

interface BooleanLiteral extends Positioned {
  readonly kind: "boolean";
  readonly value: boolean;
}

interface NullLiteral extends Positioned {
  readonly kind: "null";
}

/** `DEFAULT` where INSERT and UPDATE allow it. */
interface DefaultMarker extends Positioned {
  readonly kind: "default";
}

export interface ParameterNode extends Positioned {
  readonly kind: "parameter";
  /** 1-based; `?` and `:name` are numbered in the order of their first appearance. */
  readonly index: number;
}

export interface ColumnNode extends Positioned {
  readonly kind: "column";
  /** Column last, before it table and schema. */
  readonly path: readonly string[];
}

/** `*` and `t.*`; only a select list, RETURNING, a row and `count(*)` may hold it. */
export interface StarNode extends Positioned {
  readonly kind: "star";
  readonly qualifier: readonly string[];
}

interface UnaryNode extends Positioned {
  readonly kind: "unary";
  readonly operator: string;
  readonly argument: ExpressionNode;
}

interface BinaryNode extends Positioned {
  readonly kind: "binary";
  readonly operator: string;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
}

interface LogicalNode extends Positioned {
  readonly kind: "and" | "or";
  readonly items: readonly ExpressionNode[];
}

interface NotNode extends Positioned {
  readonly kind: "not";
  readonly argument: ExpressionNode;
}

interface IsNode extends Positioned {
  readonly kind: "is";
  readonly argument: ExpressionNode;
  readonly what: "null" | "true" | "false" | "unknown";
  readonly negated: boolean;
}

interface DistinctNode extends Positioned {
  readonly kind: "isDistinct";
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
  readonly negated: boolean;
}

interface BetweenNode extends Positioned {
  readonly kind: "between";
  readonly argument: ExpressionNode;
  readonly low: ExpressionNode;
  readonly high: ExpressionNode;
  readonly symmetric: boolean;
  readonly negated: boolean;
}

interface InListNode extends Positioned {
  readonly kind: "inList";
  readonly argument: ExpressionNode;
  readonly items: readonly ExpressionNode[];
  readonly negated: boolean;
}

interface InQueryNode extends Positioned {
  readonly kind: "inQuery";
  readonly argument: ExpressionNode;
  readonly query: QueryNode;
  readonly negated: boolean;
}

interface LikeNode extends Positioned {
  readonly kind: "like";
  readonly style: "like" | "ilike" | "similar";
  readonly argument: ExpressionNode;
  readonly pattern: ExpressionNode;
  readonly escape?: ExpressionNode;
  readonly negated: boolean;
}

/** `left operator ANY|ALL (right)`. */
export interface QuantifiedNode extends Positioned {
  readonly kind: "quantified";
  readonly operator: string;
  readonly quantifier: "any" | "all";
  readonly left: ExpressionNode;
  /** A query, or an expression that gives an array. */
  readonly right: ExpressionNode | QueryNode;
}

/** A scalar subquery, `EXISTS (…)` or `ARRAY(…)`. */
export interface SubqueryNode extends Positioned {
  readonly kind: "subquery" | "exists" | "arrayQuery";
  readonly query: QueryNode;
}

export interface ListNode extends Positioned {
  /** `ARRAY[…]`, or `(a, b)` and `ROW(…)`. */
  readonly kind: "array" | "row";
  readonly items: readonly ExpressionNode[];
}

export interface CaseBranch {
  readonly when: ExpressionNode;
  readonly then: ExpressionNode;
}

export interface CaseNode extends Positioned {
  readonly kind: "case";
  readonly operand?: ExpressionNode;
  readonly branches: readonly CaseBranch[];
  readonly otherwise?: ExpressionNode;
}

/** `CAST(x AS t)`, `x::t` and typed literals such as `DATE '2024-01-01'`. */
export interface CastNode extends Positioned {
  readonly kind: "cast";
  readonly argument: ExpressionNode;
  readonly type: TypeName;
}

interface CollateNode extends Positioned {
  readonly kind: "collate";
  readonly argument: ExpressionNode;
  readonly collation: readonly string[];
}

/** `a[i]`, or `a[low:high]` where `slice` is true and either bound may be missing. */
export interface SubscriptNode extends Positioned {
  readonly kind: "subscript";
  readonly argument: ExpressionNode;
  /** Whether `argument` is a subscript without parentheses around it: the two belong together. */
  readonly continues: boolean;
  readonly slice: boolean;
  readonly low?: ExpressionNode;
  readonly high?: ExpressionNode;
}

/** `(x).field`; the field "*" expands all of them. */
export interface FieldNode extends Positioned {
  readonly kind: "field";
  readonly argument: ExpressionNode;
  readonly field: string;
}

export interface SortItem extends Positioned {
  readonly expression: ExpressionNode;
  readonly descending: boolean;
  /** Undefined where the text does not say. */
  readonly nullsFirst?: boolean;
}

export type FrameBoundNode =
  | { readonly kind: "unboundedPreceding" | "currentRow" | "unboundedFollowing" }
  | { readonly kind: "preceding" | "following"; readonly offset: ExpressionNode };

export interface FrameNode extends Positioned {
  readonly mode: "rows" | "range" | "groups";
  readonly start: FrameBoundNode;
  readonly end: FrameBoundNode;
  readonly exclude: "none" | "currentRow" | "group" | "ties";
}

export interface WindowNode extends Positioned {
  /** The window this one refines, or all of it for `OVER name`. */
  readonly base?: string;
  readonly partitionBy: readonly ExpressionNode[];
  readonly orderBy: readonly SortItem[];
  readonly frame?: FrameNode;
}

/** Also `EXTRACT`, `TRIM`, `SUBSTRING`, `AT TIME ZONE`, `CURRENT_DATE` and the like. */
export interface CallNode extends Positioned {
  readonly kind: "call";
  readonly path: readonly string[];
  readonly arguments: readonly ExpressionNode[];
  /** Beside `arguments`: the name of `name => value`, else undefined. */
  readonly argumentNames?: readonly (string | undefined)[];
  /** `count(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly variadic: boolean;
  readonly orderBy: readonly SortItem[];
  readonly withinGroup: boolean;
  readonly filter?: ExpressionNode;
  readonly over?: WindowNode;
}

export type ExpressionNode =
  | NumberLiteral
  | StringLiteral
  | BitLiteral
  | BooleanLiteral
  | NullLiteral
  | DefaultMarker
  | ParameterNode
  | ColumnNode
  | StarNode
  | UnaryNode
  | BinaryNode
  | LogicalNode
  | NotNode
  | IsNode
  | DistinctNode
  | BetweenNode
  | InListNode
  | InQueryNode
  | LikeNode
  | QuantifiedNode
  | SubqueryNode
  | ListNode
  | CaseNode
  | CastNode
  | CollateNode
  | SubscriptNode
  | FieldNode
  | CallNode;
