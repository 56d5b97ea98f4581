import { ByteWriter } from "../base/bytes.js";
import { crc32 } from "../base/checksum.js";
import { assert } from "../errors.js";
import type { Layout } from "../tree/layout.js";
import type { Vfs } from "../vfs/contract.js";
import { ChunkCompressor } from "./compression.js";
import type { SectionMeta, SectionWriter } from "./contract.js";
import {
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  FILE_TRAILER_BYTES,
  RUN_FORMAT_VERSION,
  runFilePath,
  TRAILER_MAGIC,
  type Compression,
} from "./format.js";
import { RunOutput } from "./run-output.js";
import { RunSectionWriter } from "./section-writer.js";

/**
 * Writes one run file, section after section. The file is durable and complete when `finish`
 * returns, and of no use before.
 */
export class RunFileWriter {
  readonly fileId: number;
  readonly path: string;
  readonly #vfs: Vfs;
  readonly #directory: string;
  readonly #out: RunOutput;
  readonly #compressor: ChunkCompressor;
  readonly #finished: SectionMeta[] = [];
  #open: RunSectionWriter | null = null;

  /**
   * Creates the file, which must not exist, in the existing `directory`. It is synced every
   * `syncBytes` and at its end.
   */
  constructor(
    vfs: Vfs,
    directory: string,
    fileId: number,
    compression: Compression,
    syncBytes: number = Infinity,
  ) {
    this.fileId = fileId;
    this.path = runFilePath(directory, fileId);
    this.#vfs = vfs;
    this.#directory = directory;
    this.#compressor = new ChunkCompressor(compression);
    this.#out = new RunOutput(vfs, this.path, syncBytes);
    this.#out.append(encodeFileHeader(fileId));
  }

  /**
   * Starts a section. Precondition: the one before is finished, or has no rows and is dropped.
   * Rows with a seq up to `visibleSeq` are visible to every snapshot there is or will be, so that
   * blocks of nothing else need no sequences.
   */
  section(treeId: number, layout: Layout, visibleSeq = 0): SectionWriter {
    this.#settle();
    const identity = { fileId: this.fileId, treeId, layout, visibleSeq };
    this.#open = new RunSectionWriter(this.#out, this.#compressor, identity, (meta) => {
      this.#finished.push(meta);
      this.#open = null;
    });
    return this.#open;
  }

  #settle(): void {
    assert(this.#open === null || this.#open.rows === 0, "a section with rows is finished");
    this.#open = null;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#out.position;
  }

  /** Writes the end of the file and syncs it and its directory. Precondition: as for `section`. */
  finish(): SectionMeta[] {
    this.#settle();
    const table = encodeSectionTable(this.#finished);
    this.#out.append(table);
    this.#out.append(encodeFileTrailer(this.fileId, table));
    this.#out.finish();
    this.#vfs.syncDirectory(this.#directory);
    return this.#finished;
  }

  /** Gives up: closes and removes the file. */
  abandon(): void {
    this.#out.abandon();
  }
}

function encodeFileHeader(fileId: number): Uint8Array {
  const out = new ByteWriter(FILE_HEADER_BYTES);
  out.u32(FILE_MAGIC);
  out.u32(RUN_FORMAT_VERSION);
  out.f64(fileId);
  out.u32(crc32(out.view()));
  return out.view();
}

/** Tree, offset and length of every section, in the order they lie in. */
function encodeSectionTable(sections: readonly SectionMeta[]): Uint8Array {
  const out = new ByteWriter();
  for (const { treeId, offset, length } of sections) {
    out.f64(treeId);
    out.f64(offset);
    out.f64(length);
  }
  return out.view();
}

function encodeFileTrailer(fileId: number, table: Uint8Array): Uint8Array {
  const out = new ByteWriter(FILE_TRAILER_BYTES);
  out.u32(TRAILER_MAGIC);
  out.u32(RUN_FORMAT_VERSION);
  out.f64(fileId);
  out.u32(table.length);
  out.u32(crc32(table));
  out.u32(crc32(out.view()));
  return out.view();
}
