// Builds every package: `tsc -b` (incremental), then the bundled third-party code that the built
// files import, then the bundles that programs import, then the licence files that npm packs.

import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isMain, root, runBin } from "./lib/run.mjs";
import { packageFolders } from "./lib/packages.mjs";

/**
 * Copies a file only when the copy differs, so that nothing downstream looks changed.
 * @param {string} from
 * @param {string} to
 */
function copyIfChanged(from, to) {
  let present;
  try {
    present = readFileSync(to, "utf8");
  } catch {
    present = undefined;
  }
  if (present !== readFileSync(from, "utf8")) copyFileSync(from, to);
}

/**
 * Removes built files whose source is gone or has moved out of the build: `tsc -b` leaves them
 * there, and they would be published.
 * @param {string} folder a package
 */
function removeOrphans(folder) {
  const dist = join(folder, "dist");
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const built = /^(?!(?:vendor|bundle)[\\/])(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path);
    if (built?.[1] === undefined) continue;
    const test = built[1].endsWith(".test") || /^testing[\\/]/.test(path);
    if (test || !existsSync(join(folder, "src", `${built[1]}.ts`))) rmSync(join(dist, path));
  }
}

/** Builds all packages. Rejects when TypeScript reports an error. */
export async function build() {
  const outcome = await runBin("tsc", ["-b"]);
  if (!outcome.ok) {
    console.error(outcome.output);
    throw new Error("tsc -b failed");
  }
  const { bundleVendor } = await import("./bundle-vendor.mjs");
  await bundleVendor();
  for (const folder of packageFolders()) removeOrphans(folder);
  const { bundlePackages } = await import("./bundle-packages.mjs");
  await bundlePackages();
  for (const folder of packageFolders()) {
    for (const name of ["LICENSE", "NOTICE"]) {
      copyIfChanged(join(root, name), join(folder, name));
    }
  }
}

if (isMain(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
