import { AegisError } from "../contract/index.js";
import type { MaintenanceStatement } from "./ast.js";
import { parseObjectName } from "./parse-select.js";
import { skipParenthesized } from "./parse-storage.js";
import type { TokenReader } from "./reader.js";

/** Statements about kinds of things that there are not: what to do instead is all there is to say. */

interface Absent {
  readonly words: readonly string[];
  /** What is not supported, in the plural. */
  readonly what: string;
  readonly hint: string;
}

const FUNCTIONS = {
  what: "functions and procedures of your own",
  hint: "Write it in JavaScript, in the function given to db.transaction.",
};
const TRIGGERS = {
  what: "triggers",
  hint: "Write what a trigger would in the same transaction; generated columns and foreign keys do some of it.",
};
const FOREIGN = { what: "foreign data", hint: "Copy the rows into a table." };
const SEARCH = { what: "text search", hint: "Search with LIKE, ILIKE or regular expressions." };
const BUILT_IN = { what: "definitions of this kind", hint: "Use what is built in." };

/** Kinds of objects that CREATE, ALTER and DROP are refused for; the longer of two comes first. */
const KINDS: readonly Absent[] = [
  { words: ["function"], ...FUNCTIONS },
  { words: ["procedure"], ...FUNCTIONS },
  { words: ["routine"], ...FUNCTIONS },
  { words: ["aggregate"], ...FUNCTIONS },
  { words: ["trigger"], ...TRIGGERS },
  { words: ["constraint", "trigger"], ...TRIGGERS },
  { words: ["event", "trigger"], ...TRIGGERS },
  { words: ["rule"], what: "rules", hint: TRIGGERS.hint },
  {
    words: ["type"],
    what: "types of your own",
    hint: "Use text with a CHECK for an enumeration, jsonb or columns for a record.",
  },
  { words: ["domain"], what: "domains", hint: "Use the type itself, with a CHECK at the column." },
  {
    words: ["policy"],
    what: "policies",
    hint: "Whoever opens the database sees every row: read through a view that leaves some out.",
  },
  { words: ["publication"], what: "publications", hint: "Read the changes with a query." },
  { words: ["subscription"], what: "subscriptions", hint: "Write the changes in a transaction." },
  { words: ["foreign", "data", "wrapper"], ...FOREIGN },
  { words: ["foreign", "table"], ...FOREIGN },
  { words: ["server"], ...FOREIGN },
  { words: ["text", "search"], ...SEARCH },
  { words: ["operator"], ...BUILT_IN },
  { words: ["cast"], ...BUILT_IN },
  { words: ["collation"], ...BUILT_IN },
  { words: ["conversion"], ...BUILT_IN },
  { words: ["transform"], ...BUILT_IN },
  { words: ["access", "method"], ...BUILT_IN },
];

const CURSORS = { what: "cursors", hint: "Read row by row with db.prepare(…).iterate()." };
const CHANNELS = { what: "channels", hint: "Tell others in the program itself." };

/** Whole statements that are refused. */
const STATEMENTS: readonly Absent[] = [
  { words: ["do"], ...FUNCTIONS, what: "DO blocks" },
  { words: ["call"], ...FUNCTIONS },
  {
    words: ["merge"],
    what: "MERGE statements",
    hint: "Use INSERT … ON CONFLICT, or UPDATE … FROM and INSERT … SELECT in one transaction.",
  },
  { words: ["declare"], ...CURSORS },
  { words: ["fetch"], ...CURSORS },
  { words: ["move"], ...CURSORS },
  { words: ["close"], ...CURSORS },
  { words: ["listen"], ...CHANNELS },
  { words: ["notify"], ...CHANNELS },
  { words: ["unlisten"], ...CHANNELS },
  {
    words: ["lock"],
    what: "locks",
    hint: "Leave LOCK out: transactions are serializable, and no one waits.",
  },
  { words: ["import", "foreign"], ...FOREIGN },
  { words: ["load"], ...BUILT_IN },
];

/** Refuses a statement of a kind that there is not; nothing happens at any other. */
export function refuseAbsentStatement(reader: TokenReader): void {
  const found = STATEMENTS.find(({ words }) => reader.at(...words));
  if (found !== undefined) throw refused(found, reader.position);
}

/** The same of what stands behind CREATE or ALTER. */
export function refuseAbsentKind(reader: TokenReader, position: number): void {
  const found = kindAt(reader);
  if (found !== undefined) throw refused(found, position);
}

function kindAt(reader: TokenReader): Absent | undefined {
  return KINDS.find(({ words }) => reader.at(...words));
}

function refused({ what, hint }: Absent, position: number): AegisError {
  return new AegisError("UNSUPPORTED", `${what} are not supported`, { position, hint });
}

/**
 * After DROP: a thing of a kind that there is not does not exist. Undefined where the kind is one
 * that there is.
 */
export function parseAbsentDrop(
  reader: TokenReader,
  position: number,
): MaintenanceStatement | undefined {
  const kind = kindAt(reader);
  if (kind === undefined) return undefined;
  for (const word of kind.words) reader.expect(word);
  const name = kind.words.join(" ");
  const ifExists = reader.accept("if", "exists");
  do {
    const message = `${name} ${absentName(reader)} does not exist`;
    if (!ifExists) throw new AegisError("TYPE_NOT_FOUND", message, { position });
    reader.note(`${message}, skipping`);
  } while (reader.acceptSymbol(","));
  if (!reader.accept("cascade")) reader.accept("restrict");
  return { kind: "maintenance", command: `drop ${name}`, position };
}

/** `name`, `name(int, text)`, `name ON table`, `(a AS b)`, as messages have them. */
function absentName(reader: TokenReader): string {
  const { start } = reader.peek();
  const path = reader.atSymbol("(") ? [] : parseObjectName(reader).path;
  const quoted = `"${path.join(".")}"`;
  if (reader.atSymbol("(")) {
    skipParenthesized(reader);
    return reader.textFrom(start);
  }
  if (reader.accept("on"))
    return `${quoted} for relation "${parseObjectName(reader).path.join(".")}"`;
  if (reader.accept("using") || reader.accept("for")) parseObjectName(reader);
  return quoted;
}
