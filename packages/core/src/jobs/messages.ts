import type { MessagePort } from "node:worker_threads";
import type { Layout } from "../tree/layout.js";
import type { SectionMeta } from "../run/contract.js";
import type { Compression } from "../run/format.js";
import { AegisError, type ErrorCode } from "../errors.js";
import type { SharedMemtable } from "./shared-memtable.js";

/** Where a job writes, as a message can say it: the ids of the files it may make. */
export interface TargetMessage {
  readonly directory: string;
  readonly compression: Compression;
  readonly fileIds: readonly number[];
}

export interface FlushMessage {
  readonly kind: "flush";
  readonly job: number;
  readonly target: TargetMessage;
  readonly parts: readonly {
    readonly treeId: number;
    readonly memtable: SharedMemtable;
    readonly bottom: boolean;
  }[];
  readonly openSnapshots: readonly number[];
}

export interface CompactionMessage {
  readonly kind: "compaction";
  readonly job: number;
  readonly target: TargetMessage;
  readonly treeId: number;
  readonly layout: Layout;
  readonly inputs: readonly SectionMeta[];
  readonly bottom: boolean;
  readonly openSnapshots: readonly number[];
  readonly outputBytes: number;
}

export type JobMessage = FlushMessage | CompactionMessage;

/** To the thread. A job that is over already is not abandoned: its answer is on its way. */
export type Request =
  JobMessage | { readonly kind: "abandon"; readonly job: number } | { readonly kind: "close" };

/** From the thread: one for each job. */
export type Reply =
  | { readonly kind: "abandoned"; readonly job: number }
  | { readonly kind: "finished"; readonly job: number; readonly sections: SectionMeta[] }
  | { readonly kind: "failed"; readonly job: number; readonly error: ErrorMessage };

/** An error of ours keeps its code from thread to thread; another one becomes INTERNAL. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

export function errorMessage(error: unknown): ErrorMessage {
  if (error instanceof AegisError) {
    const { code, message, detail, hint } = error;
    return { code, message, detail, hint };
  }
  const detail = error instanceof Error ? error.stack : undefined;
  return { code: "INTERNAL", message: String(error), detail, hint: undefined };
}

export function errorOf({ code, message, detail, hint }: ErrorMessage): AegisError {
  return new AegisError(code, message, { detail, hint });
}

/**
 * What the two threads share besides messages: the thread counts its replies in the first word and
 * its steps in the second, so that the other one can sleep until there is a reply, and can tell a
 * long job from a thread that is gone. The third is 1 once the thread touches no file any more. The fourth is 1 while
 * somebody waits for the thread, or soon will; otherwise it rests between its steps.
 */
export const REPLIES = 0;
export const STEPS = 1;
export const CLOSED = 2;
export const HURRY = 3;
export const SIGNAL_WORDS = 4;

/** What the thread is started with. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly signal: Int32Array;
}
