import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from "node:worker_threads";
import { AegisError } from "../errors.js";
import {
  COMPACTION_OUTPUT_BYTES,
  MIN_THREADED_JOB_BYTES,
  THREAD_NURSERY_MB,
  THREAD_SILENCE_MS,
} from "../limits.js";
import type { SectionMeta } from "../run/contract.js";
import { runFilePath } from "../run/format.js";
import type { CompactionOptions } from "../tree/compaction.js";
import type { StepJob } from "../tree/contract.js";
import type { FlushOptions } from "../tree/flush.js";
import { Memtable } from "../tree/memtable.js";
import type { RunTarget } from "../tree/run-target.js";
import type { Vfs } from "../vfs/contract.js";
import type { JobRunner } from "./contract.js";
import { LocalRunner } from "./local-runner.js";
import {
  CLOSED,
  errorOf,
  HURRY,
  REPLIES,
  SIGNAL_WORDS,
  STEPS,
  type JobMessage,
  type Reply,
  type Request,
  type TargetMessage,
  type ThreadData,
} from "./messages.js";
import { shareMemtable } from "./shared-memtable.js";
import { ThreadJob } from "./thread-job.js";

/** Outputs of a compaction for each input: sections differ in how well they compress. */
const OUTPUTS_PER_INPUT = 8;
const SPARE_OUTPUTS = 8;

/**
 * Runs large jobs in a thread, which is started with the first of them; small ones, and all of them
 * once the thread is lost, on this one.
 */
export class ThreadRunner implements JobRunner {
  readonly #local = new LocalRunner();
  readonly #jobs = new Map<number, ThreadJob>();
  readonly #signal = new Int32Array(new SharedArrayBuffer(SIGNAL_WORDS * 4));
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #ended: Promise<void> = Promise.resolve();
  #lost = false;
  #nextJob = 1;

  get threaded(): boolean {
    return !this.#lost;
  }

  flush(options: FlushOptions): StepJob<SectionMeta[]> {
    const bytes = options.parts.reduce((sum, { memtable }) => sum + bytesOf(memtable), 0);
    const local = (): StepJob<SectionMeta[]> => this.#local.flush(options);
    if (this.#lost || bytes < MIN_THREADED_JOB_BYTES) return local();
    return this.#start(options, local, (job) => ({
      kind: "flush",
      job,
      target: targetMessage(options, 1),
      parts: options.parts.map(({ treeId, memtable, bottom }) => {
        return { treeId, memtable: shareMemtable(memtable as Memtable), bottom: bottom === true };
      }),
      openSnapshots: options.openSnapshots,
    }));
  }

  compaction(options: CompactionOptions): StepJob<SectionMeta[]> {
    const bytes = options.inputs.reduce((sum, { meta }) => sum + meta.length, 0);
    const local = (): StepJob<SectionMeta[]> => this.#local.compaction(options);
    if (this.#lost || bytes < MIN_THREADED_JOB_BYTES) return local();
    const { treeId, layout, inputs, bottom, openSnapshots } = options;
    return this.#start(options, local, (job) => ({
      kind: "compaction",
      job,
      target: targetMessage(options, inputs.length * OUTPUTS_PER_INPUT + SPARE_OUTPUTS),
      treeId,
      layout,
      inputs: inputs.map(({ meta }) => meta),
      bottom,
      openSnapshots,
      outputBytes: options.outputBytes ?? COMPACTION_OUTPUT_BYTES,
    }));
  }

  hurry(isNeeded: boolean): void {
    const value = isNeeded ? 1 : 0;
    if (Atomics.exchange(this.#signal, HURRY, value) === value) return;
    Atomics.notify(this.#signal, HURRY);
  }

  async close(): Promise<void> {
    this.hurry(true);
    this.#send({ kind: "close" });
    this.#worker?.ref();
    await this.#ended;
  }

  closeNow(): void {
    if (this.#worker === undefined || this.#lost) return;
    this.hurry(true);
    this.#send({ kind: "close" });
    Atomics.wait(this.#signal, CLOSED, 0, THREAD_SILENCE_MS);
  }

  #start(
    { vfs, directory }: RunTarget,
    local: () => StepJob<SectionMeta[]>,
    message: (job: number) => JobMessage,
  ): StepJob<SectionMeta[]> {
    const id = this.#nextJob++;
    const job = new ThreadJob(local, {
      poll: () => this.#receive(),
      wait: () => this.#waitForReply(),
      abandon: () => this.#send({ kind: "abandon", job: id }),
      remove: (fileId) => removeQuietly(vfs, runFilePath(directory, fileId)),
    });
    this.#jobs.set(id, job);
    this.#startThread();
    this.#send(message(id));
    this.#keepAlive();
    return job;
  }

  #startThread(): void {
    if (this.#worker !== undefined) return;
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { port: port2, signal: this.#signal };
    const worker = new Worker(new URL("./thread.js", import.meta.url), {
      name: "aegisdb",
      // What it makes is garbage soon; a small nursery keeps it from spreading over memory.
      resourceLimits: { maxYoungGenerationSizeMb: THREAD_NURSERY_MB },
      workerData,
      transferList: [port2],
      // What this process was started with (a debugger, a loader) is not meant for this thread.
      execArgv: [],
      env: {},
    });
    worker.unref();
    port1.on("message", (reply: Reply) => this.#take(reply));
    // A thread that is lost, for whatever reason, is no failure of the database: the log has all
    // that it was flushing, and its inputs are still there.
    worker.on("error", () => this.#lose());
    this.#ended = new Promise((resolve) => {
      worker.once("exit", () => {
        this.#lose();
        resolve();
      });
    });
    this.#worker = worker;
    this.#port = port1;
  }

  #send(request: Request): void {
    this.#port?.postMessage(request);
  }

  /** The process must not end while a job is under way, nor live on for a thread without one. */
  #keepAlive(): void {
    if (this.#jobs.size > 0) this.#port?.ref();
    else this.#port?.unref();
  }

  #take(reply: Reply): void {
    const job = this.#jobs.get(reply.job);
    this.#jobs.delete(reply.job);
    if (reply.kind === "finished") job?.finish(reply.sections);
    else if (reply.kind === "failed") job?.fail(errorOf(reply.error));
    this.#keepAlive();
  }

  /**
   * Takes the replies that have arrived, without waiting for the event loop to bring them; whether
   * there were any.
   */
  #receive(): boolean {
    let any = false;
    while (this.#port !== undefined) {
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined;
      if (received === undefined) break;
      this.#take(received.message);
      any = true;
    }
    return any;
  }

  /** Sleeps until there is a reply; a thread that shows no sign of life for long is given up. */
  #waitForReply(): void {
    // A reply that comes after this look is counted by then, so that nobody sleeps through it.
    const replies = Atomics.load(this.#signal, REPLIES);
    if (this.#receive()) return;
    this.hurry(true);
    const steps = Atomics.load(this.#signal, STEPS);
    const woken = Atomics.wait(this.#signal, REPLIES, replies, THREAD_SILENCE_MS);
    this.#receive();
    if (woken === "timed-out" && Atomics.load(this.#signal, STEPS) === steps) this.#lose();
  }

  /** What the thread had is done here. It may still be about its files, which nobody wants. */
  #lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    for (const job of this.#jobs.values()) job.lose();
    this.#jobs.clear();
    void this.#worker?.terminate();
    this.#port?.close();
  }
}

/** Nobody may be there to catch a failure, and the next open removes what no manifest names. */
function removeQuietly(vfs: Vfs, path: string): void {
  try {
    vfs.remove(path);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
  }
}

function bytesOf(memtable: FlushOptions["parts"][number]["memtable"]): number {
  return memtable instanceof Memtable ? memtable.bytes : 0;
}

function targetMessage(target: RunTarget, files: number): TargetMessage {
  const { directory, compression, takeFileId } = target;
  return { directory, compression, fileIds: Array.from({ length: files }, takeFileId) };
}

/** Whether this is built code: a worker cannot be started from TypeScript. */
export function canStartThreads(): boolean {
  return import.meta.url.endsWith(".js");
}
