import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";

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
 * comment may go on after the value; undefined where a call promises nothing.
 */
export function promisedOutput(source: string): (string | undefined)[] {
  return source
    .split("\n")
    .filter((line) => /^\s*console\.log\(/.test(line))
    .map((line) => /;\s*\/\/\s*(.+)$/.exec(line)?.[1]);
}

/** Quotes and spaces differ between how people and Node write a value; nothing else may. */
export function normalized(text: string): string {
  return text.replace(/["'`\s]/g, "");
}
