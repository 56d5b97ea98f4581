import { AegisError } from "../errors.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import { openSection } from "../run/reader.js";
import type { ReadFile, Vfs } from "../vfs/contract.js";
import type { EngineTree } from "./engine-tree.js";
import { damaged } from "./manifest-file.js";
import type { Compression } from "../run/format.js";

interface OpenFile {
  readonly file: ReadFile;
  sections: number;
}

interface Retired {
  readonly release: () => void;
  /** Snapshots up to this sequence may still read it. */
  readonly seq: number;
}

/**
 * The run files of the database: opens each once however many sections it holds, and deletes it
 * when its last section is released.
 */
export class RunFiles {
  private readonly opened = new Map<number, OpenFile>();
  private retired: Retired[] = [];

  constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
    private readonly pool: BufferPool,
    private readonly compression: Compression,
    private readonly takeFileId: () => number,
  ) {}

  /** Where flush and compaction write. */
  target(): {
    vfs: Vfs;
    directory: string;
    compression: Compression;
    takeFileId: () => number;
  } {
    return {
      vfs: this.vfs,
      directory: this.directory,
      compression: this.compression,
      takeFileId: this.takeFileId,
    };
  }

  /** Opens all of them or none. */
  openAll(
    metas: readonly SectionMeta[],
    treeById: (id: number) => EngineTree,
  ): readonly SectionReader[] {
    const opened: SectionReader[] = [];
    try {
      for (const meta of metas) opened.push(this.open(meta, treeById(meta.treeId)));
    } catch (error) {
      for (const section of opened) this.closeSection(section);
      throw error;
    }
    return opened;
  }

  open(meta: SectionMeta, tree: EngineTree): SectionReader {
    let entry = this.opened.get(meta.fileId);
    if (entry === undefined) {
      const path = runPath(this.directory, meta.fileId);
      if (!this.vfs.exists(path)) {
        throw damaged(path, 0, "the manifest names it, but it is missing");
      }
      entry = { file: this.vfs.openRead(path), sections: 0 };
      this.opened.set(meta.fileId, entry);
    }
    entry.sections++;
    try {
      return openSection(meta, tree.layout, tree.codec, entry.file, this.pool);
    } catch (error) {
      this.closeFile(meta.fileId);
      throw error;
    }
  }

  /**
   * The sections are in the manifest no more. Scans of open snapshots may be in the middle of them,
   * so they are closed and deleted only when no snapshot up to `seq` is open.
   */
  retire(sections: readonly SectionReader[], seq: number): void {
    for (const section of sections) this.afterReaders(seq, () => this.release(section));
  }

  /** Calls `release` when no snapshot up to `seq` is open any more; never if the database is closed. */
  afterReaders(seq: number, release: () => void): void {
    this.retired.push({ release, seq });
  }

  /** Releases what was retired and no snapshot can be reading. */
  collect(oldestSnapshot: number): void {
    if (this.retired.length === 0) return;
    const kept = this.retired.filter(({ seq }) => seq >= oldestSnapshot);
    const gone = this.retired.filter(({ seq }) => seq < oldestSnapshot);
    this.retired = kept;
    for (const { release } of gone) release();
  }

  private release(section: SectionReader): void {
    const { fileId } = section.meta;
    this.closeSection(section);
    if (!this.opened.has(fileId)) this.remove(fileId);
  }

  private closeSection(section: SectionReader): void {
    section.close();
    this.closeFile(section.meta.fileId);
  }

  /** One section less is open of a file. */
  private closeFile(fileId: number): void {
    const entry = this.opened.get(fileId)!;
    entry.sections--;
    if (entry.sections > 0) return;
    this.opened.delete(fileId);
    closeQuietly(entry.file);
  }

  /** Deletes the files of a job whose result is not wanted. */
  discard(metas: readonly SectionMeta[]): void {
    for (const fileId of new Set(metas.map((meta) => meta.fileId))) this.remove(fileId);
  }

  /** The same where sections of them are open already. */
  giveUp(opened: readonly SectionReader[], metas: readonly SectionMeta[]): void {
    for (const section of opened) this.closeSection(section);
    this.discard(metas);
  }

  /** A file that cannot be deleted is in nobody's way: the next open finds that it is a stray. */
  private remove(fileId: number): void {
    try {
      this.vfs.remove(runPath(this.directory, fileId));
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
    }
  }

  /** Ids of the files that a section or an open snapshot still needs. */
  fileIds(): number[] {
    return [...this.opened.keys()];
  }

  /** Undefined once nobody needs the file any more. */
  file(fileId: number): ReadFile | undefined {
    return this.opened.get(fileId)?.file;
  }

  syncDirectory(): void {
    this.vfs.syncDirectory(this.directory);
  }

  /** Deletes files that no manifest names: what a crash in the middle of a job has left. */
  removeStrays(known: ReadonlySet<number>): void {
    for (const name of this.vfs.list(this.directory)) {
      const match = /^(\d+)\.run$/.exec(name);
      if (match !== null && !known.has(Number(match[1]))) {
        this.vfs.remove(`${this.directory}/${name}`);
      }
    }
  }

  close(): void {
    this.retired = [];
    for (const { file } of this.opened.values()) closeQuietly(file);
    this.opened.clear();
  }
}

/** Nothing was written through it, so nothing is lost if closing it fails. */
function closeQuietly(file: ReadFile): void {
  try {
    file.close();
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
  }
}

function runPath(directory: string, fileId: number): string {
  return `${directory}/${String(fileId).padStart(8, "0")}.run`;
}
