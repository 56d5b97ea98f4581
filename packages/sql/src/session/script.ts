import { AegisError } from "../contract/index.js";
import type { ParsedStatement, ScriptItem } from "../parser/index.js";
import { type CopyBlock, copyRows, splitCopies } from "./copy-text.js";
import { type Notice, notice, warning } from "./notices.js";
import type { GivenParameters } from "./parameters.js";
import type { RunOptions } from "./run-options.js";
import { PreparedText } from "./prepared-text.js";
import type { StatementResult } from "./results.js";
import type { SqlSession } from "./session.js";

/** One statement of a script has run. */
export interface ScriptStep {
  /** Statements and skipped lines so far, and of the whole script. */
  readonly done: number;
  readonly total: number;
  readonly result: StatementResult;
}

/** What a script did. */
export interface ScriptSummary {
  readonly statements: number;
  /** Rows that were inserted, updated or deleted. */
  readonly rowCount: number;
  /** How often each command ran, by its name: `{ "CREATE TABLE": 11, INSERT: 15607 }`. */
  readonly commands: Readonly<Record<string, number>>;
  readonly notices: readonly Notice[];
}

/** Characters of a skipped line that its notice quotes. */
const QUOTED_CHARACTERS = 60;

const NO_PARAMETERS: GivenParameters = [];

/**
 * Runs the statements of a text one after the other, each a transaction of its own unless the text
 * says BEGIN. The text is parsed as a whole first, so that a mistake in it changes nothing. What is
 * of the psql shell is skipped with a notice. The first error ends the script.
 */
export function* runScript(
  session: SqlSession,
  text: string,
  options: RunOptions = {},
): Generator<ScriptStep, ScriptSummary> {
  if (typeof text !== "string") {
    throw new AegisError("INVALID_ARGUMENT", `a script is a text, not ${typeof text}`);
  }
  const items = scriptItems(session, text);
  const before = session.status;
  const commands: Record<string, number> = {};
  const notices: Notice[] = [];
  let statements = 0;
  let rowCount = 0;
  for (const [i, item] of items.entries()) {
    if (item.kind === "skipped") {
      const quoted = item.text.slice(0, QUOTED_CHARACTERS);
      notices.push(notice(`skipped: ${quoted} (${item.reason})`));
      continue;
    }
    if (item.kind === "statement") requireNoParameters(item);
    const result =
      item.kind === "copy"
        ? session.copy(item.target, copyRows(text, item), item.start + 1)
        : session.run(new PreparedText(item), NO_PARAMETERS, options);
    statements++;
    commands[result.command] = (commands[result.command] ?? 0) + 1;
    if (item.kind === "copy" || item.statement.kind !== "query") rowCount += result.rowCount;
    notices.push(...result.notices);
    yield { done: i + 1, total: items.length, result };
  }
  if (before === "idle" && session.status !== "idle") {
    notices.push(warning("the script ends inside a transaction", "25001"));
  }
  return { statements, rowCount, commands, notices };
}

/** The parameters of a PREPARE are those of its statement, which EXECUTE gives. */
function requireNoParameters({ statement, parameters, start }: ParsedStatement): void {
  if (parameters.count === 0 || statement.kind === "prepare" || statement.kind === "explain")
    return;
  throw new AegisError("PARAMETER_COUNT", "the statements of a script take no parameters", {
    position: start + 1,
    hint: "Run the statement alone, with db.query or db.prepare.",
  });
}

/** Statements and blocks of COPY data in their order. */
function scriptItems(session: SqlSession, script: string): (ScriptItem | CopyBlock)[] {
  const { text, blocks } = splitCopies(script);
  const items = session.parse(text);
  if (blocks.length === 0) return items;
  return [...items, ...blocks].sort((a, b) => a.start - b.start);
}
