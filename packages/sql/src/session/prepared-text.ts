import { AegisError } from "../contract/index.js";
import type { Source } from "../contract/source.js";
import { parseScript, type ParsedStatement, type Statement } from "../parser/index.js";
import { sameBase, type SqlType } from "../types/index.js";
import { commandTag } from "./command-tag.js";
import type { CompiledStatement } from "./compile.js";
import { type Notice, notice } from "./notices.js";
import type { ParameterList } from "./parameters.js";

/** Plans kept for one text: for parameters of several types, in transactions that define tables. */
const MAX_PLANS = 4;

type StatementText = Pick<ParsedStatement, "text" | "statement" | "parameters"> &
  Partial<Pick<ParsedStatement, "notes">>;

/** A text that was parsed, and the plans that were made of it. Shared by all sessions. */
export class PreparedText {
  readonly text: string;
  readonly statement: Statement;
  readonly parameters: ParameterList;
  /** "SELECT", "INSERT", "CREATE TABLE". */
  readonly command: string;
  /** Whether running it needs a place to write to. */
  readonly writes: boolean;
  /** Whether it only reads: neither data nor anything of its session is changed. */
  readonly reads: boolean;
  /** Whether it says FOR UPDATE or FOR SHARE of what it reads. */
  readonly locks: boolean;
  /** What the text says that changes nothing here, for whoever runs it. */
  readonly notices: readonly Notice[];
  #plans: CompiledStatement[] = [];

  constructor({ text, statement, parameters, notes = [] }: StatementText) {
    this.text = text;
    this.statement = statement;
    this.parameters = parameters;
    this.command = commandTag(statement);
    this.writes = writesData(statement);
    this.reads = onlyReads(statement);
    this.locks = findsLock(statement);
    this.notices = notes.map(notice);
  }

  /** The plan that was made under these circumstances. */
  plan(
    source: Source,
    key: string,
    hints: () => readonly SqlType[],
  ): CompiledStatement | undefined {
    const { catalogVersion } = source;
    for (const plan of this.#plans) {
      if (plan.catalogVersion !== catalogVersion || plan.key !== key) continue;
      if (!plan.sizes.hold(source)) continue;
      if (plan.hints === undefined || sameTypes(plan.hints, hints())) return plan;
    }
    return undefined;
  }

  keep(plan: CompiledStatement): void {
    this.#plans = [plan, ...this.#plans].slice(0, MAX_PLANS);
  }
}

function sameTypes(a: readonly SqlType[], b: readonly SqlType[]): boolean {
  return a.every((type, i) => {
    const other = b[i];
    return other !== undefined && sameBase(type, other);
  });
}

/** Parses the one statement of a text. */
export function prepareText(text: string): PreparedText {
  if (typeof text !== "string") {
    throw new AegisError("INVALID_ARGUMENT", `a statement is a text, not ${typeof text}`);
  }
  const items = parseScript(text);
  const [item] = items;
  if (item === undefined) {
    throw new AegisError("PARSE_ERROR", "there is no statement in the text");
  }
  if (items.length > 1) {
    throw new AegisError("MULTIPLE_STATEMENTS", "only one statement is allowed here", {
      position: (items[1]?.start ?? 0) + 1,
      hint: "Run several statements with exec.",
    });
  }
  if (item.kind === "skipped") {
    throw new AegisError("UNSUPPORTED", `this cannot run here: ${item.reason}`, {
      position: item.start + 1,
    });
  }
  return new PreparedText(item);
}

const WRITING_FUNCTIONS: ReadonlySet<string> = new Set(["nextval", "setval"]);

function writesData(statement: Statement): boolean {
  switch (statement.kind) {
    case "insert":
    case "update":
    case "delete":
      return true;
    case "query":
      return findsWrite(statement);
    default:
      return false;
  }
}

function onlyReads(statement: Statement): boolean {
  switch (statement.kind) {
    case "query":
      return !findsWrite(statement);
    case "show":
      return true;
    case "explain":
      return !findsWrite(statement.statement) || !("analyze" in statement.options);
    default:
      return false;
  }
}

/** Whether a query has an INSERT, UPDATE or DELETE in a WITH, or moves a sequence. */
function findsWrite(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (Array.isArray(node)) return node.some(findsWrite);
  const { kind, path } = node as { kind?: unknown; path?: unknown };
  if (kind === "insert" || kind === "update" || kind === "delete") return true;
  if (kind === "call" && Array.isArray(path) && WRITING_FUNCTIONS.has(String(path.at(-1)))) {
    return true;
  }
  return Object.values(node).some(findsWrite);
}

function findsLock(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { locking } = node as { locking?: unknown };
  if (Array.isArray(locking) && locking.length > 0) return true;
  return Object.values(node).some(findsLock);
}

/** The highest number of a parameter in a statement that is part of another. */
export function parameterCountOf(node: unknown): number {
  if (typeof node !== "object" || node === null) return 0;
  const { kind, index } = node as { kind?: unknown; index?: unknown };
  if (kind === "parameter" && typeof index === "number") return index;
  return Math.max(0, ...Object.values(node).map(parameterCountOf));
}
