import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { median } from "./statistics.mjs";

const SYNC_SAMPLES = 200;

/**
 * What a reader needs to place the numbers, and nothing that names the machine.
 *
 * @param {string} folder where the databases will lie
 */
export function describeMachine(folder) {
  return {
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    syncMs: medianSync(folder),
  };
}

/** Median milliseconds of a 4 KB write with fdatasync: the floor of every durable single write. */
function medianSync(folder) {
  const path = join(folder, "sync-probe");
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096, 1);
  const times = [];
  for (let i = 0; i < SYNC_SAMPLES; i++) {
    const start = performance.now();
    writeSync(file, block, 0, block.length, i * block.length);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  rmSync(path);
  return Number(median(times).toFixed(3));
}
