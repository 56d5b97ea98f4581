// What both writers do: open the database that the command line names, tell of it on the standard
// output, and write until somebody kills the process or has it close the database.

import { writeSync } from "node:fs";
import { AegisError, open } from "../../packages/core/dist/index.js";

const [directory = "", writers = "4", sync = "commit"] = process.argv.slice(2);

/** How many write at a time. */
export const WRITERS = Number(writers);

/** @param {import("./writer-process.mjs").Message} message */
export function tell(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

export function openDatabase() {
  tell({ kind: "opening" });
  return open({
    path: directory,
    writeBufferSize: "128KB",
    bufferPoolSize: "1MB",
    sync: sync === "none" ? "none" : "commit",
  });
}

/**
 * Has each writer go on after the number that was found of it, and tells of what was acknowledged.
 * @param {Awaited<ReturnType<typeof openDatabase>>} db
 * @param {readonly number[]} found
 * @param {(writer: number, n: number) => Promise<unknown>} write
 */
export async function writeUntilClosed(db, found, write) {
  /** @type {Promise<void> | undefined} */
  let closing;
  process.stdin.once("data", () => {
    closing = db.close();
  });
  /**
   * @param {number} writer
   * @param {number} count
   */
  const writeOn = async (writer, count) => {
    for (let n = count + 1; ; n++) {
      await write(writer, n);
      tell({ kind: "acknowledged", writer, n });
    }
  };
  try {
    await Promise.all([checkpoints(db), ...found.map((count, writer) => writeOn(writer, count))]);
  } catch (error) {
    // The first one that finds the database closed ends them all.
    const isClosed = error instanceof AegisError && error.code === "DATABASE_CLOSED";
    if (closing === undefined || !isClosed) throw error;
    await closing;
    tell({ kind: "closed" });
    process.exit();
  }
}

/**
 * What is not in run files yet goes there again and again, so that kills strike there too.
 * @param {Awaited<ReturnType<typeof openDatabase>>} db
 */
async function checkpoints(db) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await db.checkpoint();
  }
}
