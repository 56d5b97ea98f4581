import type {
  AlterAction,
  AlterStatement,
  CommentStatement,
  DropStatement,
  MaintenanceStatement,
  ObjectType,
  SequenceOptions,
  SequenceStatement,
  TruncateStatement,
} from "./ast.js";
import { AegisError } from "../contract/index.js";
import { parseAbsentDrop, refuseAbsentKind } from "./parse-absent.js";
import { parseExpression } from "./parse-expression.js";
import { parseString } from "./parse-primary.js";
import { parseObjectName } from "./parse-select.js";
import { parseSequence, parseSequenceOptions } from "./parse-sequence.js";
import { skipAlteration, skipColumnAlteration } from "./parse-storage.js";
import { parseColumn, parseTableConstraint } from "./parse-table.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";
import { Numeral, Text } from "./tokens.js";

const OBJECT_TYPES = ["table", "view", "index", "sequence", "schema"] as const;

function parseObjectType(reader: TokenReader, ...more: readonly ObjectType[]): ObjectType {
  if (reader.accept("materialized", "view")) return "materialized view";
  return reader.expectOneOf(...OBJECT_TYPES, ...more) as ObjectType;
}

function parseCascade(reader: TokenReader): boolean {
  if (reader.accept("cascade")) return true;
  reader.accept("restrict");
  return false;
}

export function parseDrop(reader: TokenReader): DropStatement | MaintenanceStatement {
  const { position } = reader;
  reader.expect("drop");
  const absent = parseAbsentDrop(reader, position);
  if (absent !== undefined) return absent;
  const objectType = parseObjectType(reader);
  if (objectType === "index") reader.accept("concurrently");
  const ifExists = reader.accept("if", "exists");
  const objects = reader.list(() => parseObjectName(reader));
  return { kind: "drop", objectType, objects, ifExists, cascade: parseCascade(reader), position };
}

export function parseTruncate(reader: TokenReader): TruncateStatement {
  const { position } = reader;
  reader.expect("truncate");
  reader.accept("table");
  const tables = reader.list(() => {
    reader.accept("only");
    const table = parseObjectName(reader);
    reader.acceptSymbol("*");
    return table;
  });
  const restartIdentity = reader.accept("restart", "identity");
  if (!restartIdentity) reader.accept("continue", "identity");
  return { kind: "truncate", tables, restartIdentity, cascade: parseCascade(reader), position };
}

export function parseComment(reader: TokenReader): CommentStatement {
  const { position } = reader;
  reader.expect("comment", "on");
  const objectType = parseObjectType(reader, "column");
  const object = parseObjectName(reader);
  reader.expect("is");
  if (reader.accept("null")) return { kind: "comment", objectType, object, position };
  if (reader.peek().kind !== Text) throw reader.error();
  return { kind: "comment", objectType, object, text: parseString(reader), position };
}

export function parseAlter(reader: TokenReader): AlterStatement | SequenceStatement {
  const { mark, position } = reader;
  reader.expect("alter");
  refuseAbsentKind(reader, position);
  const objectType = parseObjectType(reader);
  const body = reader.mark;
  const ifExists = reader.accept("if", "exists");
  reader.accept("only");
  const object = parseObjectName(reader);
  reader.acceptSymbol("*");
  const general = reader.at("rename") || reader.at("owner") || reader.at("set", "schema");
  if (objectType === "sequence" && !general) {
    reader.reset(body);
    return parseSequence(reader, "alterSequence", position);
  }
  const actions =
    objectType === "table" && !general
      ? reader.list(() => parseAction(reader))
      : [parseGeneral(reader, mark)];
  return { kind: "alter", objectType, object, ifExists, actions, position };
}

/** What every kind of object can undergo; a column of a table can be renamed too. */
function parseGeneral(reader: TokenReader, start: number): AlterAction {
  const { position } = reader;
  if (skipAlteration(reader)) return { kind: "nothing", position };
  if (reader.accept("owner", "to")) return { kind: "owner", role: reader.label(), position };
  if (reader.accept("set", "schema")) return { kind: "setSchema", schema: reader.name(), position };
  if (reader.at("alter") && reader.mark > start) return parseAction(reader);
  reader.expect("rename");
  if (reader.accept("to")) return { kind: "rename", newName: reader.name(), position };
  const constraint = reader.accept("constraint");
  if (!constraint) reader.accept("column");
  const name = reader.name();
  reader.expect("to");
  const kind = constraint ? "renameConstraint" : "renameColumn";
  return { kind, name, newName: reader.name(), position };
}

function parseAction(reader: TokenReader): AlterAction {
  const { position } = reader;
  if (skipAlteration(reader)) return { kind: "nothing", position };
  refuseInheritance(reader);
  switch (reader.expectOneOf("add", "drop", "alter", "validate")) {
    case "add":
      return parseAdd(reader, position);
    case "drop": {
      const constraint = reader.accept("constraint");
      if (!constraint) reader.accept("column");
      const ifExists = reader.accept("if", "exists");
      const name = reader.name();
      const kind = constraint ? "dropConstraint" : "dropColumn";
      return { kind, name, ifExists, cascade: parseCascade(reader), position };
    }
    case "alter":
      if (reader.at("constraint")) throw noConstraintTiming(position);
      reader.accept("column");
      return parseAlterColumn(reader, position);
    default:
      reader.expect("constraint");
      return { kind: "validateConstraint", name: reader.name(), position };
  }
}

const INHERITANCE: ReadonlySet<string> = new Set(["inherit", "no", "attach", "detach", "of"]);

function refuseInheritance(reader: TokenReader): void {
  if (!reader.atAny(INHERITANCE)) return;
  throw new AegisError("UNSUPPORTED", "inheritance and partitions are not supported", {
    position: reader.position,
    hint: "Make one table of them, with a column that says which part a row is of.",
  });
}

function noConstraintTiming(position: number): AegisError {
  return new AegisError("UNSUPPORTED", "ALTER CONSTRAINT is not supported", {
    position,
    hint: "Constraints are checked when a statement ends, and that is all that could be changed.",
  });
}

const CONSTRAINTS: ReadonlySet<string> = new Set([
  "constraint",
  "primary",
  "unique",
  "check",
  "foreign",
  "exclude",
]);

function parseAdd(reader: TokenReader, position: number): AlterAction {
  if (reader.atAny(CONSTRAINTS)) {
    return { kind: "addConstraint", constraint: parseTableConstraint(reader), position };
  }
  reader.accept("column");
  const ifNotExists = reader.accept("if", "not", "exists");
  return { kind: "addColumn", column: parseColumn(reader), ifNotExists, position };
}

function dropOf(
  kind: "dropIdentity" | "dropExpression",
  column: string,
  reader: TokenReader,
  position: number,
): AlterAction {
  return { kind, column, ifExists: reader.accept("if", "exists"), position };
}

type IdentityChange = Omit<
  Extract<AlterAction, { kind: "addIdentity" | "setIdentity" }>,
  "column" | "position"
>;

/** `ADD GENERATED … AS IDENTITY`, or `SET GENERATED …`, `SET <option>` and `RESTART` in a row. */
function parseIdentity(reader: TokenReader): IdentityChange | undefined {
  if (reader.accept("add", "generated")) {
    const always = parseAlways(reader);
    reader.expect("as", "identity");
    const options = reader.atSymbol("(")
      ? reader.parenthesized(() => parseSequenceOptions(reader))
      : {};
    return { kind: "addIdentity", always, options };
  }
  let always: boolean | undefined;
  let options: SequenceOptions = {};
  let found = false;
  for (;;) {
    const { mark } = reader;
    const hasSet = reader.accept("set");
    if (hasSet && reader.accept("generated")) always = parseAlways(reader);
    else {
      const more = hasSet || reader.at("restart") ? parseSequenceOptions(reader) : {};
      if (Object.keys(more).length === 0) {
        reader.reset(mark);
        break;
      }
      options = { ...options, ...more };
    }
    found = true;
  }
  if (!found) return undefined;
  return { kind: "setIdentity", ...(always !== undefined && { always }), options };
}

function parseAlways(reader: TokenReader): boolean {
  if (reader.accept("always")) return true;
  reader.expect("by", "default");
  return false;
}

function parseAlterColumn(reader: TokenReader, position: number): AlterAction {
  // An index has numbers for columns.
  const column = reader.peek().kind === Numeral ? undefined : reader.name();
  if (column === undefined) reader.next();
  if (skipColumnAlteration(reader)) {
    return { kind: "nothing", ...(column !== undefined && { column }), position };
  }
  if (column === undefined) throw reader.error();
  if (reader.accept("drop")) {
    if (reader.accept("default")) return { kind: "dropDefault", column, position };
    if (reader.accept("identity")) return dropOf("dropIdentity", column, reader, position);
    if (reader.accept("expression")) return dropOf("dropExpression", column, reader, position);
    reader.expect("not", "null");
    return { kind: "dropNotNull", column, position };
  }
  const identity = parseIdentity(reader);
  if (identity !== undefined) return { ...identity, column, position };
  const set = reader.accept("set");
  if (set && reader.accept("default")) {
    const { start } = reader.peek();
    const expression = parseExpression(reader);
    return { kind: "setDefault", column, expression, text: reader.textFrom(start), position };
  }
  if (set && reader.accept("not", "null")) return { kind: "setNotNull", column, position };
  if (set) reader.expect("data");
  reader.expect("type");
  const type = parseType(reader);
  if (reader.accept("collate")) reader.path();
  const using = reader.accept("using") ? parseExpression(reader) : undefined;
  return { kind: "setType", column, type, ...(using !== undefined && { using }), position };
}
