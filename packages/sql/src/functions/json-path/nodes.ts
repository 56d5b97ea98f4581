import type { TextRegex } from "../pattern/regex.js";
import type { JsonNode } from "../../types/jsonb.js";

/** A path of SQL/JSON: steps that each give a sequence of items, and conditions over them. */
export type PathNode =
  | { readonly kind: "root" | "current" | "last" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "literal"; readonly value: JsonNode }
  | { readonly kind: "member"; readonly of: PathNode; readonly key: string }
  /** `.*`. */
  | { readonly kind: "members"; readonly of: PathNode }
  /** `[*]`. */
  | { readonly kind: "elements"; readonly of: PathNode }
  /** `.**{from to to}`: the item itself is at level 0. */
  | {
      readonly kind: "descendants";
      readonly of: PathNode;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: "subscript"; readonly of: PathNode; readonly ranges: readonly PathRange[] }
  | { readonly kind: "filter"; readonly of: PathNode; readonly condition: Condition }
  | { readonly kind: "method"; readonly of: PathNode; readonly name: PathMethod }
  | { readonly kind: "sign"; readonly negative: boolean; readonly of: PathNode }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: PathNode;
      readonly right: PathNode;
    }
  /** A condition where a value stands gives true, false or null. */
  | { readonly kind: "condition"; readonly condition: Condition };

export interface PathRange {
  readonly from: PathNode;
  /** Undefined: one index. */
  readonly to: PathNode | undefined;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

export const PATH_METHODS = [
  "abs",
  "ceiling",
  "double",
  "floor",
  "keyvalue",
  "size",
  "type",
] as const;
export type PathMethod = (typeof PATH_METHODS)[number];

export type Condition =
  | {
      readonly kind: "compare";
      readonly operator: ComparisonOperator;
      readonly left: PathNode;
      readonly right: PathNode;
    }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not" | "isUnknown"; readonly of: Condition }
  | { readonly kind: "exists"; readonly of: PathNode }
  | { readonly kind: "startsWith"; readonly left: PathNode; readonly right: PathNode }
  | { readonly kind: "likeRegex"; readonly of: PathNode; readonly regex: TextRegex };

export interface JsonPath {
  /** Strict paths fail where the value has another shape; lax ones adapt. */
  readonly strict: boolean;
  readonly body: PathNode;
}
