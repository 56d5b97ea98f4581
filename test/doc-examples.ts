import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import ts from "typescript";

/** A runnable block of a page: ```ts … ``` with an import of ours. */
export interface Example {
  readonly line: number;
  readonly source: string;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MODULES: Readonly<Record<string, string>> = {
  aegisdb: "packages/core/dist/index.js",
};

export function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  for (const match of markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const source = match[1]!;
    const line = markdown.slice(0, match.index).split("\n").length + 1;
    if (/from "aegisdb"/.test(source)) examples.push({ line, source });
  }
  return examples;
}

/** Runs an example as it stands, against the built packages, in an empty folder of its own. */
export function runExample(example: Example): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "aegis-example-"));
  try {
    const { code } = transformSync(example.source, {
      loader: "ts",
      format: "esm",
      target: "node20",
    });
    const linked = code.replace(/from "([^"]+)"/g, (whole, name: string) => {
      const file = MODULES[name];
      return file === undefined ? whole : `from "${pathToFileURL(file).href}"`;
    });
    writeFileSync(join(folder, "example.mjs"), linked);
    const run = spawnSync(process.execPath, ["example.mjs"], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
    });
    return { exitCode: run.status ?? -1, stdout: run.stdout, stderr: run.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What the page says each `console.log` prints, in order: the comment behind it on its line. The
 * comment may go on after the value, behind a comma, colon or semicolon. Undefined where a call
 * promises nothing, or where "a Date, …" describes what differs from run to run.
 */
function promisedOutput(source: string): (string | undefined)[] {
  return source
    .split("\n")
    .filter((line) => /^[^/]*\bconsole\.log\(/.test(line))
    .map((line) => /;\s*\/\/(?!\s*an? )\s*(.+)$/.exec(line)?.[1]);
}

/** Quotes and spaces differ between how people and Node write a value; nothing else may. */
function normalized(text: string): string {
  return text.replace(/["'`\s]/g, "");
}

/**
 * The first promise that the output does not keep, or the first line that nothing promised;
 * undefined where all is well. A value may take several lines of the output.
 */
export function brokenPromise(source: string, stdout: string): string | undefined {
  const lines = stdout.trimEnd().split("\n").filter(Boolean).map(normalized);
  let next = 0;
  let free = false;
  for (const promise of promisedOutput(source)) {
    if (promise === undefined) {
      free = true;
      continue;
    }
    let end = valueEnd(lines, next, promise);
    while (free && end === undefined && next < lines.length) {
      next++;
      end = valueEnd(lines, next, promise);
    }
    if (end === undefined) return promise;
    next = end;
    free = false;
  }
  return free ? undefined : lines[next];
}

/** Where the value that begins at a line ends, if it is what the promise says. */
function valueEnd(lines: readonly string[], from: number, promise: string): number | undefined {
  const promised = normalized(promise);
  let value = "";
  for (let end = from; end < lines.length; end++) {
    value += lines[end]!;
    if (!promised.startsWith(value)) return undefined;
    if (/^($|[,:;])/.test(promised.slice(value.length)) && isWhole(value)) return end + 1;
  }
  return undefined;
}

/** Whether every bracket is closed: a comma behind it then belongs to the comment. */
function isWhole(value: string): boolean {
  return value.replace(/[^[{]/g, "").length === value.replace(/[^\]}]/g, "").length;
}

const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
  types: ["node"],
  skipLibCheck: true,
  noEmit: true,
};

/** What the compiler says of examples, as "page:line: message", against the built packages. */
export function typeErrors(examples: readonly (Example & { readonly page: string })[]): string[] {
  const host = ts.createCompilerHost(COMPILER_OPTIONS);
  const virtual = new Map(
    examples.map((example, i) => [resolve(`documented-example-${i}.ts`), example]),
  );
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name)?.source ?? readFile(name);
  host.getSourceFile = (name, options, ...rest) => {
    const example = virtual.get(name);
    if (example === undefined) return getSourceFile(name, options, ...rest);
    return ts.createSourceFile(name, example.source, options);
  };
  const program = ts.createProgram([...virtual.keys()], COMPILER_OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, " ");
    const example = file === undefined ? undefined : virtual.get(file.fileName);
    if (file === undefined || example === undefined) return message;
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0);
    return `${example.page}:${example.line + line}: ${message}`;
  });
}
