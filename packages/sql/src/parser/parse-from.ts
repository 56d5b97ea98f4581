import type {
  CallNode,
  ColumnOfFunction,
  DerivedTable,
  FromNode,
  FunctionTable,
  JoinNode,
} from "./ast.js";
import { FUNCTION_NAMES, VALUE_FUNCTIONS } from "./keywords.js";
import { MAX_OPERATOR_CHAIN } from "./limits.js";
import { parseCall } from "./parse-call.js";
import { parseExpression, plainCall } from "./parse-expression.js";
import { atQuery } from "./parse-primary.js";
import { atQueryTail, parseQuery, parseQueryTail, queryOf } from "./parse-query.js";
import { parseObjectName } from "./parse-select.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";
import { AegisError } from "../contract/index.js";
import { Word } from "./tokens.js";

/** An item of FROM with all its joins. */
export function parseFrom(reader: TokenReader): FromNode {
  return reader.nested(() => {
    let left = parseTable(reader);
    for (let length = 0; ; length += 1) {
      const { position } = reader;
      if (length > MAX_OPERATOR_CHAIN) {
        throw new AegisError("NESTING_TOO_DEEP", "too many joins in a row", { position });
      }
      const joined = parseJoin(reader, left, position);
      if (joined === undefined) return left;
      left = joined;
    }
  });
}

function parseJoin(reader: TokenReader, left: FromNode, position: number): JoinNode | undefined {
  const base = { kind: "join", left, columns: [], position } as const;
  if (reader.accept("cross")) {
    reader.expect("join");
    return { ...base, type: "cross", natural: false, right: parseTable(reader) };
  }
  const natural = reader.accept("natural");
  const type = joinType(reader);
  if (type === undefined) {
    if (natural) throw reader.error(["join"]);
    return undefined;
  }
  const right = natural ? parseTable(reader) : parseJoinOperand(reader);
  if (natural) return { ...base, type, natural, right };
  if (reader.accept("on")) return { ...base, type, natural, right, on: parseExpression(reader) };
  reader.expect("using");
  return { ...base, type, natural, right, using: reader.names() };
}

/** `a JOIN b JOIN c ON … ON …`: the inner join takes the first condition. */
function parseJoinOperand(reader: TokenReader): FromNode {
  return reader.nested(() => {
    let right = parseTable(reader);
    while (!reader.at("on") && !reader.at("using")) {
      const joined = parseJoin(reader, right, reader.position);
      if (joined === undefined) return right;
      right = joined;
    }
    return right;
  });
}

function joinType(reader: TokenReader): JoinNode["type"] | undefined {
  for (const type of ["left", "right", "full"] as const) {
    if (reader.accept(type)) {
      reader.accept("outer");
      reader.expect("join");
      return type;
    }
  }
  const inner = reader.accept("inner");
  if (reader.accept("join")) return "inner";
  if (inner) throw reader.error(["join"]);
  return undefined;
}

interface Alias {
  readonly alias?: string;
  readonly columns: readonly string[];
}

function parseAlias(reader: TokenReader): Alias {
  const as = reader.accept("as");
  if (!as && !reader.atName()) return { columns: [] };
  const alias = reader.name();
  return { alias, columns: reader.atSymbol("(") ? reader.names() : [] };
}

function parseTable(reader: TokenReader): FromNode {
  const { position } = reader;
  const lateral = reader.accept("lateral");
  if (reader.atSymbol("(")) return parseParenthesized(reader, lateral, position);
  if (reader.at("rows", "from")) {
    reader.expect("rows", "from");
    const calls = reader.parenthesized(() => reader.list(() => parseTableCall(reader)));
    return parseFunctionTable(reader, calls, lateral, position);
  }
  if (atCall(reader) || lateral) {
    return parseFunctionTable(reader, [parseTableCall(reader)], lateral, position);
  }
  const only = reader.accept("only");
  const parentheses = only && reader.acceptSymbol("(");
  const name = parseObjectName(reader);
  if (parentheses) reader.expectSymbol(")");
  reader.acceptSymbol("*");
  return { kind: "table", ...name, only, ...parseAlias(reader) };
}

/** Whether a name, maybe with a schema, comes before an opening parenthesis. */
function atCall(reader: TokenReader): boolean {
  const { kind, text } = reader.peek();
  if (kind === Word && VALUE_FUNCTIONS.has(text)) return true;
  if (!reader.atName() && !(kind === Word && FUNCTION_NAMES.has(text))) return false;
  let ahead = 1;
  while (reader.atSymbol(".", ahead)) ahead += 2;
  return reader.atSymbol("(", ahead);
}

function parseTableCall(reader: TokenReader): CallNode {
  const { position } = reader;
  const { kind, text } = reader.peek();
  if (kind === Word && VALUE_FUNCTIONS.has(text) && !reader.atSymbol("(", 1)) {
    reader.next();
    return plainCall(text, [], position);
  }
  const callable = kind === Word && (FUNCTION_NAMES.has(text) || VALUE_FUNCTIONS.has(text));
  const path = callable ? [reader.next().text] : reader.path();
  return parseCall(reader, path, position);
}

function parseFunctionTable(
  reader: TokenReader,
  calls: readonly CallNode[],
  lateral: boolean,
  position: number,
): FunctionTable {
  const ordinality = reader.accept("with", "ordinality");
  const base = { kind: "function", calls, lateral, ordinality, position } as const;
  if (reader.at("as") && reader.atSymbol("(", 1)) {
    reader.next();
    return { ...base, columns: [], definitions: parseColumnDefinitions(reader) };
  }
  const as = reader.accept("as");
  if (!as && !reader.atName()) return { ...base, columns: [], definitions: [] };
  const alias = reader.name();
  if (!reader.atSymbol("(")) return { ...base, alias, columns: [], definitions: [] };
  const typed = !reader.atSymbol(",", 2) && !reader.atSymbol(")", 2);
  return typed
    ? { ...base, alias, columns: [], definitions: parseColumnDefinitions(reader) }
    : { ...base, alias, columns: reader.names(), definitions: [] };
}

function parseColumnDefinitions(reader: TokenReader): ColumnOfFunction[] {
  return reader.parenthesized(() =>
    reader.list(() => {
      const { position } = reader;
      return { name: reader.name(), type: parseType(reader), position };
    }),
  );
}

/** A subquery, or joins in parentheses; `((SELECT …) UNION …)` shows late which it is. */
function parseParenthesized(reader: TokenReader, lateral: boolean, position: number): FromNode {
  const inner = reader.parenthesized((): FromNode => {
    if (atQuery(reader)) return derived(reader, position);
    const from = parseFrom(reader);
    if (from.kind !== "derived" || from.alias !== undefined || !atQueryTail(reader)) return from;
    const query = parseQueryTail(reader, queryOf(from.query, position));
    return { ...from, query };
  });
  if (inner.kind === "derived" && inner.alias === undefined) {
    return { ...inner, lateral, ...parseAlias(reader) };
  }
  if (lateral) throw reader.error();
  if (inner.kind !== "join") return inner;
  const { alias, columns } = parseAlias(reader);
  return alias === undefined ? inner : { ...inner, alias, columns };
}

function derived(reader: TokenReader, position: number): DerivedTable {
  const query = parseQuery(reader);
  return { kind: "derived", query, lateral: false, columns: [], position };
}
