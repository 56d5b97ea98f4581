import { describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../base/clock.js";
import { Prng } from "../base/prng.js";
import { appendTo, recordOf } from "../testing/log-fixture.js";
import { WrappedFile, WrappedFs } from "../testing/simulation/wrapped-fs.js";
import type { WriteFile } from "../vfs/contract.js";
import { ErrorFs, type TraceEvent } from "../vfs/error-fs.js";
import type { Operation } from "../vfs/faults.js";
import { MemFs } from "../vfs/mem-fs.js";
import { FileLog } from "./file-log.js";
import { SEGMENT_HEADER_BYTES, parseSegmentName } from "./format.js";
import type { SyncMethod } from "./sync-pace.js";

const SEGMENT_BYTES = 32_768;
/** What a file opened for synchronous writes is called in the trace. */
const THROUGH = "#through";

class TaggedFs extends WrappedFs {
  override openWrite(path: string, options: { create: boolean; dataSync?: boolean }): WriteFile {
    const file = super.openWrite(path, options);
    return options.dataSync === true ? new ThroughFile(file) : file;
  }
}

class ThroughFile extends WrappedFile {
  override readonly path: string = this.inner.path + THROUGH;
}

/** Which bytes of the log are durable, as the operations on the disk say. */
class DurableBytes {
  readonly #state = new Uint8Array(64 * SEGMENT_BYTES);
  /** Writes that a sync begun now would cover, by path. */
  readonly #written = new Map<string, Operation[]>();
  /** Writes that each running sync covers. */
  readonly #covered = new Map<number, Operation[]>();

  see(event: TraceEvent): void {
    if (event.kind === "mark") return;
    const { operation, kind } = event;
    const isSync = operation.kind === "sync" || operation.kind === "syncAsync";
    if (isSync && kind === "started") {
      this.#covered.set(operation.index, [...(this.#written.get(operation.path) ?? [])]);
    } else if (isSync && kind === "done") {
      for (const write of this.#covered.get(operation.index)!) this.#keep(write);
    } else if (kind === "done" && operation.kind.startsWith("write")) {
      if (operation.path.endsWith(THROUGH)) this.#keep(operation);
      else
        this.#written.set(operation.path, [
          ...(this.#written.get(operation.path) ?? []),
          operation,
        ]);
    }
  }

  #keep({ path, offset, length }: Operation): void {
    const name = path.replace(THROUGH, "").slice(path.lastIndexOf("/") + 1);
    const first = parseSegmentName(name);
    if (first !== -1) this.#state.fill(1, first + offset!, first + offset! + length!);
  }

  /** Whether `[from, to)` is durable; headers are made durable under another name. */
  has(from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      if (this.#state[at] === 0 && at % SEGMENT_BYTES >= SEGMENT_HEADER_BYTES) return false;
    }
    return true;
  }
}

function slow(): Clock {
  let ms = 0;
  return { now: () => systemClock.now(), monotonicMs: () => ms++ };
}

/** Appends alone and in bursts, and marks in the trace when each record is acknowledged. */
async function acknowledge(log: FileLog, fs: ErrorFs, prng: Prng): Promise<void> {
  for (let i = 0; i < 30; i++) {
    const burst = prng.pick([1, 1, 5, 40]);
    const watched = Array.from({ length: burst }, () => {
      const from = log.end;
      const { position, settled } = appendTo(log, recordOf(i, prng.int(1500)));
      return settled.then(() => {
        fs.mark(`${from} ${position}`);
      });
    });
    if (prng.chance(0.7)) await Promise.all(watched);
  }
  await log.close();
}

const CASES: readonly [string, SyncMethod, () => Clock][] = [
  ["synchronous writes, inline", "write-through", (): Clock => systemClock],
  ["synchronous writes, off the thread", "write-through", slow],
  ["writes and syncs, inline", "fdatasync", (): Clock => systemClock],
  ["writes and syncs, off the thread", "fdatasync", slow],
];

describe.each(CASES)("acknowledgement by %s", (_, syncMethod, clock) => {
  it("comes after the record is durable", async () => {
    const fs = new ErrorFs(new TaggedFs(new MemFs()), { trace: true });
    const log = FileLog.open({
      vfs: fs,
      directory: "log",
      clock: clock(),
      syncMethod,
      segmentBytes: SEGMENT_BYTES,
      maxUnsyncedBytes: 50_000,
    });
    await acknowledge(log, fs, new Prng(syncMethod.length));
    const durable = new DurableBytes();
    let acknowledged = 0;
    for (const event of fs.trace) {
      durable.see(event);
      if (event.kind !== "mark") continue;
      const [from, to] = event.label.split(" ").map(Number);
      expect(durable.has(from!, to!), `record ${event.label}`).toBe(true);
      acknowledged++;
    }
    expect(acknowledged).toBeGreaterThan(100);
  });
});
