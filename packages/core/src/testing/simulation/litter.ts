import { assert } from "../../errors.js";
import type { OpenedEngine } from "../../engine/open-engine.js";
import type { Vfs } from "../../vfs/contract.js";
import { DIRECTORY } from "./computer.js";

/** Right after an open the directory holds what the manifest names, and nothing else. */
export function assertTidy(fs: Vfs, { manifest }: OpenedEngine): void {
  const names = fs.list(DIRECTORY);
  const manifests = names.filter((name) => name.startsWith("MANIFEST-"));
  assert(manifests.length === 1, `there is one manifest, not ${manifests.join(", ")}`);
  const others = names.filter((name) => !name.startsWith("MANIFEST-")).join(" ");
  assert(others === "CURRENT LOCK log runs", `the directory holds ${others}`);
  const expected = new Set(
    manifest.sections().map(({ meta }) => `${String(meta.fileId).padStart(8, "0")}.run`),
  );
  const runs = fs.list(`${DIRECTORY}/runs`);
  const stray = runs.find((name) => !expected.has(name));
  assert(stray === undefined, `no manifest names ${stray}`);
  assert(runs.length === expected.size, "every run that the manifest names is there");
}
