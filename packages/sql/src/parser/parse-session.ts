import type {
  ExplainStatement,
  MaintenanceStatement,
  PreparedStatement,
  SettingStatement,
  Statement,
  TransactionModes,
  TransactionStatement,
} from "./ast.js";
import { parseExpression } from "./parse-expression.js";
import { parseString } from "./parse-primary.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";
import { Numeral, Quoted, Text, Word } from "./tokens.js";

type StatementParser = (reader: TokenReader) => Statement;

function parseModes(reader: TokenReader): TransactionModes {
  let modes: TransactionModes = {};
  for (;;) {
    if (reader.accept("isolation", "level")) modes = { ...modes, isolation: isolation(reader) };
    else if (reader.accept("read", "only")) modes = { ...modes, readOnly: true };
    else if (reader.accept("read", "write")) modes = { ...modes, readOnly: false };
    else if (reader.accept("deferrable")) modes = { ...modes, deferrable: true };
    else if (reader.accept("not", "deferrable")) modes = { ...modes, deferrable: false };
    else return modes;
    reader.acceptSymbol(",");
  }
}

function isolation(reader: TokenReader): NonNullable<TransactionModes["isolation"]> {
  if (reader.accept("serializable")) return "serializable";
  if (reader.accept("repeatable", "read")) return "repeatable read";
  reader.expect("read");
  return reader.expectOneOf("committed", "uncommitted") === "committed"
    ? "read committed"
    : "read uncommitted";
}

export function parseTransaction(reader: TokenReader): TransactionStatement {
  const { position } = reader;
  const word = reader.next().text;
  if (word === "savepoint") return { kind: "savepoint", name: reader.name(), position };
  if (word === "release") {
    reader.accept("savepoint");
    return { kind: "release", name: reader.name(), position };
  }
  if (word === "start") reader.expect("transaction");
  else if (!reader.accept("work")) reader.accept("transaction");
  if (word === "begin" || word === "start") {
    return { kind: "begin", modes: parseModes(reader), position };
  }
  if (word === "rollback" && reader.accept("to")) {
    reader.accept("savepoint");
    return { kind: "rollbackTo", name: reader.name(), position };
  }
  const kind = word === "commit" || word === "end" ? "commit" : "rollback";
  const no = reader.accept("and", "no", "chain");
  return { kind, chain: !no && reader.accept("and", "chain"), position };
}

/** The name of a setting, where some are several words. */
function settingName(reader: TokenReader): string {
  if (reader.accept("time", "zone")) return "timezone";
  if (reader.accept("transaction", "isolation", "level")) return "transaction_isolation";
  if (reader.accept("session", "authorization")) return "session_authorization";
  const parts = [reader.label()];
  while (reader.acceptSymbol(".")) parts.push(reader.label());
  return parts.join(".");
}

export function parseSet(reader: TokenReader): SettingStatement | TransactionStatement {
  const { position } = reader;
  reader.expect("set");
  if (reader.accept("session", "characteristics", "as", "transaction")) {
    return { kind: "setTransaction", session: true, modes: parseModes(reader), position };
  }
  const local = reader.accept("local");
  if (!local) reader.accept("session");
  if (reader.at("transaction") && !reader.atSymbol("=", 1) && !reader.at("transaction", "to")) {
    reader.next();
    return { kind: "setTransaction", session: false, modes: parseModes(reader), position };
  }
  const zone = reader.at("time", "zone");
  const name = settingName(reader);
  if (!zone && name !== "names" && !reader.acceptSymbol("=")) reader.expect("to");
  if (reader.accept("default")) return { kind: "set", name, local, position };
  const values = reader.list(() => settingValue(reader));
  return { kind: "set", name, local, values, position };
}

function settingValue(reader: TokenReader): string {
  const sign = reader.acceptSymbol("-") ? "-" : "";
  if (sign === "") reader.acceptSymbol("+");
  const { kind, text } = reader.peek();
  if (kind === Numeral) return sign + reader.next().text;
  if (sign !== "") throw reader.error();
  if (kind === Word && text === "interval") reader.next();
  if (reader.peek().kind === Text) return parseString(reader);
  if (kind !== Word && kind !== Quoted) throw reader.error();
  return reader.next().text;
}

export function parseReset(reader: TokenReader): SettingStatement {
  const { position } = reader;
  reader.expect("reset");
  return { kind: "reset", name: settingName(reader), position };
}

export function parseShow(reader: TokenReader): SettingStatement {
  const { position } = reader;
  reader.expect("show");
  return { kind: "show", name: settingName(reader), position };
}

export function parseDiscard(reader: TokenReader): SettingStatement {
  const { position } = reader;
  reader.expect("discard");
  const what = reader.expectOneOf("all", "plans", "sequences", "temporary", "temp");
  return { kind: "discard", what, position };
}

const MAINTENANCE = ["vacuum", "analyze", "checkpoint", "reindex", "cluster"] as const;

/** What it names and its options change nothing here, so they are read and left. */
export function parseMaintenance(reader: TokenReader): MaintenanceStatement {
  const { position } = reader;
  const command = MAINTENANCE.find((word) => reader.accept(word));
  if (command === undefined) throw reader.error();
  while (!reader.atEnd && !reader.atSymbol(";")) reader.next();
  return { kind: "maintenance", command, position };
}

export function parsePrepare(reader: TokenReader, inner: StatementParser): PreparedStatement {
  const { position } = reader;
  reader.expect("prepare");
  const name = reader.name();
  const types = reader.atSymbol("(")
    ? reader.parenthesized(() => reader.list(() => parseType(reader)))
    : [];
  reader.expect("as");
  const { start } = reader.peek();
  const statement = reader.nested(() => inner(reader));
  return { kind: "prepare", name, types, statement, text: reader.textFrom(start), position };
}

export function parseExecute(reader: TokenReader): PreparedStatement {
  const { position } = reader;
  reader.expect("execute");
  const name = reader.name();
  const items = reader.atSymbol("(")
    ? reader.parenthesized(() => reader.list(() => parseExpression(reader)))
    : [];
  return { kind: "execute", name, arguments: items, position };
}

export function parseDeallocate(reader: TokenReader): PreparedStatement {
  const { position } = reader;
  reader.expect("deallocate");
  reader.accept("prepare");
  if (reader.accept("all")) return { kind: "deallocate", position };
  return { kind: "deallocate", name: reader.name(), position };
}

export function parseExplain(reader: TokenReader, inner: StatementParser): ExplainStatement {
  const { position } = reader;
  reader.expect("explain");
  const options: Record<string, string> = {};
  if (reader.atSymbol("(") && !reader.atSymbol("(", 1) && reader.peek(1).text !== "select") {
    reader.parenthesized(() =>
      reader.list(() => {
        const name = reader.label();
        const bare = reader.atSymbol(",") || reader.atSymbol(")");
        options[name] = bare ? "true" : settingValue(reader);
      }),
    );
  } else {
    for (const word of ["analyze", "verbose"]) if (reader.accept(word)) options[word] = "true";
  }
  return { kind: "explain", options, statement: reader.nested(() => inner(reader)), position };
}
