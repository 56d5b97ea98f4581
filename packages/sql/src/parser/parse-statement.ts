import type { Statement } from "./ast.js";
import { parseAlter, parseComment, parseDrop, parseTruncate } from "./parse-alter.js";
import { refuseAbsentStatement } from "./parse-absent.js";
import { parseCreate, parseRefresh } from "./parse-create.js";
import { parseDelete, parseInsert, parseUpdate } from "./parse-modify.js";
import { parseQueryAfterWith, parseWith } from "./parse-query.js";
import {
  parseDeallocate,
  parseDiscard,
  parseExecute,
  parseExplain,
  parseMaintenance,
  parsePrepare,
  parseReset,
  parseSet,
  parseShow,
  parseTransaction,
} from "./parse-session.js";
import type { TokenReader } from "./reader.js";
import { Word } from "./tokens.js";

/** Any statement, up to what cannot belong to it. */
export function parseAnyStatement(reader: TokenReader): Statement {
  const { kind, text } = reader.peek();
  if (kind !== Word) return parseData(reader);
  switch (text) {
    case "create":
      return parseCreate(reader);
    case "drop":
      return parseDrop(reader);
    case "alter":
      return parseAlter(reader);
    case "truncate":
      return parseTruncate(reader);
    case "comment":
      return parseComment(reader);
    case "begin":
    case "start":
    case "commit":
    case "end":
    case "rollback":
    case "abort":
    case "savepoint":
    case "release":
      return parseTransaction(reader);
    case "set":
      return parseSet(reader);
    case "reset":
      return parseReset(reader);
    case "show":
      return parseShow(reader);
    case "discard":
      return parseDiscard(reader);
    case "prepare":
      return parsePrepare(reader, parseAnyStatement);
    case "execute":
      return parseExecute(reader);
    case "deallocate":
      return parseDeallocate(reader);
    case "explain":
      return parseExplain(reader, parseAnyStatement);
    case "vacuum":
    case "analyze":
    case "checkpoint":
    case "reindex":
    case "cluster":
      return parseMaintenance(reader);
    case "refresh":
      return parseRefresh(reader);
    default:
      refuseAbsentStatement(reader);
      return parseData(reader);
  }
}

/** What may begin with WITH. */
function parseData(reader: TokenReader): Statement {
  const { position } = reader;
  const clause = parseWith(reader);
  if (reader.at("insert")) return parseInsert(reader, clause, position);
  if (reader.at("update")) return parseUpdate(reader, clause, position);
  if (reader.at("delete")) return parseDelete(reader, clause, position);
  return parseQueryAfterWith(reader, clause, position);
}
