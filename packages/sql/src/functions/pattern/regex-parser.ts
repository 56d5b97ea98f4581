import type { AegisError } from "../../contract/errors.js";
import { translateBrackets, WORD_CLASS } from "./regex-brackets.js";
import { codeEscape, invalidRegex } from "./regex-escapes.js";
import type { RegexNode } from "./regex-node.js";
import type { RegexOptions } from "./regex-options.js";

/** Parentheses inside of parentheses, which the parser and the matchers recurse over. */
const MAX_DEPTH = 200;
/** As PostgreSQL bounds the numbers in braces. */
const MAX_REPETITIONS = 255;

const WORD = `[${WORD_CLASS}]`;

const SET_ESCAPES: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  s: "\\s",
  S: "\\S",
  w: WORD,
  W: `[^${WORD_CLASS}]`,
};

const ASSERTION_ESCAPES: Readonly<Record<string, string>> = {
  m: `(?<!${WORD})(?=${WORD})`,
  M: `(?<=${WORD})(?!${WORD})`,
  y: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  Y: `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
  A: "(?<![^])",
  Z: "(?![^])",
};

const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  B: "\\",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

export interface ParsedRegex {
  readonly root: RegexNode;
  /** Capturing groups. */
  readonly groups: number;
}

/** Reads PostgreSQL's advanced regular expressions. Throws INVALID_REGEX. */
export function parseRegex(options: RegexOptions): ParsedRegex {
  return new RegexParser(options).whole();
}

class RegexParser {
  private readonly options: RegexOptions;
  private readonly pattern: string;
  private at = 0;
  private groups = 0;
  private depth = 0;

  constructor(options: RegexOptions) {
    this.options = options;
    this.pattern = options.pattern;
  }

  whole(): ParsedRegex {
    const root = this.options.literal ? this.literalText() : this.choice();
    if (this.at < this.pattern.length) throw invalidRegex("parentheses () not balanced");
    return { root, groups: this.groups };
  }

  private literalText(): RegexNode {
    const items = Array.from(this.pattern, literal);
    this.at = this.pattern.length;
    return { kind: "sequence", items };
  }

  private choice(): RegexNode {
    const branches = [this.sequence()];
    while (this.pattern[this.at] === "|") {
      this.at++;
      branches.push(this.sequence());
    }
    return branches.length === 1 ? branches[0]! : { kind: "choice", branches };
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      this.skipIgnored();
      const character = this.pattern[this.at];
      if (character === undefined || character === "|" || character === ")") break;
      const atom = this.atom(character);
      items.push(this.quantified(atom));
    }
    return items.length === 1 ? items[0]! : { kind: "sequence", items };
  }

  /** Comments, and with the option x white space too. */
  private skipIgnored(): void {
    for (;;) {
      const rest = this.pattern[this.at] ?? "";
      if (this.pattern.startsWith("(?#", this.at)) this.skipPast(")");
      else if (this.options.expanded && rest === "#") this.skipPast("\n");
      else if (this.options.expanded && rest !== "" && /\s/.test(rest)) this.at++;
      else return;
    }
  }

  private skipPast(character: string): void {
    const end = this.pattern.indexOf(character, this.at);
    this.at = end < 0 ? this.pattern.length : end + 1;
  }

  private atom(character: string): RegexNode {
    const { lineDots, lineAnchors } = this.options;
    switch (character) {
      case "(":
        return this.group();
      case "[":
        return this.brackets();
      case "\\":
        return this.escape();
      case ".":
        this.at++;
        return { kind: "set", source: lineDots ? "[^\\n]" : "[^]", literal: undefined };
      case "^":
        this.at++;
        return { kind: "assertion", source: lineAnchors ? "(?<![^\\n])" : "^" };
      case "$":
        this.at++;
        return { kind: "assertion", source: lineAnchors ? "(?![^\\n])" : "$" };
      case "*":
      case "+":
      case "?":
        throw invalidRegex("quantifier operand invalid");
      case "{":
        if (/\d/.test(this.pattern[this.at + 1] ?? "")) {
          throw invalidRegex("quantifier operand invalid");
        }
    }
    const point = String.fromCodePoint(this.pattern.codePointAt(this.at)!);
    this.at += point.length;
    return literal(point);
  }

  private group(): RegexNode {
    const open = /^\((?:\?(?::|<?[=!]))?/.exec(this.pattern.slice(this.at, this.at + 4))![0];
    this.at += open.length;
    if (open === "(" && this.pattern[this.at] === "?") {
      throw invalidRegex("quantifier operand invalid");
    }
    const number = open === "(" ? ++this.groups : undefined;
    if (++this.depth > MAX_DEPTH) throw tooComplex();
    const body = this.choice();
    this.depth--;
    if (this.pattern[this.at] !== ")") throw invalidRegex("parentheses () not balanced");
    this.at++;
    if (open.length > 1 && open !== "(?:") return { kind: "lookaround", open, body };
    return { kind: "group", number, body };
  }

  private brackets(): RegexNode {
    const { source, end } = translateBrackets(this.pattern, this.at, this.options.lineDots);
    this.at = end;
    if (source.startsWith("(")) return { kind: "assertion", source };
    return { kind: "set", source, literal: undefined };
  }

  private escape(): RegexNode {
    const { pattern, at } = this;
    const letter = pattern[at + 1];
    if (letter === undefined) throw invalidRegex("invalid escape \\ sequence");
    this.at += 2;
    if (Object.hasOwn(SET_ESCAPES, letter)) {
      return { kind: "set", source: SET_ESCAPES[letter]!, literal: undefined };
    }
    if (Object.hasOwn(ASSERTION_ESCAPES, letter)) {
      return { kind: "assertion", source: ASSERTION_ESCAPES[letter]! };
    }
    if (Object.hasOwn(CONTROL_ESCAPES, letter)) {
      return literal(CONTROL_ESCAPES[letter]!);
    }
    const code = codeEscape(pattern, at);
    if (code !== undefined) {
      this.at = code.end;
      return { kind: "set", source: code.source, literal: undefined };
    }
    const reference = /^[1-9]\d?/.exec(pattern.slice(at + 1, at + 3));
    if (reference !== null) return this.reference(reference[0]);
    if (/[A-Za-z0-9]/.test(letter)) throw invalidRegex("invalid escape \\ sequence");
    const point = String.fromCodePoint(pattern.codePointAt(at + 1)!);
    this.at = at + 1 + point.length;
    return literal(point);
  }

  private reference(digits: string): RegexNode {
    const group = Number(digits);
    if (group > this.groups) throw invalidRegex("invalid backreference number");
    this.at += digits.length - 1;
    return { kind: "reference", group };
  }

  private quantified(body: RegexNode): RegexNode {
    const bounds = this.quantifier();
    if (bounds === undefined) return body;
    if (body.kind === "assertion" || body.kind === "lookaround") {
      throw invalidRegex("quantifier operand invalid");
    }
    const lazy = this.pattern[this.at] === "?";
    if (lazy) this.at++;
    if (this.quantifier() !== undefined) throw invalidRegex("quantifier operand invalid");
    const [min, max] = bounds;
    return { kind: "repeat", body, min, max, lazy };
  }

  private quantifier(): readonly [number, number] | undefined {
    this.skipIgnored();
    switch (this.pattern[this.at]) {
      case "*":
        this.at++;
        return [0, Infinity];
      case "+":
        this.at++;
        return [1, Infinity];
      case "?":
        this.at++;
        return [0, 1];
      case "{":
        return this.braces();
      default:
        return undefined;
    }
  }

  private braces(): readonly [number, number] | undefined {
    const { pattern, at } = this;
    if (!/\d/.test(pattern[at + 1] ?? "")) return undefined;
    const bounds = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at, at + 16));
    if (bounds === null) {
      const closed = pattern.includes("}", at);
      throw invalidRegex(closed ? "invalid repetition count(s)" : "braces {} not balanced");
    }
    const min = Number(bounds[1]);
    const max = bounds[2] === undefined ? min : bounds[3] === "" ? Infinity : Number(bounds[3]);
    if (min > MAX_REPETITIONS || min > max || (max > MAX_REPETITIONS && max !== Infinity)) {
      throw invalidRegex("invalid repetition count(s)");
    }
    this.at += bounds[0].length;
    return [min, max];
  }
}

export function tooComplex(): AegisError {
  return invalidRegex("regular expression is too complex");
}

function literal(point: string): RegexNode {
  const source = /[\\^$.*+?()[\]{}|/]/.test(point) ? `\\${point}` : point;
  return { kind: "set", source, literal: point };
}
