import { AegisError } from "../../contract/errors.js";
import { Decimal } from "../../types/decimal.js";
import { pathSyntax, pathTokens, type PathToken } from "./lexer.js";
import {
  type ArithmeticOperator,
  type ComparisonOperator,
  type Condition,
  type JsonPath,
  PATH_METHODS,
  type PathMethod,
  type PathNode,
  type PathRange,
} from "./nodes.js";
import { pathRegex } from "./regex.js";

/** How deeply parentheses and filters may nest. */
const MAX_PATH_DEPTH = 200;
/** Paths are few and repeat from row to row. */
const MAX_CACHED = 256;
const cache = new Map<string, JsonPath>();

/** Throws PARSE_ERROR. */
export function parsePath(text: string): JsonPath {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  const path = new PathParser(text).parse();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, path);
  return path;
}

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["==", "=="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

class PathParser {
  private readonly tokens: readonly PathToken[];
  private at = 0;
  private depth = 0;
  /** How many subscripts are open, in which `last` has a meaning. */
  private subscripts = 0;

  constructor(text: string) {
    this.tokens = pathTokens(text);
  }

  parse(): JsonPath {
    const strict = this.acceptWord("strict");
    if (!strict) this.acceptWord("lax");
    const body = this.either();
    if (this.peek().kind !== "end") throw this.error();
    return { strict, body };
  }

  /** A value or a condition: which of them shows only behind its first part. */
  private either(): PathNode {
    return this.nested(() => {
      let left = this.conjunction();
      while (this.accept("||")) left = this.joined("or", left, this.conjunction());
      return left;
    });
  }

  private nested(parse: () => PathNode): PathNode {
    if (++this.depth > MAX_PATH_DEPTH) {
      throw new AegisError("NESTING_TOO_DEEP", "the jsonpath nests too deeply", {
        hint: `It may nest ${MAX_PATH_DEPTH} levels deep.`,
      });
    }
    const node = parse();
    this.depth--;
    return node;
  }

  private conjunction(): PathNode {
    let left = this.comparison();
    while (this.accept("&&")) left = this.joined("and", left, this.comparison());
    return left;
  }

  private joined(kind: "and" | "or", left: PathNode, right: PathNode): PathNode {
    return condition({ kind, left: this.asCondition(left), right: this.asCondition(right) });
  }

  private asCondition(node: PathNode): Condition {
    if (node.kind !== "condition") throw this.error();
    return node.condition;
  }

  private comparison(): PathNode {
    if (this.accept("!")) {
      return this.nested(() => condition({ kind: "not", of: this.asCondition(this.comparison()) }));
    }
    const left = this.sum();
    const operator = COMPARISONS.get(this.peek().text);
    if (operator !== undefined && this.peek().kind === "symbol") {
      this.at++;
      return condition({ kind: "compare", operator, left, right: this.sum() });
    }
    if (this.acceptWord("starts")) {
      if (!this.acceptWord("with")) throw this.error();
      return condition({ kind: "startsWith", left, right: this.primary() });
    }
    if (this.acceptWord("like_regex")) {
      const pattern = this.string();
      const flags = this.acceptWord("flag") ? this.string() : "";
      return condition({ kind: "likeRegex", of: left, regex: pathRegex(pattern, flags) });
    }
    if (this.peek().text === "is" && this.peek(1).text === "unknown") {
      this.at += 2;
      return condition({ kind: "isUnknown", of: this.asCondition(left) });
    }
    return left;
  }

  private sum(): PathNode {
    let left = this.product();
    for (;;) {
      const operator = this.acceptOneOf("+", "-");
      if (operator === undefined) return left;
      left = { kind: "arithmetic", operator, left, right: this.product() };
    }
  }

  private product(): PathNode {
    let left = this.signed();
    for (;;) {
      const operator = this.acceptOneOf("*", "/", "%");
      if (operator === undefined) return left;
      left = { kind: "arithmetic", operator, left, right: this.signed() };
    }
  }

  private signed(): PathNode {
    const sign = this.acceptOneOf("+", "-");
    if (sign === undefined) return this.accessors(this.primary());
    return this.nested(() => ({ kind: "sign", negative: sign === "-", of: this.signed() }));
  }

  private primary(): PathNode {
    const token = this.next();
    switch (token.kind) {
      case "variable":
        return { kind: "variable", name: token.text };
      case "string":
        return { kind: "literal", value: token.text };
      case "number":
        return { kind: "literal", value: Decimal.parse(token.text) };
      case "word":
        return this.word(token.text);
      default:
    }
    if (token.text === "$") return { kind: "root" };
    if (token.text === "@") return { kind: "current" };
    if (token.text === "(") {
      const inner = this.either();
      this.expect(")");
      return inner;
    }
    this.at--;
    throw this.error();
  }

  private word(text: string): PathNode {
    switch (text) {
      case "true":
      case "false":
        return { kind: "literal", value: text === "true" };
      case "null":
        return { kind: "literal", value: null };
      case "last":
        if (this.subscripts > 0) return { kind: "last" };
        throw new AegisError("PARSE_ERROR", "LAST is allowed only in array subscripts");
      case "exists": {
        this.expect("(");
        const of = this.either();
        this.expect(")");
        return condition({ kind: "exists", of });
      }
      default:
        this.at--;
        throw this.error();
    }
  }

  private accessors(start: PathNode): PathNode {
    let of = start;
    for (;;) {
      if (this.accept("[")) of = this.subscript(of);
      else if (this.accept(".")) of = this.dotted(of);
      else if (this.accept("?")) {
        this.expect("(");
        of = { kind: "filter", of, condition: this.asCondition(this.either()) };
        this.expect(")");
      } else return of;
    }
  }

  private subscript(of: PathNode): PathNode {
    if (this.peek().text === "*" && this.peek(1).text === "]") {
      this.at += 2;
      return { kind: "elements", of };
    }
    const ranges: PathRange[] = [];
    this.subscripts++;
    do {
      const from = this.sum();
      ranges.push({ from, to: this.acceptWord("to") ? this.sum() : undefined });
    } while (this.accept(","));
    this.expect("]");
    this.subscripts--;
    return { kind: "subscript", of, ranges };
  }

  private dotted(of: PathNode): PathNode {
    if (this.accept("**")) return this.descendants(of);
    if (this.accept("*")) return { kind: "members", of };
    const token = this.next();
    if (token.kind === "variable") return { kind: "member", of, key: `$${token.text}` };
    if (token.kind !== "word" && token.kind !== "string") {
      this.at--;
      throw this.error();
    }
    if (token.kind === "word" && this.accept("(")) {
      this.expect(")");
      if (!(PATH_METHODS as readonly string[]).includes(token.text)) throw pathSyntax(token.text);
      return { kind: "method", of, name: token.text as PathMethod };
    }
    return { kind: "member", of, key: token.text };
  }

  private descendants(of: PathNode): PathNode {
    if (!this.accept("{")) return { kind: "descendants", of, from: 0, to: Infinity };
    const from = this.level();
    const to = this.acceptWord("to") ? this.level() : from;
    this.expect("}");
    return { kind: "descendants", of, from, to };
  }

  private level(): number {
    if (this.acceptWord("last")) return Infinity;
    const token = this.next();
    if (token.kind !== "number") throw pathSyntax(token.text);
    return Number(token.text);
  }

  private string(): string {
    const token = this.next();
    if (token.kind !== "string") throw pathSyntax(token.text);
    return token.text;
  }

  private peek(ahead: number = 0): PathToken {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  private next(): PathToken {
    const token = this.peek();
    this.at++;
    return token;
  }

  private accept(symbol: string): boolean {
    const found = this.peek().kind === "symbol" && this.peek().text === symbol;
    if (found) this.at++;
    return found;
  }

  private acceptOneOf(...symbols: readonly ArithmeticOperator[]): ArithmeticOperator | undefined {
    return symbols.find((symbol) => this.accept(symbol));
  }

  private acceptWord(word: string): boolean {
    const found = this.peek().kind === "word" && this.peek().text.toLowerCase() === word;
    if (found) this.at++;
    return found;
  }

  private expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.error();
  }

  private error(): AegisError {
    return pathSyntax(this.peek().text);
  }
}

function condition(inner: Condition): PathNode {
  return { kind: "condition", condition: inner };
}
