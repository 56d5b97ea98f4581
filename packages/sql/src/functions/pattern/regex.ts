import { invalidRegex } from "./regex-escapes.js";
import {
  backtrackingDegree,
  backtrackingFactor,
  hasLazy,
  needsBacktracking,
  preferenceOf,
} from "./regex-node.js";
import { dependsOnOrder } from "./regex-order.js";
import { regexOptions } from "./regex-options.js";
import { type ParsedRegex, parseRegex } from "./regex-parser.js";
import { type Places, RegexMachine } from "./regex-machine.js";
import { compileProgram } from "./regex-program.js";
import { regexSource } from "./regex-source.js";

/** Compiled expressions are kept, as a pattern that is no constant still repeats from row to row. */
const MAX_CACHED = 256;
const cache = new Map<string, TextRegex>();

/** Steps that backtracking may need at worst before the machine runs an expression instead. */
const MAX_BACKTRACKING_STEPS = 4_000_000;

/**
 * A PostgreSQL regular expression (the advanced form). `flags` are PostgreSQL's letters; "g" is
 * for the caller and is ignored here. The result has no state that callers could see, and is shared.
 * Throws INVALID_REGEX.
 */
export function compileRegex(pattern: string, flags: string = ""): TextRegex {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const options = regexOptions(pattern, flags);
  const regex = new TextRegex(parseRegex(options), options.caseless);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, regex);
  return regex;
}

/** The whole match and its groups; undefined for groups that took no part. */
export interface RegexMatch extends ReadonlyArray<string | undefined> {
  readonly index: number;
  readonly 0: string;
}

/**
 * An expression runs as one of JavaScript where that is safe and means the same, which is fastest.
 * Where backtracking could take more than linear time, or where JavaScript would take the first of
 * several alternatives and PostgreSQL takes the longest, `RegexMachine` runs it. References to
 * groups and lookarounds are beyond the machine: such expressions always backtrack.
 */
export class TextRegex {
  private readonly native: RegExp;
  private readonly parsed: ParsedRegex;
  private readonly caseless: boolean;
  private readonly lazy: boolean;
  /** Texts up to this length are safe to backtrack over. */
  private readonly safeLength: number;
  private readonly ordered: boolean;
  private compiled: RegexMachine | undefined;

  constructor(parsed: ParsedRegex, caseless: boolean) {
    const { root } = parsed;
    this.parsed = parsed;
    this.caseless = caseless;
    this.lazy = preferenceOf(root) === "shortest";
    this.native = nativeRegex(regexSource(root, this.lazy), caseless ? "giu" : "gu");
    const mustBacktrack = needsBacktracking(root);
    // One more than the quantifiers need, as the search starts at every place.
    const degree = backtrackingDegree(root) + 1;
    const steps = MAX_BACKTRACKING_STEPS / backtrackingFactor(root);
    this.safeLength = mustBacktrack ? Infinity : Math.floor(steps ** (1 / degree));
    const mixed = !this.lazy && hasLazy(root);
    this.ordered = !mustBacktrack && (mixed || dependsOnOrder(root));
  }

  test(text: string): boolean {
    if (text.length > this.safeLength) return this.machine.test(text);
    this.native.lastIndex = 0;
    return this.native.test(text);
  }

  /** The first match at or after unit `from` of the text. */
  exec(text: string, from: number = 0): RegexMatch | null {
    if (text.length > this.safeLength) {
      const places = this.machine.find(text, from);
      return places === undefined ? null : matchOf(text, places);
    }
    this.native.lastIndex = from;
    const match = this.native.exec(text) as RegexMatch | null;
    // Where it begins is the same for any way to match.
    if (match === null || !this.ordered) return match;
    return matchOf(text, this.machine.find(text, match.index)!);
  }

  /** All matches from unit `from` on; an empty one moves on by a character. */
  *matches(text: string, from: number = 0): Iterable<RegexMatch> {
    for (let at = from; at <= text.length;) {
      const match = this.exec(text, at);
      if (match === null) return;
      yield match;
      at = match.index + match[0].length;
      if (match[0] === "") at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
  }

  /** Start and end of the match and of each group, as `exec` finds them. */
  locate(text: string, from: number): Places | undefined {
    if (this.ordered || text.length > this.safeLength) return this.machine.find(text, from);
    const located = new RegExp(this.native.source, `${this.native.flags}d`);
    located.lastIndex = from;
    return located.exec(text)?.indices?.flatMap((range) => range ?? [-1, -1]);
  }

  private get machine(): RegexMachine {
    if (this.compiled === undefined) {
      const { root, groups } = this.parsed;
      const program = compileProgram(root, groups, this.caseless, this.lazy);
      const mode = this.lazy ? "shortest" : hasLazy(root) ? "longest" : "longestGroups";
      this.compiled = new RegexMachine(program, mode);
    }
    return this.compiled;
  }
}

/** What the parser let through, JavaScript refuses only for ranges that run backwards. */
function nativeRegex(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidRegex("invalid character range");
    throw error;
  }
}

function matchOf(text: string, places: Places): RegexMatch {
  const groups: (string | undefined)[] = [];
  for (let i = 0; i < places.length; i += 2) {
    groups.push(places[i]! < 0 ? undefined : text.slice(places[i], places[i + 1]));
  }
  return Object.assign(groups, { index: places[0]! }) as unknown as RegexMatch;
}
