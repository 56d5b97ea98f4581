import type { ColumnNode, StarNode, TableRef } from "../parser/ast.js";
import { parseStatement } from "../parser/index.js";
import { parseStored } from "../binder/modify/stored-expressions.js";
import { quoteIdentifier } from "./names.js";

/** One identifier as it is written. */
const IDENTIFIER = /"(?:[^"]|"")*"|[\w$\u0080-\uffff]+/y;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the parts of a dotted name stand that begins at a 1-based position. */
function partsAt(text: string, position: number, count: number): readonly Span[] {
  const spans: Span[] = [];
  let at = position - 1;
  for (let i = 0; i < count; i++) {
    while (/[\s.]/.test(text[at] ?? "")) at++;
    IDENTIFIER.lastIndex = at;
    const found = IDENTIFIER.exec(text);
    if (found === null) break;
    spans.push({ start: at, end: at + found[0].length });
    at += found[0].length;
  }
  return spans;
}

interface Edit extends Span {
  readonly text: string;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return result;
}

/** Every node of a tree for which `pick` gives something, wherever it stands. */
export function collect<T>(tree: unknown, pick: (node: object) => T | undefined): T[] {
  const found: T[] = [];
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    pending.push(...(Object.values(node) as unknown[]));
  }
  return found;
}

function isKind<T extends { readonly kind: string }>(node: object, kind: T["kind"]): node is T {
  return "kind" in node && node.kind === kind;
}

export function columnNodes(tree: unknown): readonly ColumnNode[] {
  return collect(tree, (node) => (isKind<ColumnNode>(node, "column") ? node : undefined));
}

/** Tables, views and common tables that a query reads from. */
export function tableRefs(tree: unknown): readonly TableRef[] {
  return collect(tree, (node) => (isKind<TableRef>(node, "table") ? node : undefined));
}

/** The text of a CHECK or generated column after a column got a new name. */
export function withColumnRenamed(text: string, name: string, newName: string): string {
  const edits = columnNodes(parseStored(text))
    .filter(({ path }) => path.at(-1) === name)
    .flatMap(({ path, position }) => partsAt(text, position, path.length).slice(path.length - 1))
    .map((span) => ({ ...span, text: quoteIdentifier(newName) }));
  return applyEdits(text, edits);
}

/** The text of a CHECK or generated column after its table got a new name. */
export function withQualifierRenamed(text: string, name: string, newName: string): string {
  const edits = columnNodes(parseStored(text))
    .filter(({ path }) => path.length > 1 && path.at(-2) === name)
    .flatMap(({ path, position }) => partsAt(text, position, path.length).slice(path.length - 2))
    .filter((_, i) => i % 2 === 0)
    .map((span) => ({ ...span, text: quoteIdentifier(newName) }));
  return applyEdits(text, edits);
}

/** A query's text after what `refersTo` knows got a new name; the old one stays as its alias. */
export function withTableRenamed(
  text: string,
  refersTo: (ref: TableRef) => boolean,
  newName: string,
): string {
  const edits = tableRefs(parseStatement(text))
    .filter(refersTo)
    .map((ref): Edit => {
      const spans = partsAt(text, ref.position, ref.path.length);
      const alias = ref.alias === undefined ? ` AS ${quoteIdentifier(ref.path.at(-1)!)}` : "";
      return { start: spans[0]!.start, end: spans.at(-1)!.end, text: `${newName}${alias}` };
    });
  return applyEdits(text, edits);
}

/** `t.*` or `*`, from its first character. */
const STAR = /(?:(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)\s*\.\s*)*\*/y;

/** A query's text with what `replace` gives for its stars. */
export function withStarsReplaced(
  text: string,
  stars: readonly StarNode[],
  replace: (star: StarNode) => string | undefined,
): string {
  const edits = stars.flatMap((star): readonly Edit[] => {
    const replacement = replace(star);
    STAR.lastIndex = star.position - 1;
    const found = STAR.exec(text);
    if (replacement === undefined || replacement === "" || found === null) return [];
    const start = found.index;
    return [{ start, end: start + found[0].length, text: replacement }];
  });
  return applyEdits(text, edits);
}
