import { AegisError } from "../../contract/errors.js";
import { Decimal } from "../../types/decimal.js";
import type { JsonNode } from "../../types/jsonb.js";
import { compareText } from "../../types/text-order.js";
import { itemsOf, type PathScope, unwrapped } from "./evaluate.js";
import type { ComparisonOperator, Condition, PathNode } from "./nodes.js";

/** True, false, or null where it cannot be told: an error inside of a condition is no error. */
export function holds(condition: Condition, scope: PathScope): boolean | null {
  switch (condition.kind) {
    case "and": {
      const left = holds(condition.left, scope);
      if (left === false) return false;
      const right = holds(condition.right, scope);
      return right === false ? false : left === null || right === null ? null : true;
    }
    case "or": {
      const left = holds(condition.left, scope);
      if (left === true) return true;
      const right = holds(condition.right, scope);
      return right === true ? true : left === null || right === null ? null : false;
    }
    case "not": {
      const inner = holds(condition.of, scope);
      return inner === null ? null : !inner;
    }
    case "isUnknown":
      return holds(condition.of, scope) === null;
    case "exists":
      return existsIn(condition.of, scope);
    case "compare":
      return anyPair(condition.left, condition.right, scope, (a, b) =>
        compare(condition.operator, a, b),
      );
    case "startsWith":
      return anyPair(condition.left, condition.right, scope, (a, b) =>
        typeof a === "string" && typeof b === "string" ? a.startsWith(b) : null,
      );
    default:
      return anyPair(condition.of, ONE, scope, (item) =>
        typeof item === "string" ? condition.regex.test(item) : null,
      );
  }
}

/** Stands for the operand that a test of one operand does not have. */
const ONE: PathNode = { kind: "literal", value: true };

/** A lax path is content with the first item; a strict one must be without an error to its end. */
function existsIn(node: PathNode, scope: PathScope): boolean | null {
  return orUnknown(() => {
    const items = itemsOf(node, scope);
    if (scope.strict) return [...items].length > 0;
    for (const _item of items) return true;
    return false;
  });
}

function orUnknown<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof AegisError && error.code !== "TYPE_NOT_FOUND") return null;
    throw error;
  }
}

function operandItems(node: PathNode, scope: PathScope): readonly JsonNode[] | null {
  return orUnknown(() => {
    const items = itemsOf(node, scope);
    return [...(scope.strict ? items : unwrapped(items))];
  });
}

/** Whether one pair satisfies the test. In strict paths one that cannot be told spoils the rest. */
function anyPair(
  left: PathNode,
  right: PathNode,
  scope: PathScope,
  test: (a: JsonNode, b: JsonNode) => boolean | null,
): boolean | null {
  const firsts = operandItems(left, scope);
  const seconds = operandItems(right, scope);
  if (firsts === null || seconds === null) return null;
  let found = false;
  let unknown = false;
  for (const a of firsts) {
    for (const b of seconds) {
      const result = test(a, b);
      if (result === null) {
        if (scope.strict) return null;
        unknown = true;
      } else if (result) {
        if (!scope.strict) return true;
        found = true;
      }
    }
  }
  return found ? true : unknown ? null : false;
}

function compare(operator: ComparisonOperator, a: JsonNode, b: JsonNode): boolean | null {
  const order = scalarOrder(a, b);
  if (order === null) return null;
  if (order === "different") return operator === "!=";
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return null;
  }
}

/** Null differs from everything else; other values of two types cannot be compared. */
function scalarOrder(a: JsonNode, b: JsonNode): number | "different" | null {
  if (a === null || b === null) return a === b ? 0 : "different";
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return a instanceof Decimal && b instanceof Decimal ? a.compare(b) : null;
}
