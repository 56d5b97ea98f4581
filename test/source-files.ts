import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A TypeScript file of the repository. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file of ours under `packages/<name>/src` and `test`, in order of path. */
export function sourceFiles(): SourceFile[] {
  const folders = readdirSync(`${root}packages`).map((name) => `packages/${name}/src`);
  return [...folders, "test"].flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((path) => /\.tsx?$/.test(path) && !path.includes("/node_modules/"))
      .sort()
      .map((path) => ({ path, text: readFileSync(`${root}${path}`, "utf8") })),
  );
}

export function isTestFile(path: string): boolean {
  return path.endsWith(".test.ts") || path.startsWith("test/");
}
