/**
 * A regular expression as a tree. Leaves carry JavaScript's syntax for what they match, so that
 * classes of characters and case are JavaScript's matter in both ways of running an expression.
 */
export type RegexNode =
  /** One character; `literal` is the one that it must be. */
  | { readonly kind: "set"; readonly source: string; readonly literal: string | undefined }
  /** A place between characters. */
  | { readonly kind: "assertion"; readonly source: string }
  /** `number` is undefined for `(?:…)`. */
  | { readonly kind: "group"; readonly number: number | undefined; readonly body: RegexNode }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly branches: readonly RegexNode[] }
  | {
      readonly kind: "repeat";
      readonly body: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  /** What only a search with backtracking can do. */
  | { readonly kind: "lookaround"; readonly open: string; readonly body: RegexNode }
  | { readonly kind: "reference"; readonly group: number };

type Preference = "longest" | "shortest" | undefined;

/**
 * Whether the expression takes as much text as it can: its first quantifier decides for all of it,
 * and alternatives always do. Undefined where nothing in it can take more or less.
 */
export function preferenceOf(node: RegexNode): Preference {
  switch (node.kind) {
    case "group":
      return preferenceOf(node.body);
    case "sequence":
      for (const item of node.items) {
        const preference = preferenceOf(item);
        if (preference !== undefined) return preference;
      }
      return undefined;
    case "choice":
      return "longest";
    case "repeat":
      if (node.min === node.max && !node.lazy && node.min !== 1) return preferenceOf(node.body);
      return node.lazy ? "shortest" : "longest";
    default:
      return undefined;
  }
}

/** Whether backtracking alone can run it. */
export function needsBacktracking(node: RegexNode): boolean {
  switch (node.kind) {
    case "lookaround":
    case "reference":
      return true;
    case "set":
    case "assertion":
      return false;
    case "group":
    case "repeat":
      return needsBacktracking(node.body);
    case "sequence":
      return node.items.some(needsBacktracking);
    case "choice":
      return node.branches.some(needsBacktracking);
  }
}

/**
 * The power of a text's length that backtracking over the expression may cost: one for each
 * quantifier without a small bound. Infinity where the cost may be exponential, as of `(a|aa)*`.
 */
export function backtrackingDegree(node: RegexNode): number {
  switch (node.kind) {
    case "set":
    case "assertion":
      return 0;
    case "group":
      return backtrackingDegree(node.body);
    case "sequence":
      return node.items.reduce((sum, item) => sum + backtrackingDegree(item), 0);
    case "choice":
      return node.branches.reduce((most, item) => Math.max(most, backtrackingDegree(item)), 0);
    case "repeat": {
      if (node.max <= 1) return backtrackingDegree(node.body);
      if (varies(node.body)) return Infinity;
      return node.max - node.min > SMALL_BOUND ? 1 : 0;
    }
    case "lookaround":
    case "reference":
      return 0;
  }
}

/**
 * How many ways the rest of the expression multiplies that cost by, whatever the text's length:
 * `a?a?a?` may be gone through in eight ways.
 */
export function backtrackingFactor(node: RegexNode): number {
  switch (node.kind) {
    case "group":
      return backtrackingFactor(node.body);
    case "sequence":
      return node.items.reduce((product, item) => product * backtrackingFactor(item), 1);
    case "choice": {
      const factors = node.branches.map(backtrackingFactor);
      return areDistinct(node.branches) ? 1 : factors.reduce((sum, factor) => sum + factor, 0);
    }
    case "repeat": {
      const { min, max, body } = node;
      if (max <= 1) return max - min + backtrackingFactor(body);
      return max - min > SMALL_BOUND ? 1 : max - min + 1;
    }
    default:
      return 1;
  }
}

/** So few repetitions cost a constant factor only. */
const SMALL_BOUND = 4;

/** Whether it can match at one place in several ways. */
function varies(node: RegexNode): boolean {
  switch (node.kind) {
    case "group":
      return varies(node.body);
    case "sequence":
      return node.items.some(varies);
    case "choice":
      return !areDistinct(node.branches);
    case "repeat":
      return node.min !== node.max || varies(node.body);
    default:
      return false;
  }
}

/** Whether each branch is a character that no other is, whatever its case. */
function areDistinct(branches: readonly RegexNode[]): boolean {
  const seen = new Set<string>();
  for (const branch of branches) {
    if (branch.kind !== "set" || branch.literal === undefined) return false;
    seen.add(branch.literal.toLowerCase().toUpperCase());
  }
  return seen.size === branches.length;
}

/** Whether some quantifier takes as little as it can. */
export function hasLazy(node: RegexNode): boolean {
  switch (node.kind) {
    case "repeat":
      return node.lazy || hasLazy(node.body);
    case "group":
    case "lookaround":
      return hasLazy(node.body);
    case "sequence":
      return node.items.some(hasLazy);
    case "choice":
      return node.branches.some(hasLazy);
    default:
      return false;
  }
}
