import type {
  ColumnConstraint,
  ColumnDefinition,
  CreateTableAsStatement,
  CreateTableStatement,
  LikeOption,
  ReferentialAction,
  References,
  TableConstraint,
  TableLike,
} from "./ast.js";
import { AegisError } from "../contract/index.js";
import { parseExpression, parseRestricted } from "./parse-expression.js";
import { parseQuery } from "./parse-query.js";
import { parseObjectName } from "./parse-select.js";
import { parseSequenceOptions } from "./parse-sequence.js";
import { skipColumnStorage, skipStorage, skipTableStorage } from "./parse-storage.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";

const CONSTRAINT_WORDS: ReadonlySet<string> = new Set([
  "constraint",
  "primary",
  "unique",
  "check",
  "foreign",
  "exclude",
]);

/** After `CREATE [TEMPORARY] TABLE`. */
export function parseCreateTable(
  reader: TokenReader,
  temporary: boolean,
  position: number,
): CreateTableStatement | CreateTableAsStatement {
  const ifNotExists = reader.accept("if", "not", "exists");
  const table = parseObjectName(reader);
  const base = { table, ifNotExists, temporary, position };
  skipTableStorage(reader);
  if (reader.at("as") || atNameList(reader)) return parseCreateTableAs(reader, base);
  const columns: ColumnDefinition[] = [];
  const likes: TableLike[] = [];
  const constraints: TableConstraint[] = [];
  reader.expectSymbol("(");
  if (!reader.atSymbol(")")) {
    reader.list(() => {
      if (reader.at("like")) likes.push(parseLike(reader, columns.length));
      else if (reader.atAny(CONSTRAINT_WORDS)) constraints.push(parseTableConstraint(reader));
      else columns.push(parseColumn(reader));
    });
  }
  reader.expectSymbol(")");
  skipTableStorage(reader);
  return { kind: "createTable", ...base, columns, likes, constraints };
}

const LIKE_OPTIONS: readonly LikeOption[] = [
  "constraints",
  "defaults",
  "generated",
  "identity",
  "indexes",
];
/** Options of LIKE about what tables here do not have. */
const OTHER_LIKE_OPTIONS = ["all", "comments", "compression", "statistics", "storage"];

function parseLike(reader: TokenReader, at: number): TableLike {
  const { position } = reader;
  reader.expect("like");
  const table = parseObjectName(reader);
  const including = new Set<LikeOption>();
  while (reader.at("including") || reader.at("excluding")) {
    const adds = reader.next().text === "including";
    const word = reader.expectOneOf(...LIKE_OPTIONS, ...OTHER_LIKE_OPTIONS);
    for (const option of LIKE_OPTIONS) {
      if (word !== option && word !== "all") continue;
      if (adds) including.add(option);
      else including.delete(option);
    }
  }
  return { table, at, including, position };
}

/** `t (a, b) AS …` has names only where a definition would have types. */
function atNameList(reader: TokenReader): boolean {
  return reader.atSymbol("(") && (reader.atSymbol(",", 2) || reader.atSymbol(")", 2));
}

function parseCreateTableAs(
  reader: TokenReader,
  base: Pick<CreateTableStatement, "table" | "ifNotExists" | "temporary" | "position">,
): CreateTableAsStatement {
  const columns = reader.atSymbol("(") ? reader.names() : [];
  skipTableStorage(reader);
  reader.expect("as");
  const query = parseQuery(reader);
  const without = reader.accept("with", "no", "data");
  if (!without) reader.accept("with", "data");
  return { kind: "createTableAs", ...base, columns, query, withData: !without };
}

/** Also the column of ALTER TABLE ADD. */
export function parseColumn(reader: TokenReader): ColumnDefinition {
  const { position } = reader;
  const name = reader.name();
  const type = parseType(reader);
  let collation: readonly string[] | undefined;
  const constraints: ColumnConstraint[] = [];
  for (;;) {
    if (skipColumnStorage(reader)) continue;
    if (reader.accept("collate")) collation = reader.path();
    else {
      const constraint = parseColumnConstraint(reader);
      if (constraint === undefined) break;
      constraints.push(constraint);
    }
  }
  return { name, type, ...(collation !== undefined && { collation }), constraints, position };
}

interface Naming {
  readonly name?: string;
  readonly position: number;
}

function parseNaming(reader: TokenReader): Naming {
  const { position } = reader;
  return reader.accept("constraint") ? { name: reader.name(), position } : { position };
}

function parseTiming(reader: TokenReader): { deferrable: boolean; initiallyDeferred: boolean } {
  let deferrable = false;
  let initiallyDeferred = false;
  for (;;) {
    if (reader.accept("not", "deferrable")) deferrable = false;
    else if (reader.accept("deferrable")) deferrable = true;
    else if (reader.accept("initially")) {
      initiallyDeferred = reader.expectOneOf("deferred", "immediate") === "deferred";
      deferrable ||= initiallyDeferred;
    } else return { deferrable, initiallyDeferred };
  }
}

function parseColumnConstraint(reader: TokenReader): ColumnConstraint | undefined {
  const naming = parseNaming(reader);
  const body = parseColumnRule(reader);
  if (body === undefined) {
    if (naming.name !== undefined) throw reader.error();
    return undefined;
  }
  return { ...naming, ...body, ...parseTiming(reader) };
}

type RuleOf<Constraint> = Constraint extends unknown
  ? Omit<Constraint, "name" | "position" | "deferrable" | "initiallyDeferred">
  : never;

function parseColumnRule(reader: TokenReader): RuleOf<ColumnConstraint> | undefined {
  if (reader.accept("not", "null")) return { kind: "notNull" };
  if (reader.accept("null")) return { kind: "null" };
  if (reader.accept("primary", "key")) {
    skipStorage(reader);
    return { kind: "primaryKey" };
  }
  if (reader.accept("unique")) {
    const nullsNotDistinct = parseNullsNotDistinct(reader);
    skipStorage(reader);
    return { kind: "unique", nullsNotDistinct };
  }
  if (reader.accept("default")) {
    const { start } = reader.peek();
    const expression = parseRestricted(reader);
    return { kind: "default", expression, text: reader.textFrom(start) };
  }
  if (reader.accept("check")) return { kind: "check", ...parseCheck(reader) };
  if (reader.at("references")) {
    return { kind: "references", references: parseReferences(reader) };
  }
  return reader.accept("generated") ? parseGenerated(reader) : undefined;
}

function parseGenerated(reader: TokenReader): RuleOf<ColumnConstraint> {
  const always = !reader.accept("by", "default");
  if (always) reader.expect("always");
  reader.expect("as");
  if (reader.accept("identity")) {
    const options = reader.atSymbol("(")
      ? reader.parenthesized(() => parseSequenceOptions(reader))
      : {};
    return { kind: "identity", always, options };
  }
  const generated = parseCheck(reader);
  reader.expect("stored");
  return { kind: "generated", ...generated };
}

/** `(expression)`, whose text is kept for the catalog. */
function parseCheck(reader: TokenReader): {
  readonly expression: ReturnType<typeof parseExpression>;
  readonly text: string;
} {
  const checked = reader.parenthesized(() => {
    const { start } = reader.peek();
    const expression = parseExpression(reader);
    return { expression, text: reader.textFrom(start) };
  });
  if (reader.accept("no", "inherit")) return checked;
  return checked;
}

export function parseNullsNotDistinct(reader: TokenReader): boolean {
  if (reader.accept("nulls", "not", "distinct")) return true;
  reader.accept("nulls", "distinct");
  return false;
}

/** Also the constraint of ALTER TABLE ADD. */
export function parseTableConstraint(reader: TokenReader): TableConstraint {
  const naming = parseNaming(reader);
  const body = parseTableRule(reader);
  const timing = parseTiming(reader);
  const notValid = reader.accept("not", "valid");
  return { ...naming, ...body, ...timing, notValid };
}

function parseTableRule(reader: TokenReader): RuleOf<TableConstraint> {
  if (reader.accept("primary", "key")) {
    return { kind: "primaryKey", columns: parseKeyColumns(reader) };
  }
  if (reader.accept("unique")) {
    const nullsNotDistinct = parseNullsNotDistinct(reader);
    return { kind: "unique", columns: parseKeyColumns(reader), nullsNotDistinct };
  }
  if (reader.accept("check")) return { kind: "check", ...parseCheck(reader) };
  if (reader.at("exclude")) {
    throw new AegisError("UNSUPPORTED", "EXCLUDE is not supported", {
      position: reader.position,
      hint: "Use UNIQUE, or look for rows in the way in the same transaction.",
    });
  }
  if (!reader.accept("foreign", "key")) throw reader.error([...CONSTRAINT_WORDS]);
  return { kind: "foreignKey", columns: reader.names(), references: parseReferences(reader) };
}

/** The columns of a key; INCLUDE names others that an index would hold, which changes nothing. */
function parseKeyColumns(reader: TokenReader): readonly string[] {
  if (reader.at("using", "index")) {
    throw new AegisError("UNSUPPORTED", "an index that is there cannot become a constraint", {
      position: reader.position,
      hint: "Drop the index and name the columns: PRIMARY KEY (…) or UNIQUE (…).",
    });
  }
  const columns = reader.names();
  if (reader.accept("include")) reader.names();
  skipStorage(reader);
  return columns;
}

function parseReferences(reader: TokenReader): References {
  const { position } = reader;
  reader.expect("references");
  const table = parseObjectName(reader);
  const columns = reader.atSymbol("(") ? reader.names() : [];
  let match: References["match"] = "simple";
  if (reader.accept("match")) {
    const at = reader.position;
    const word = reader.expectOneOf("simple", "full", "partial");
    if (word === "partial") {
      throw new AegisError("UNSUPPORTED", "MATCH PARTIAL is not supported", { position: at });
    }
    match = word as References["match"];
  }
  let onDelete: ReferentialAction = "no action";
  let onUpdate: ReferentialAction = "no action";
  while (reader.accept("on")) {
    const event = reader.expectOneOf("delete", "update");
    const action = parseAction(reader);
    if (event === "delete") onDelete = action;
    else onUpdate = action;
  }
  return { table, columns, onDelete, onUpdate, match, position };
}

function parseAction(reader: TokenReader): ReferentialAction {
  if (reader.accept("no", "action")) return "no action";
  if (reader.accept("set", "null")) return "set null";
  if (reader.accept("set", "default")) return "set default";
  return reader.expectOneOf("restrict", "cascade") as "restrict" | "cascade";
}
