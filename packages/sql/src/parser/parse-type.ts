import type { TypeName } from "./ast.js";
import { FUNCTION_NAMES, RESERVED } from "./keywords.js";
import type { TokenReader } from "./reader.js";
import { Numeral, Quoted, Word } from "./tokens.js";

const INTERVAL_FIELDS: ReadonlySet<string> = new Set([
  "year",
  "month",
  "day",
  "hour",
  "minute",
  "second",
]);

function modifiers(reader: TokenReader): number[] {
  if (!reader.acceptSymbol("(")) return [];
  const numbers = reader.list(() => {
    const sign = reader.acceptSymbol("-") ? -1 : 1;
    if (reader.peek().kind !== Numeral) throw reader.error();
    return sign * Number(reader.next().text.replaceAll("_", ""));
  });
  reader.expectSymbol(")");
  return numbers;
}

function dimensions(reader: TokenReader): number {
  let count = 0;
  while (reader.acceptSymbol("[")) {
    if (reader.peek().kind === Numeral) reader.next();
    reader.expectSymbol("]");
    count += 1;
  }
  if (count === 0 && reader.accept("array")) {
    if (reader.acceptSymbol("[")) {
      reader.next();
      reader.expectSymbol("]");
    }
    return 1;
  }
  return count;
}

/** `day`, `day to second`, `second(3)`, if they come next. */
export function intervalFields(reader: TokenReader): string | undefined {
  if (!reader.atAny(INTERVAL_FIELDS)) return undefined;
  let fields = reader.next().text;
  if (reader.accept("to")) fields += ` to ${reader.expectOneOf(...INTERVAL_FIELDS)}`;
  if (fields.endsWith("second") && reader.atSymbol("(")) {
    const [digits] = modifiers(reader);
    fields += `(${digits ?? 6})`;
  }
  return fields;
}

interface Spelling {
  readonly path: readonly string[];
  readonly modifiers: readonly number[];
}

/** `time(3) with time zone` has its modifiers inside. */
function timeType(reader: TokenReader, name: string): Spelling {
  const digits = modifiers(reader);
  if (reader.accept("with", "time", "zone")) return { path: [`${name}tz`], modifiers: digits };
  reader.accept("without", "time", "zone");
  return { path: [name], modifiers: digits };
}

function characterType(reader: TokenReader, fixed: string): Spelling {
  const path = [reader.accept("varying") ? "varchar" : fixed];
  return { path, modifiers: modifiers(reader) };
}

function spelling(reader: TokenReader): Spelling {
  const { kind, text } = reader.peek();
  if (kind !== Word || reader.atSymbol(".", 1)) return namedType(reader);
  switch (text) {
    case "double":
      if (!reader.at("double", "precision")) return namedType(reader);
      reader.accept("double", "precision");
      return { path: ["double precision"], modifiers: [] };
    case "national":
      reader.next();
      reader.expectOneOf("character", "char");
      return characterType(reader, "char");
    case "character":
    case "char":
    case "nchar":
      reader.next();
      return characterType(reader, "char");
    case "bit":
      reader.next();
      return { path: [reader.accept("varying") ? "varbit" : "bit"], modifiers: modifiers(reader) };
    case "time":
    case "timestamp":
      reader.next();
      return timeType(reader, text);
    default:
      return namedType(reader);
  }
}

function namedType(reader: TokenReader): Spelling {
  const { kind, text } = reader.peek();
  const isName = kind === Quoted || (kind === Word && !RESERVED.has(text));
  if (!isName || (kind === Word && FUNCTION_NAMES.has(text) && text !== "binary")) {
    throw reader.error();
  }
  const path = [reader.next().text];
  while (reader.acceptSymbol(".")) path.push(reader.label());
  return { path, modifiers: path[0] === "interval" ? [] : modifiers(reader) };
}

/** A type without array brackets; literals such as `DATE '…'` take no more. */
export function parseSimpleType(reader: TokenReader): TypeName {
  const { position } = reader;
  const { path, modifiers: numbers } = spelling(reader);
  if (path.length > 1 || path[0] !== "interval") {
    return { path, modifiers: numbers, dimensions: 0, position };
  }
  const fields = intervalFields(reader);
  const digits = fields === undefined ? modifiers(reader) : [];
  return {
    path,
    modifiers: digits,
    dimensions: 0,
    position,
    ...(fields !== undefined && { intervalFields: fields }),
  };
}

export function parseType(reader: TokenReader): TypeName {
  reader.accept("setof");
  const type = parseSimpleType(reader);
  const count = dimensions(reader);
  return count === 0 ? type : { ...type, dimensions: count };
}
