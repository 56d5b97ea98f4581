import type { FrameBoundNode, FrameNode, SortItem, WindowNode } from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import type { TokenReader } from "./reader.js";

const FRAME_MODES: ReadonlySet<string> = new Set(["rows", "range", "groups"]);

/** `ORDER BY a DESC NULLS LAST, …`. */
export function parseSortItems(reader: TokenReader): SortItem[] {
  reader.expect("order", "by");
  return reader.list(() => {
    const { position } = reader;
    return { ...parseSortOrder(reader, parseExpression(reader)), position };
  });
}

/** What may follow a sort key, in ORDER BY and in an index. */
export function parseSortOrder(
  reader: TokenReader,
  expression: SortItem["expression"],
): Omit<SortItem, "position"> {
  let descending = false;
  if (reader.accept("desc")) descending = true;
  else if (reader.accept("using")) {
    if (reader.acceptSymbol(">")) descending = true;
    else reader.expectSymbol("<");
  } else reader.accept("asc");
  if (!reader.accept("nulls")) return { expression, descending };
  return { expression, descending, nullsFirst: reader.expectOneOf("first", "last") === "first" };
}

/** What follows OVER: a name, or a definition in parentheses. */
export function parseWindowReference(reader: TokenReader): WindowNode {
  const { position } = reader;
  if (reader.atSymbol("(")) return parseWindow(reader);
  return { base: reader.name(), partitionBy: [], orderBy: [], position };
}

export function parseWindow(reader: TokenReader): WindowNode {
  const { position } = reader;
  return reader.parenthesized(() => {
    const starts =
      reader.at("partition", "by") || reader.at("order", "by") || reader.atAny(FRAME_MODES);
    const base = !starts && reader.atName() ? reader.name() : undefined;
    const partitionBy = reader.accept("partition", "by")
      ? reader.list(() => parseExpression(reader))
      : [];
    const orderBy = reader.at("order") ? parseSortItems(reader) : [];
    const frame = reader.atAny(FRAME_MODES) ? parseFrame(reader) : undefined;
    return {
      ...(base !== undefined && { base }),
      partitionBy,
      orderBy,
      ...(frame !== undefined && { frame }),
      position,
    };
  });
}

function parseFrame(reader: TokenReader): FrameNode {
  const { position } = reader;
  const mode = reader.next().text as FrameNode["mode"];
  const between = reader.accept("between");
  const start = parseBound(reader);
  let end: FrameBoundNode = { kind: "currentRow" };
  if (between) {
    reader.expect("and");
    end = parseBound(reader);
  }
  return { mode, start, end, exclude: parseExclusion(reader), position };
}

function parseBound(reader: TokenReader): FrameBoundNode {
  if (reader.accept("current", "row")) return { kind: "currentRow" };
  if (reader.at("unbounded", "preceding") || reader.at("unbounded", "following")) {
    reader.next();
    const kind = reader.next().text === "preceding" ? "unboundedPreceding" : "unboundedFollowing";
    return { kind };
  }
  const offset = parseExpression(reader);
  const kind = reader.expectOneOf("preceding", "following") as "preceding" | "following";
  return { kind, offset };
}

function parseExclusion(reader: TokenReader): FrameNode["exclude"] {
  if (!reader.accept("exclude")) return "none";
  if (reader.accept("current", "row")) return "currentRow";
  if (reader.accept("no", "others")) return "none";
  return reader.expectOneOf("group", "ties") as "group" | "ties";
}
