// Loaded before a program (`node --import`), this puts small limits in place of the real ones, so
// that a few megabytes go through many log segments, manifests, flushes and compactions:
//
//   node --import ./test/crash/small-limits.mjs writer.mjs <directory> <writers>

import { register } from "node:module";

register("./small-limits-hook.mjs", import.meta.url);
