import { AegisError } from "../contract/errors.js";
import { FUNCTION_NAMES, RESERVED } from "../parser/keywords.js";
import type { Datum } from "../types/datum.js";
import { countCharacters } from "../types/text-output.js";
import { scalar, unary } from "./define.js";
import { ANY, arrayOf, TEXT } from "./overloads.js";
import type { EvalContext, ScalarFunction } from "./registry.js";
import { asOutput, asText, type TextWriter } from "./text-of.js";

/** Words that may name a column, but that PostgreSQL quotes, as types and functions begin with them. */
const VALUE_WORDS: ReadonlySet<string> = new Set(
  `between bigint bit boolean char character coalesce dec decimal exists extract float greatest
  grouping inout int integer interval least national nchar none normalize nullif numeric out overlay
  position precision real row setof smallint substring time timestamp treat trim values varchar
  xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable`.split(/\s+/),
);

/** A name as a statement must write it. */
function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !isKeyword(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

function isKeyword(name: string): boolean {
  return RESERVED.has(name) || FUNCTION_NAMES.has(name) || VALUE_WORDS.has(name);
}

function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? `E${quoted}` : quoted;
}

/** quote_literal and quote_nullable of any type. */
function quoting(name: string, onNull: string | null): ScalarFunction {
  const base = scalar(name, [ANY], TEXT, () => null, {
    strict: onNull === null,
    volatility: "stable",
  });
  return {
    ...base,
    forTypes: ([type]) => {
      const write = asText(type!);
      return {
        ...base,
        evaluate: ([value], context) =>
          value === null ? onNull : quoteLiteral(write(value!, context)),
      };
    },
  };
}

const DIRECTIVE = /%(?:(\d+)\$)?(-?)(?:(\d+)|\*(?:(\d+)\$)?)?(.?)/gsu;

function formatError(message: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message);
}

/** format(): one run over the directives of a format text. */
class Formatter {
  private next = 1;
  private readonly args: readonly Datum[];
  private readonly writers: readonly TextWriter[];
  private readonly context: EvalContext;

  constructor(args: readonly Datum[], writers: readonly TextWriter[], context: EvalContext) {
    this.args = args;
    this.writers = writers;
    this.context = context;
  }

  run(): string {
    return (this.args[0] as string).replaceAll(DIRECTIVE, (...parts: unknown[]) => {
      const [whole, position, minus, width, starPosition, letter] = parts as string[];
      if (letter === "%" && whole === "%%") return "%";
      if (letter === "") throw unterminated();
      const star = whole!.includes("*") ? this.width(starPosition) : undefined;
      const columns = star ?? Number(width ?? 0);
      const text = this.conversion(letter!, position);
      const missing = Math.abs(columns) - countCharacters(text);
      if (missing <= 0) return text;
      return minus === "-" || columns < 0
        ? text.padEnd(text.length + missing)
        : text.padStart(text.length + missing);
    });
  }

  private conversion(letter: string, position: string | undefined): string {
    if (!"sIL".includes(letter)) {
      throw new AegisError("INVALID_ARGUMENT", `unrecognized format() type specifier "${letter}"`, {
        hint: 'For a single "%" use "%%".',
      });
    }
    const index = this.take(position);
    const value = this.args[index]!;
    if (value === null) {
      if (letter === "I")
        throw new AegisError("INVALID_ARGUMENT", NULL_IDENTIFIER, { sqlState: "22004" });
      return letter === "L" ? "NULL" : "";
    }
    const text = this.writers[index]!(value, this.context);
    return letter === "s" ? text : letter === "I" ? quoteIdentifier(text) : quoteLiteral(text);
  }

  private width(position: string | undefined): number {
    const value = this.args[this.take(position)]!;
    if (value === null) return 0;
    return Number(value);
  }

  private take(position: string | undefined): number {
    if (position === "0") {
      throw formatError("format specifies argument 0, but arguments are numbered from 1");
    }
    const index = position === undefined ? this.next : Number(position);
    this.next = index + 1;
    if (index >= this.args.length) throw formatError("too few arguments for format()");
    return index;
  }
}

const NULL_IDENTIFIER = "null values cannot be formatted as an SQL identifier";

function unterminated(): AegisError {
  return new AegisError("INVALID_ARGUMENT", "unterminated format() type specifier", {
    hint: 'For a single "%" use "%%".',
  });
}

const formatBase = scalar("format", [TEXT, ANY], TEXT, () => null, {
  strict: false,
  variadic: true,
  volatility: "stable",
});

function formatFor(types: number, writers: readonly TextWriter[]): ScalarFunction {
  return {
    ...formatBase,
    params: types === 1 ? [TEXT] : formatBase.params,
    variadic: types > 1,
    evaluate: (args, context) =>
      args[0] === null ? null : new Formatter(args, writers, context).run(),
  };
}

const NAME_PART =
  /\s*(?:"((?:[^"]|"")+)"|([a-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*))\s*(\.|$)/iuy;

/** The parts of a qualified name. */
function parseIdentifier(text: string): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    NAME_PART.lastIndex = at;
    const match = NAME_PART.exec(text);
    if (match === null) {
      throw new AegisError("INVALID_ARGUMENT", `string is not a valid identifier: "${text}"`);
    }
    const [whole, quoted, plain, end] = match;
    parts.push(quoted?.replaceAll('""', '"') ?? plain!.toLowerCase());
    at += whole.length;
    if (end === "") return parts;
  }
}

/** Names and literals as statements write them; format(). */
export const quotingFunctions: readonly ScalarFunction[] = [
  unary<string>("parse_ident", TEXT, arrayOf(TEXT), parseIdentifier),
  unary<string>("quote_ident", TEXT, TEXT, quoteIdentifier),
  quoting("quote_literal", null),
  quoting("quote_nullable", "NULL"),
  formatFor(1, []),
  { ...formatBase, forTypes: (types) => formatFor(types.length, types.map(asOutput)) },
];
