import type { RegexNode } from "./regex-node.js";

/**
 * Whether the first way to match that JavaScript finds may be another than the longest. It is the
 * longest as long as nothing is taken that something longer could have begun with: of alternatives
 * none begins another, and no part of several characters may be left out that begins like what an
 * earlier quantifier takes. Where that cannot be told, the answer is yes.
 */
export function dependsOnOrder(root: RegexNode): boolean {
  return new OrderCheck().depends(root);
}

class OrderCheck {
  /** Sets of the quantifiers so far, from left to right. */
  private readonly taken: string[] = [];

  depends(node: RegexNode): boolean {
    switch (node.kind) {
      case "group":
      case "lookaround":
        return this.depends(node.body);
      case "sequence":
        return node.items.some((item) => this.depends(item));
      case "choice":
        return !isExclusive(node.branches);
      case "repeat":
        return this.repeat(node);
      default:
        return false;
    }
  }

  private repeat({ body, min, max }: Extract<RegexNode, { kind: "repeat" }>): boolean {
    if (body.kind === "set") {
      if (min !== max) this.taken.push(body.source);
      return false;
    }
    const first = firstLiteral(body);
    const begun = this.taken.some((set) => first === undefined || contains(set, first));
    if (min !== max && begun) return true;
    if (this.depends(body)) return true;
    // A second round may begin with what the first one took too much of.
    if (max > 1 && this.taken.some((set) => first === undefined || contains(set, first)))
      return true;
    if (min !== max) this.taken.push(...setsOf(body));
    return false;
  }
}

function contains(set: string, character: string): boolean {
  return new RegExp(`^${set}$`, "iu").test(character);
}

/** The character that everything it matches begins with. */
function firstLiteral(node: RegexNode): string | undefined {
  switch (node.kind) {
    case "set":
      return node.literal;
    case "group":
      return firstLiteral(node.body);
    case "sequence":
      return node.items[0] && firstLiteral(node.items[0]);
    case "repeat":
      return node.min > 0 ? firstLiteral(node.body) : undefined;
    default:
      return undefined;
  }
}

function setsOf(node: RegexNode): readonly string[] {
  switch (node.kind) {
    case "set":
      return [node.source];
    case "group":
    case "repeat":
      return setsOf(node.body);
    case "sequence":
      return node.items.flatMap(setsOf);
    case "choice":
      return node.branches.flatMap(setsOf);
    default:
      return [];
  }
}

/** Single characters, or words of which none begins another. */
function isExclusive(branches: readonly RegexNode[]): boolean {
  if (branches.every((branch) => branch.kind === "set")) return true;
  const words = branches.map(wordOf);
  return words.every(
    (word, i) =>
      word !== undefined &&
      words.every((other, j) => i === j || (other?.startsWith(word) ?? false) === false),
  );
}

/** The one text that it matches, in lower case; undefined if there are more. */
function wordOf(node: RegexNode): string | undefined {
  if (node.kind === "set") return node.literal?.toLowerCase();
  if (node.kind !== "sequence") return undefined;
  const letters = node.items.map(wordOf);
  return letters.includes(undefined) ? undefined : letters.join("");
}
