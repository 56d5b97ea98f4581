// The packages of the workspace, in the order in which they depend on each other.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

/** The absolute folders of the published packages. */
export function packageFolders() {
  /** @type {{ workspaces: string[] }} */
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return manifest.workspaces.map((folder) => join(root, folder));
}
