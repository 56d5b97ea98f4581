import type { RegexNode } from "./regex-node.js";

/** JavaScript's source of an expression. `lazy`: every quantifier takes as little as it can. */
export function regexSource(node: RegexNode, lazy: boolean): string {
  switch (node.kind) {
    case "set":
    case "assertion":
      return node.source;
    case "group":
      return `(${node.number === undefined ? "?:" : ""}${regexSource(node.body, lazy)})`;
    case "sequence":
      return node.items.map((item) => wrapped(item, item.kind === "choice", lazy)).join("");
    case "choice":
      return node.branches.map((branch) => regexSource(branch, lazy)).join("|");
    case "repeat": {
      const compound = node.body.kind !== "set" && node.body.kind !== "group";
      return wrapped(node.body, compound, lazy) + quantifier(node, lazy);
    }
    case "lookaround":
      return `${node.open}${regexSource(node.body, lazy)})`;
    case "reference":
      // The empty group keeps a digit that follows apart.
      return `\\${node.group}(?:)`;
  }
}

function wrapped(node: RegexNode, needed: boolean, lazy: boolean): string {
  const source = regexSource(node, lazy);
  return needed ? `(?:${source})` : source;
}

type Repeat = Extract<RegexNode, { kind: "repeat" }>;

function quantifier({ min, max, lazy: ownLazy }: Repeat, lazy: boolean): string {
  const mark = lazy || ownLazy ? "?" : "";
  if (max === Infinity && min <= 1) return `${min === 0 ? "*" : "+"}${mark}`;
  if (min === 0 && max === 1) return `?${mark}`;
  if (min === max) return `{${min}}`;
  return `{${min},${max === Infinity ? "" : max}}${mark}`;
}
