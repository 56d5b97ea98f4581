import { AegisError } from "../contract/errors.js";
import type { FrameBoundNode, FrameNode } from "../parser/ast.js";
import { typeName, type SqlType } from "../types/index.js";
import { coerceFor, tryCoerce } from "./coerce.js";
import type { FrameBound, SortKey, WindowFrame } from "./expr.js";
import { bindExpression } from "./expression.js";
import { originsOf } from "./levels.js";
import type { Scope } from "./scope.js";
import { BIGINT } from "./tree.js";

const WHOLE: WindowFrame = {
  mode: "range",
  start: { kind: "unboundedPreceding" },
  end: { kind: "currentRow" },
  exclude: "none",
};

const ORDER: readonly FrameBound["kind"][] = [
  "unboundedPreceding",
  "preceding",
  "currentRow",
  "following",
  "unboundedFollowing",
];

/** The frame as written, or the standard's: from the partition's start to the row's last peer. */
export function bindFrame(
  node: FrameNode | undefined,
  orderBy: readonly SortKey[],
  scope: Scope,
): WindowFrame {
  if (node === undefined) return WHOLE;
  const { mode, exclude, position } = node;
  checkBounds(node);
  if (mode === "groups" && orderBy.length === 0) {
    throw wrong("GROUPS mode requires an ORDER BY clause", position);
  }
  const start = bindBound(node.start, node, orderBy, scope);
  const end = bindBound(node.end, node, orderBy, scope);
  return { mode, start, end, exclude };
}

function wrong(message: string, position: number): AegisError {
  return new AegisError("WINDOWING_ERROR", message, { position });
}

function checkBounds({ start, end, position }: FrameNode): void {
  if (start.kind === "unboundedFollowing") {
    throw wrong("frame start cannot be UNBOUNDED FOLLOWING", position);
  }
  if (end.kind === "unboundedPreceding") {
    throw wrong("frame end cannot be UNBOUNDED PRECEDING", position);
  }
  if (start.kind === "currentRow" && end.kind === "preceding") {
    throw wrong("frame starting from current row cannot have preceding rows", position);
  }
  if (start.kind === "following" && ORDER.indexOf(end.kind) < ORDER.indexOf("following")) {
    const what = end.kind === "currentRow" ? "end with current row" : "have preceding rows";
    throw wrong(`frame starting from following row cannot ${what}`, position);
  }
}

function bindBound(
  bound: FrameBoundNode,
  { mode, position }: FrameNode,
  orderBy: readonly SortKey[],
  scope: Scope,
): FrameBound {
  if (bound.kind !== "preceding" && bound.kind !== "following") return { kind: bound.kind };
  const { statement } = scope;
  const expr = bindExpression(bound.offset, scope);
  const at = bound.offset.position;
  if (originsOf([expr], scope).some((origin) => origin.scope === scope)) {
    const message = `argument of ${mode.toUpperCase()} must not contain variables`;
    throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position: at });
  }
  if (mode !== "range") {
    const what = mode.toUpperCase();
    return { kind: bound.kind, offset: coerceFor(statement, expr, BIGINT, what, at) };
  }
  const [key] = orderBy;
  if (key === undefined || orderBy.length > 1) {
    const message = "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column";
    throw wrong(message, position);
  }
  const type = offsetType(key.expr.type, expr.type);
  const offset = type && tryCoerce(statement, expr, type, "implicit", at);
  if (offset !== undefined) return { kind: bound.kind, offset };
  const types = `column type ${typeName(key.expr.type)} and offset type ${typeName(expr.type)}`;
  const message = `RANGE with offset PRECEDING/FOLLOWING is not supported for ${types}`;
  throw new AegisError("UNSUPPORTED", message, {
    position: at,
    hint: "Cast the offset value to an appropriate type.",
  });
}

/** What may be added to a value of the sort column; undefined where nothing may. */
function offsetType(key: SqlType, offset: SqlType): SqlType | undefined {
  switch (key.name) {
    case "smallint":
    case "integer":
    case "bigint":
      return offset.name === "unknown" ? { name: key.name } : BIGINT;
    case "real":
    case "double precision":
      return { name: "double precision" };
    case "numeric":
      return { name: "numeric" };
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
    case "interval":
      return { name: "interval" };
    default:
      return undefined;
  }
}
