import { systemClock } from "./base/clock.js";
import { Prng, randomSeed } from "./base/prng.js";
import { Database } from "./database.js";
import { close } from "./engine/life-cycle.js";
import { openEngine, type EngineOptions } from "./engine/open-engine.js";
import { AegisError } from "./errors.js";
import { resolveOptions, type OpenOptions, type ResolvedOptions } from "./options.js";
import { NodeHost } from "./vfs/host.js";
import { MemFs } from "./vfs/mem-fs.js";
import { NodeFs } from "./vfs/node-fs.js";

const MEMORY_PATH = ":memory:";

/**
 * Opens a database: a directory, made if it is not there, or ":memory:". Rejects with
 * DATABASE_LOCKED if another process holds the directory, INVALID_OPTION for a bad option,
 * CORRUPTION if files are damaged, UNSUPPORTED_RUNTIME where code generation is forbidden.
 *
 * Nothing in opening waits for the event loop today; it is asynchronous so that a replicated log
 * can be opened through the same call.
 */
export async function open(options: string | OpenOptions): Promise<Database> {
  const resolved = resolveOptions(options);
  assertRuntime();
  const opened = openEngine(engineOptions(resolved));
  try {
    return new Database(opened, resolved);
  } catch (error) {
    // The models read as soon as they are made; without them nobody could give the directory back.
    await close(opened).catch(() => undefined);
    throw error;
  }
}

function engineOptions(options: ResolvedOptions): EngineOptions {
  const memory = options.path === MEMORY_PATH;
  return {
    vfs: memory ? new MemFs() : new NodeFs(),
    directory: memory ? "/memory" : options.path,
    host: new NodeHost(),
    clock: systemClock,
    prng: new Prng(randomSeed()),
    memory,
    sync: options.sync,
    syncIntervalMs: options.syncIntervalMs,
    maxTransactionBytes: options.maxTransactionBytes,
    bufferPoolBytes: options.bufferPoolBytes,
    writeBufferBytes: options.writeBufferBytes,
    compression: options.compression,
    inlineBackground: false,
    threads: !memory,
  };
}

/** Query plans and row codecs are compiled to functions; say so here rather than fail later. */
function assertRuntime(): void {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- this is the probe
    new Function("return 1");
  } catch (cause) {
    throw new AegisError("UNSUPPORTED_RUNTIME", "this runtime forbids code generation", {
      hint: "Start Node without --disallow-code-generation-from-strings.",
      cause,
    });
  }
}
