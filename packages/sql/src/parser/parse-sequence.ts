import type { SequenceOptions, SequenceStatement } from "./ast.js";
import { parseObjectName } from "./parse-select.js";
import { parseType } from "./parse-type.js";
import type { TokenReader } from "./reader.js";
import { Numeral } from "./tokens.js";

function integer(reader: TokenReader): bigint {
  const negative = reader.acceptSymbol("-");
  if (!negative) reader.acceptSymbol("+");
  const { kind, text } = reader.peek();
  const digits = text.replaceAll("_", "");
  if (kind !== Numeral || !/^\d+$/.test(digits)) throw reader.error();
  reader.next();
  return negative ? -BigInt(digits) : BigInt(digits);
}

/** As many options as follow, in any order. */
export function parseSequenceOptions(reader: TokenReader): SequenceOptions {
  let options: SequenceOptions = {};
  for (;;) {
    const option = parseOption(reader);
    if (option === undefined) return options;
    options = { ...options, ...option };
  }
}

function parseOption(reader: TokenReader): SequenceOptions | undefined {
  if (reader.accept("no")) {
    const what = reader.expectOneOf("minvalue", "maxvalue", "cycle");
    if (what === "cycle") return { cycle: false };
    return what === "minvalue" ? { minValue: null } : { maxValue: null };
  }
  if (reader.accept("as")) return { type: parseType(reader) };
  if (reader.accept("cycle")) return { cycle: true };
  if (reader.accept("sequence", "name")) return { sequenceName: reader.path() };
  if (reader.accept("minvalue")) return { minValue: integer(reader) };
  if (reader.accept("maxvalue")) return { maxValue: integer(reader) };
  if (reader.accept("cache")) return { cache: integer(reader) };
  if (reader.accept("increment")) {
    reader.accept("by");
    return { increment: integer(reader) };
  }
  if (reader.accept("start")) {
    reader.accept("with");
    return { start: integer(reader) };
  }
  if (reader.accept("restart")) {
    const said = reader.accept("with") || reader.peek().kind === Numeral || reader.atSymbol("-");
    return { restart: said ? integer(reader) : "start" };
  }
  return reader.accept("owned", "by") ? { ownedBy: reader.path() } : undefined;
}

/** After `CREATE SEQUENCE` and `ALTER SEQUENCE`. */
export function parseSequence(
  reader: TokenReader,
  kind: SequenceStatement["kind"],
  position: number,
): SequenceStatement {
  const ifExistence =
    kind === "createSequence"
      ? reader.accept("if", "not", "exists")
      : reader.accept("if", "exists");
  const sequence = parseObjectName(reader);
  return { kind, sequence, ifExistence, options: parseSequenceOptions(reader), position };
}
