// Compares the public surface of each package with its report in packages/*/etc/, so that no
// change of the API goes unseen in a review. `node scripts/api.mjs --update` writes the reports.

import { mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from "@microsoft/api-extractor";
import { packageFolders } from "./lib/packages.mjs";
import { isMain, root } from "./lib/run.mjs";

/**
 * The entry points of a package that carry types: a report each.
 * @param {string} folder
 * @returns {{ report: string, declarations: string }[]}
 */
function entryPoints(folder) {
  /** @type {{ name: string, exports: Record<string, string | { types: string }> }} */
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return [];
    const suffix = subpath === "." ? "" : `-${basename(subpath)}`;
    return [
      {
        report: `${manifest.name.replace(/^@[^/]+\//, "")}${suffix}`,
        declarations: join(folder, target.types),
      },
    ];
  });
}

/**
 * @param {string} folder
 * @param {{ report: string, declarations: string }} entry
 */
function configFor(folder, entry) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry.declarations,
      compiler: { tsconfigFilePath: join(folder, "tsconfig.json"), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${entry.report}.api.md`,
        reportFolder: join(folder, "etc"),
        reportTempFolder: join(root, "node_modules/.cache/api", entry.report),
        // A type that an exported one mentions is part of the surface too.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: false },
          // Every export is public here; no release tags are asked for.
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
          "ae-unresolved-link": { logLevel: ExtractorLogLevel.None },
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}

/**
 * Checks, or with `update` writes, every report.
 * @param {boolean} update
 * @returns {boolean} whether nothing is wrong
 */
function checkApi(update) {
  let ok = true;
  for (const folder of packageFolders()) {
    mkdirSync(join(folder, "etc"), { recursive: true });
    for (const entry of entryPoints(folder)) {
      const config = configFor(folder, entry);
      const result = Extractor.invoke(config, {
        localBuild: update,
        compilerState: CompilerState.create(config),
        messageCallback: (message) => {
          // The advice about its own TypeScript version says nothing about our API.
          if (message.messageId === "console-compiler-version-notice") message.handled = true;
          if (message.messageId === "console-preamble") message.handled = true;
        },
      });
      if (result.succeeded || (update && result.errorCount === 0)) continue;
      ok = false;
      console.error(`${entry.report}: the public API differs from its report.`);
    }
  }
  if (!ok) console.error("If the change is meant: npm run api:update, and commit the reports.");
  return ok;
}

if (isMain(import.meta.url) && !checkApi(process.argv.includes("--update"))) process.exitCode = 1;
