import { AegisError } from "../contract/index.js";
import type { TokenReader } from "./reader.js";

/** Clauses about where and how PostgreSQL keeps things. They are read, noted and left. */

const STORAGE = "storage is the database's own affair";

/** Takes the tokens up to the parenthesis that closes the next one. */
export function skipParenthesized(reader: TokenReader): void {
  reader.expectSymbol("(");
  for (let depth = 1; depth > 0;) {
    if (reader.atEnd) throw reader.error();
    if (reader.atSymbol("(")) depth += 1;
    if (reader.atSymbol(")")) depth -= 1;
    reader.next();
  }
}

/** Notes what was taken since `start`, a token's place in the text. */
export function noteSkipped(reader: TokenReader, start: number, reason: string = STORAGE): void {
  reader.note(`skipped: ${reader.textFrom(start)} (${reason})`);
}

/** `WITH (fillfactor = 70)`, `TABLESPACE fast`, `USING heap`, in any order and number. */
export function skipStorage(reader: TokenReader): void {
  for (;;) {
    const { start } = reader.peek();
    if (reader.at("with") && reader.atSymbol("(", 1)) {
      reader.next();
      skipParenthesized(reader);
    } else if (reader.accept("using", "index", "tablespace") || reader.accept("tablespace")) {
      reader.name();
    } else return;
    noteSkipped(reader, start);
  }
}

/** What may stand behind the columns of CREATE TABLE, or before AS. */
export function skipTableStorage(reader: TokenReader): void {
  for (;;) {
    skipStorage(reader);
    const { start } = reader.peek();
    const { position } = reader;
    if (reader.accept("using")) {
      reader.name();
      noteSkipped(reader, start);
    } else if (reader.accept("on", "commit")) {
      if (reader.accept("preserve", "rows")) continue;
      throw new AegisError("UNSUPPORTED", "ON COMMIT is not supported", {
        position,
        hint: "Drop or empty the table where the transaction ends.",
      });
    } else if (reader.at("inherits") || reader.at("partition") || reader.at("of")) {
      throw new AegisError("UNSUPPORTED", "inheritance and partitions are not supported", {
        position,
        hint: "Make one table of them, with a column that says which part a row is of.",
      });
    } else if (!reader.accept("without", "oids")) return;
  }
}

/** `STORAGE x` and `COMPRESSION x` of a column. */
export function skipColumnStorage(reader: TokenReader): boolean {
  const { start } = reader.peek();
  if (!reader.accept("storage") && !reader.accept("compression")) return false;
  reader.label();
  noteSkipped(reader, start);
  return true;
}

const NO_TRIGGERS = "there are no triggers; foreign keys stay checked";
const NO_RULES = "there are no rules";
const NO_ROW_SECURITY = "there is no row security";
const NO_REPLICATION = "there is no replication";

/** An action of ALTER TABLE and its kin that changes nothing here; false where it is none. */
export function skipAlteration(reader: TokenReader): boolean {
  const { start } = reader.peek();
  const reason = alterationReason(reader);
  if (reason !== undefined) noteSkipped(reader, start, reason);
  return reason !== undefined;
}

function alterationReason(reader: TokenReader): string | undefined {
  if (reader.accept("set", "without")) {
    reader.expectOneOf("cluster", "oids");
    return STORAGE;
  }
  if (reader.accept("set", "tablespace") || reader.accept("set", "access", "method")) {
    reader.name();
    return STORAGE;
  }
  if (reader.accept("set", "logged") || reader.accept("set", "unlogged")) return STORAGE;
  if ((reader.at("set") || reader.at("reset")) && reader.atSymbol("(", 1)) {
    reader.next();
    skipParenthesized(reader);
    return STORAGE;
  }
  if (reader.accept("cluster", "on")) {
    reader.name();
    return STORAGE;
  }
  if (reader.accept("replica", "identity")) {
    if (reader.accept("using", "index")) reader.name();
    else reader.label();
    return NO_REPLICATION;
  }
  if (reader.accept("no", "force", "row", "level", "security")) return NO_ROW_SECURITY;
  return switchReason(reader);
}

/** `ENABLE` and `DISABLE` of triggers, rules and row security. */
function switchReason(reader: TokenReader): string | undefined {
  const { position, mark } = reader;
  const on = reader.at("enable") || reader.at("force");
  if (!reader.accept("enable") && !reader.accept("disable") && !reader.accept("force")) {
    return undefined;
  }
  if (reader.accept("row", "level", "security")) {
    if (!on) return NO_ROW_SECURITY;
    throw new AegisError("UNSUPPORTED", "row security is not supported", {
      position,
      hint: "Whoever opens the database sees every row: read through a view that leaves some out.",
    });
  }
  if (!reader.accept("replica")) reader.accept("always");
  const what = reader.at("trigger") ? NO_TRIGGERS : reader.at("rule") ? NO_RULES : undefined;
  if (what === undefined) {
    reader.reset(mark);
    return undefined;
  }
  reader.next();
  reader.label();
  return what;
}

/** The same of `ALTER COLUMN c …`. */
export function skipColumnAlteration(reader: TokenReader): boolean {
  const { start } = reader.peek();
  if (reader.accept("set", "statistics")) {
    reader.acceptSymbol("-");
    reader.next();
  } else if (reader.accept("set", "storage") || reader.accept("set", "compression")) {
    reader.label();
  } else if ((reader.at("set") || reader.at("reset")) && reader.atSymbol("(", 1)) {
    reader.next();
    skipParenthesized(reader);
  } else return false;
  noteSkipped(reader, start);
  return true;
}
