import { RunFileWriter } from "../run/writer.js";
import type { Compression } from "../run/format.js";
import type { Vfs } from "../vfs/contract.js";

/** Where flush and compaction write their run files. */
export interface RunTarget {
  readonly vfs: Vfs;
  /** An existing directory. */
  readonly directory: string;
  readonly compression: Compression;
  /** A file id that was never used before. */
  readonly takeFileId: () => number;
  /** How many of them there are; a compaction cuts no more outputs than that. Default: no limit. */
  readonly fileIds?: number;
  /** Bytes after which what was written is synced, so that it does not come to the disk all at once. */
  readonly syncBytes?: number;
}

export function createRunFile(target: RunTarget): RunFileWriter {
  const { vfs, directory, compression, syncBytes } = target;
  return new RunFileWriter(vfs, directory, target.takeFileId(), compression, syncBytes);
}
