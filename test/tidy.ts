// How large files and functions may be, and the ratchet on what is larger.
//
// A limit that is passed needs an entry in tidy-exceptions.json: the size it has, and why. An
// excepted file or function may shrink; it never grows past its entry, and an entry that is no
// longer needed, or that leaves more room than SLACK, is an error, so that the list only shortens.

import ts from "typescript";
import { isTestFile, type SourceFile } from "./source-files.js";

const FILE_LIMIT = 300;
const TEST_FILE_LIMIT = 500;
const FUNCTION_LIMIT = 70;

/** Lines by which an exception may exceed the present size before it must be lowered. */
export const SLACK = 10;

/** What is measured: a file, named by its path, or a function, named `path#name`. */
interface Measured {
  readonly name: string;
  readonly lines: number;
  readonly limit: number;
}

interface Exception {
  readonly lines: number;
  readonly reason: string;
}

export type Exceptions = Readonly<Record<string, Exception>>;

function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

function hasBody(node: ts.Node): node is FunctionNode {
  return (
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node) ||
      ts.isGetAccessorDeclaration(node) ||
      ts.isSetAccessorDeclaration(node)) &&
    node.body !== undefined
  );
}

/** The name a reader would call a function by: its own, or what it is assigned to. */
function ownName(node: FunctionNode): string {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) {
    return parent.name.getText();
  }
  if (ts.isPropertyDeclaration(parent)) return parent.name.getText();
  return "(anonymous)";
}

/** Every function of a file with its lines, from its first to its last, nested ones included. */
export function measureFunctions({ path, text }: SourceFile): Measured[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Measured[] = [];
  const visit = (node: ts.Node, scope: string): void => {
    let inner = scope;
    if (hasBody(node)) {
      inner = `${scope}${ownName(node)}`;
      const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
      const name = `${path}#${inner}`;
      found.push({ name, lines: last - first + 1, limit: FUNCTION_LIMIT });
      inner += ".";
    } else if ((ts.isClassDeclaration(node) || ts.isClassExpression(node)) && node.name) {
      inner = `${scope}${node.name.text}.`;
    }
    node.forEachChild((child) => {
      visit(child, inner);
    });
  };
  visit(file, "");
  return found;
}

/** Everything that has a limit: files, and in files that are no tests also functions. */
export function measure(files: readonly SourceFile[]): Measured[] {
  return files.flatMap((file) => {
    const test = isTestFile(file.path);
    const limit = test ? TEST_FILE_LIMIT : FILE_LIMIT;
    const whole = { name: file.path, lines: lineCount(file.text), limit };
    return test ? [whole] : [whole, ...measureFunctions(file)];
  });
}

/** Keeps, of things with the same name, the largest: two anonymous functions share an entry. */
function largestByName(measured: readonly Measured[]): Map<string, Measured> {
  const largest = new Map<string, Measured>();
  for (const item of measured) {
    const known = largest.get(item.name);
    if (known === undefined || known.lines < item.lines) largest.set(item.name, item);
  }
  return largest;
}

/** What is wrong, as sentences. Empty when all is well. */
export function tidyProblems(measured: readonly Measured[], exceptions: Exceptions): string[] {
  const problems: string[] = [];
  const present = largestByName(measured);
  for (const { name, lines, limit } of present.values()) {
    const exception = exceptions[name];
    if (lines <= limit) continue;
    if (exception === undefined) {
      problems.push(`${name} has ${lines} lines; the limit is ${limit}. Split it.`);
    } else if (lines > exception.lines) {
      problems.push(`${name} grew from ${exception.lines} to ${lines} lines. Split it.`);
    } else if (exception.lines > lines + SLACK) {
      problems.push(`${name} shrank to ${lines} lines: lower its exception.`);
    }
  }
  for (const [name, { reason }] of Object.entries(exceptions)) {
    const item = present.get(name);
    if (item === undefined) problems.push(`${name} is gone: remove its exception.`);
    else if (item.lines <= item.limit) problems.push(`${name} fits: remove its exception.`);
    if (reason.trim().length < 20) problems.push(`${name} needs a reason for its exception.`);
  }
  return problems;
}
