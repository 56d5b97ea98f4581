import { AegisError } from "../contract/index.js";
import type { ExpressionNode, Statement } from "./ast.js";
import { parseExpression as parseExpressionFrom } from "./parse-expression.js";
import { parseAnyStatement } from "./parse-statement.js";
import { TokenReader } from "./reader.js";
import { Meta } from "./tokens.js";

export interface ParsedStatement {
  readonly kind: "statement";
  readonly statement: Statement;
  /** Without the semicolon. */
  readonly text: string;
  /** 0-based range of the text in the script; positions in nodes count from the script's start. */
  readonly start: number;
  readonly end: number;
  readonly parameters: {
    readonly count: number;
    /** Names of `:name` parameters in the order of their numbers; empty for `$1` and `?`. */
    readonly names: readonly string[];
  };
  /** What the text says that changes nothing here, and why. */
  readonly notes: readonly string[];
}

/** What scripts hold and a database in a process has no use for; to be told to whoever loads it. */
interface SkippedText {
  readonly kind: "skipped";
  readonly reason: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type ScriptItem = ParsedStatement | SkippedText;

const ONE_DATABASE = "a database is opened by its path";
const NO_EXTENSIONS = "everything there is is built in";
const NO_STORAGE = "storage is the database's own affair";
const NO_GRANTS = "whoever opened the database may do everything";

/** Beginnings of statements that dumps have and a database in a process has no use for. */
const ELSEWHERE: readonly { readonly words: readonly string[]; readonly reason: string }[] = [
  { words: ["create", "database"], reason: ONE_DATABASE },
  { words: ["drop", "database"], reason: ONE_DATABASE },
  { words: ["create", "extension"], reason: NO_EXTENSIONS },
  { words: ["comment", "on", "extension"], reason: NO_EXTENSIONS },
  { words: ["drop", "extension"], reason: NO_EXTENSIONS },
  { words: ["alter", "extension"], reason: NO_EXTENSIONS },
  { words: ["create", "language"], reason: NO_EXTENSIONS },
  { words: ["create", "or", "replace", "language"], reason: NO_EXTENSIONS },
  { words: ["create", "procedural", "language"], reason: NO_EXTENSIONS },
  { words: ["create", "or", "replace", "procedural", "language"], reason: NO_EXTENSIONS },
  { words: ["alter", "database"], reason: ONE_DATABASE },
  ...["create", "alter", "drop"].flatMap((verb) => [
    ...["tablespace", "statistics"].map((kind) => ({ words: [verb, kind], reason: NO_STORAGE })),
    ...["role", "group", "user"].map((kind) => ({ words: [verb, kind], reason: NO_GRANTS })),
  ]),
  { words: ["security", "label"], reason: NO_GRANTS },
  { words: ["grant"], reason: NO_GRANTS },
  { words: ["revoke"], reason: NO_GRANTS },
  { words: ["alter", "default", "privileges"], reason: NO_GRANTS },
];

function skip(reader: TokenReader): SkippedText | undefined {
  const { kind, start } = reader.peek();
  let reason: string;
  if (kind === Meta) {
    reader.next();
    reason = "a command of the psql shell";
  } else {
    const found = ELSEWHERE.find(({ words }) => reader.at(...words));
    if (found === undefined) return undefined;
    while (!reader.atEnd && !reader.atSymbol(";")) reader.next();
    reason = found.reason;
  }
  const text = reader.textFrom(start);
  return { kind: "skipped", reason, text, start, end: start + text.length };
}

function parseItem(reader: TokenReader): ParsedStatement {
  const { start } = reader.peek();
  const statement = parseAnyStatement(reader);
  if (!reader.atEnd && !reader.atSymbol(";")) throw reader.error();
  const text = reader.textFrom(start);
  const parameters = { count: reader.parameterCount, names: reader.parameterNames };
  const { notes } = reader;
  return { kind: "statement", statement, text, start, end: start + text.length, parameters, notes };
}

/**
 * All statements of a text, separated by semicolons. psql's own commands and CREATE or DROP
 * DATABASE come back as skipped, so that dumps load.
 */
export function parseScript(text: string): ScriptItem[] {
  const reader = new TokenReader(text);
  const items: ScriptItem[] = [];
  while (!reader.atEnd) {
    if (reader.acceptSymbol(";")) continue;
    reader.startStatement();
    items.push(skip(reader) ?? parseItem(reader));
  }
  return items;
}

/** The one statement of a text. */
export function parseStatement(text: string): Statement {
  const reader = new TokenReader(text);
  while (reader.acceptSymbol(";"));
  reader.startStatement();
  const { statement } = parseItem(reader);
  while (reader.acceptSymbol(";"));
  if (!reader.atEnd) {
    throw new AegisError("MULTIPLE_STATEMENTS", "only one statement is allowed here", {
      position: reader.position,
      hint: "Run several statements as a script.",
    });
  }
  return statement;
}

/** A single expression, such as a stored DEFAULT or CHECK. */
export function parseExpression(text: string): ExpressionNode {
  const reader = new TokenReader(text);
  reader.startStatement();
  const expression = parseExpressionFrom(reader);
  if (!reader.atEnd) throw reader.error();
  return expression;
}
