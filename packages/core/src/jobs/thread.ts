/**
 * The thread of the jobs. It takes requests from its port, steps the jobs in turns, a flush always
 * before a compaction because writers wait for it, and answers each with the sections it wrote.
 */
import { workerData, type MessagePort } from "node:worker_threads";
import { systemClock, yieldToEventLoop } from "../base/clock.js";
import { createKeyCodec } from "../base/keycode.js";
import { assert } from "../errors.js";
import {
  COMPACTION_POOL_BYTES,
  MAX_THREAD_REST_MS,
  THREAD_REST,
  THREAD_SYNC_BYTES,
} from "../limits.js";
import { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta } from "../run/contract.js";
import { runFilePath } from "../run/format.js";
import { openSection } from "../run/reader.js";
import { createCompactionJob } from "../tree/compaction.js";
import type { StepJob } from "../tree/contract.js";
import { createFlushJob } from "../tree/flush.js";
import type { RunTarget } from "../tree/run-target.js";
import { NodeFs } from "../vfs/node-fs.js";
import {
  CLOSED,
  errorMessage,
  HURRY,
  REPLIES,
  STEPS,
  type CompactionMessage,
  type FlushMessage,
  type JobMessage,
  type Reply,
  type Request,
  type TargetMessage,
  type ThreadData,
} from "./messages.js";
import { FrozenRows } from "./shared-memtable.js";

interface Running {
  readonly job: StepJob<SectionMeta[]>;
  /** Closes what the job reads. */
  readonly release: () => void;
}

const vfs = new NodeFs();

class JobThread {
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  readonly #pool = new BufferPool(COMPACTION_POOL_BYTES);
  readonly #waiting: JobMessage[] = [];
  #flush: { readonly id: number; readonly running: Running } | undefined;
  #compaction: { readonly id: number; readonly running: Running } | undefined;
  #busy = false;

  constructor({ port, signal }: ThreadData) {
    this.#port = port;
    this.#signal = signal;
    port.on("message", (request: Request) => this.#accept(request));
  }

  #accept(request: Request): void {
    switch (request.kind) {
      case "flush":
      case "compaction":
        this.#waiting.push(request);
        if (!this.#busy) void this.#work();
        return;
      case "abandon":
        this.#abandon(request.job);
        return;
      case "close":
        for (const { job } of [...this.#waiting]) this.#abandon(job);
        for (const { id } of [this.#flush, this.#compaction].filter((each) => each !== undefined)) {
          this.#abandon(id);
        }
        Atomics.store(this.#signal, CLOSED, 1);
        Atomics.notify(this.#signal, CLOSED);
        this.#port.close();
    }
  }

  /** Steps what is there until nothing is left. Never rejects. */
  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#beginWaiting()) {
      const started = systemClock.monotonicMs();
      this.#step();
      this.#rest(systemClock.monotonicMs() - started);
      await yieldToEventLoop();
    }
    this.#busy = false;
  }

  /** After a step of so many milliseconds, unless somebody waits, or begins to. */
  #rest(ms: number): void {
    Atomics.wait(this.#signal, HURRY, 0, Math.min(ms * THREAD_REST, MAX_THREAD_REST_MS));
  }

  /** Begins the next flush and the next compaction where none is under way; whether one is. */
  #beginWaiting(): boolean {
    this.#flush ??= this.#begin("flush");
    this.#compaction ??= this.#begin("compaction");
    return this.#flush !== undefined || this.#compaction !== undefined;
  }

  #begin(kind: JobMessage["kind"]): { id: number; running: Running } | undefined {
    for (;;) {
      const at = this.#waiting.findIndex((request) => request.kind === kind);
      if (at < 0) return undefined;
      const [request] = this.#waiting.splice(at, 1);
      try {
        return { id: request!.job, running: this.#runningOf(request!) };
      } catch (error) {
        this.#reply({ kind: "failed", job: request!.job, error: errorMessage(error) });
      }
    }
  }

  #runningOf(request: JobMessage): Running {
    return request.kind === "flush" ? flushOf(request) : compactionOf(request, this.#pool);
  }

  #step(): void {
    const current = this.#flush ?? this.#compaction;
    if (current === undefined) return;
    const { id, running } = current;
    Atomics.add(this.#signal, STEPS, 1);
    this.#pool.nextStep();
    let reply: Reply | undefined;
    try {
      if (running.job.step()) {
        reply = { kind: "finished", job: id, sections: running.job.result() };
      }
    } catch (error) {
      undo(running);
      reply = { kind: "failed", job: id, error: errorMessage(error) };
    }
    if (reply === undefined) return;
    this.#end(id);
    this.#reply(reply);
  }

  #abandon(id: number): void {
    const at = this.#waiting.findIndex(({ job }) => job === id);
    const found = [this.#flush, this.#compaction].find((each) => each?.id === id);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
    } else if (found !== undefined) {
      undo(found.running);
      this.#end(id);
    } else {
      return;
    }
    this.#reply({ kind: "abandoned", job: id });
  }

  #end(id: number): void {
    const ended = this.#flush?.id === id ? this.#flush : this.#compaction;
    assert(ended?.id === id, "a job that ends was under way");
    ended.running.release();
    if (ended === this.#flush) this.#flush = undefined;
    else this.#compaction = undefined;
  }

  #reply(reply: Reply): void {
    this.#port.postMessage(reply);
    Atomics.add(this.#signal, REPLIES, 1);
    Atomics.notify(this.#signal, REPLIES);
  }
}

/** A file that cannot be removed now is removed as a stray by the next open. */
function undo({ job }: Running): void {
  try {
    job.abandon();
  } catch {
    // The job has failed, or is given up, whatever becomes of its files.
  }
}

function targetOf({ directory, compression, fileIds }: TargetMessage): RunTarget {
  let taken = 0;
  const takeFileId = (): number => {
    const id = fileIds[taken++];
    assert(id !== undefined, "a job makes no more files than it was given ids");
    return id;
  };
  const limits = { fileIds: fileIds.length, syncBytes: THREAD_SYNC_BYTES };
  return { vfs, directory, compression, takeFileId, ...limits };
}

function flushOf({ target, parts, openSnapshots }: FlushMessage): Running {
  const job = createFlushJob({
    ...targetOf(target),
    parts: parts.map((part) => ({ ...part, memtable: new FrozenRows(part.memtable) })),
    openSnapshots,
  });
  return { job, release: () => undefined };
}

function compactionOf(message: CompactionMessage, pool: BufferPool): Running {
  const { target, treeId, layout, bottom, openSnapshots, outputBytes } = message;
  const codec = createKeyCodec(layout.key);
  const opened: (() => void)[] = [];
  const release = (): void => {
    for (const close of opened.splice(0).reverse()) close();
  };
  try {
    const inputs = message.inputs.map((meta) => {
      const file = vfs.openRead(runFilePath(target.directory, meta.fileId));
      opened.push(() => file.close());
      const section = openSection(meta, layout, codec, file, pool);
      opened.push(() => section.close());
      return section;
    });
    const options = { treeId, layout, inputs, bottom, openSnapshots, outputBytes };
    return { job: createCompactionJob({ ...targetOf(target), ...options }), release };
  } catch (error) {
    release();
    throw error;
  }
}

new JobThread(workerData as ThreadData);
