import { AegisError, assert } from "../errors.js";
import { MANIFEST_ROTATE_BYTES } from "../limits.js";
import type { SectionMeta } from "../run/contract.js";
import type { Vfs, WriteFile } from "../vfs/contract.js";
import { isDiskFull } from "../vfs/io-errors.js";
import {
  assertNew,
  damaged,
  manifestPath,
  nameManifest,
  readCurrent,
  readEdits,
  writeManifest,
  type WrittenManifest,
} from "./manifest-file.js";
import {
  encodeEdit,
  manifestHeader,
  type ManifestEdit,
  type PlacedSection,
} from "./manifest-format.js";

/** What changes; the counters are the manifest's own. */
export type StateEdit = Pick<ManifestEdit, "added" | "removed" | "flushed"> & {
  readonly nextTreeId?: number;
};

interface ManifestState {
  nextFileId: number;
  nextTreeId: number;
  flushedPosition: number;
  lastTime: number;
  readonly sections: Map<string, PlacedSection>;
}

/**
 * Which runs make up the database, and up to where the log is in them. Only the main thread edits
 * it; an edit is durable when `append` returns, and everything it names was durable before.
 */
export class Manifest {
  /** Times it was started anew since it was opened. */
  rotations = 0;
  private dead: AegisError | undefined;

  /** Bytes behind the last whole edit when it was opened: an edit that a power cut interrupted. */
  tornBytes = 0;
  /** The file as it was opened, until `settle`. */
  private unsettled: Uint8Array | undefined;

  private constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
    private number: number,
    private file: WriteFile,
    private offset: number,
    private readonly state: ManifestState,
    private readonly verifyOwner: () => void,
  ) {}

  /**
   * Opens the manifest that CURRENT names, or makes the first one. One that was there is not touched
   * before `settle`: the caller finds out first whether all that it says is there.
   */
  static open(vfs: Vfs, directory: string, verifyOwner: () => void): Manifest {
    if (!vfs.exists(`${directory}/CURRENT`)) {
      assertNew(vfs, directory);
      return Manifest.create(vfs, directory, verifyOwner);
    }
    const number = readCurrent(vfs, directory);
    const path = manifestPath(directory, number);
    if (!vfs.exists(path)) throw damaged(path, 0, "CURRENT names it, but it is missing");
    const bytes = vfs.readFile(path);
    const state = emptyState();
    const end = readEdits(bytes, path, (edit) => applyEdit(state, edit));
    const file = vfs.openWrite(path, { create: false });
    const manifest = new Manifest(vfs, directory, number, file, end, state, verifyOwner);
    manifest.unsettled = bytes;
    manifest.tornBytes = bytes.length - end;
    return manifest;
  }

  private static create(vfs: Vfs, directory: string, verifyOwner: () => void): Manifest {
    const state = emptyState();
    const { file, size } = writeManifest(vfs, directory, 1, wholeState(state));
    const manifest = new Manifest(vfs, directory, 1, file, size, state, verifyOwner);
    try {
      nameManifest(vfs, directory);
      manifest.removeStrayManifests();
    } catch (error) {
      manifest.close();
      throw error;
    }
    return manifest;
  }

  /**
   * Makes what was read durable and removes what is not part of it; before any other edit. It may
   * come from the operating system's memory only: its writer may have died before the sync, or the
   * sync may have failed, and then only a new write brings it to the disk. Files that it does not
   * name are deleted next, so it must be there first.
   */
  settle(): void {
    const bytes = this.unsettled;
    if (bytes === undefined) return;
    this.unsettled = undefined;
    // A torn edit never took effect; starting anew keeps its bytes from ever being read again.
    if (this.tornBytes > 0 || bytes.length > MANIFEST_ROTATE_BYTES) this.rotate();
    else {
      this.file.write(bytes, 0);
      this.file.sync();
      this.vfs.syncDirectory(this.directory);
    }
    this.removeStrayManifests();
  }

  /** Reads the files again and compares them with what is in memory. Throws CORRUPTION. */
  verify(): void {
    const path = manifestPath(this.directory, this.number);
    if (readCurrent(this.vfs, this.directory) !== this.number) {
      throw damaged(`${this.directory}/CURRENT`, 0, `it does not name ${path}`);
    }
    const bytes = this.vfs.readFile(path);
    // No newer version wrote it: this process did, or has read it.
    if (!manifestHeader().every((byte, i) => bytes[i] === byte)) {
      throw damaged(path, 0, "its header has changed");
    }
    const end = readEdits(bytes, path, () => undefined);
    if (end !== this.offset || end !== bytes.length) {
      throw damaged(path, end, `it ends after ${bytes.length} bytes, not after ${this.offset}`);
    }
  }

  get flushedPosition(): number {
    return this.state.flushedPosition;
  }

  get lastTime(): number {
    return this.state.lastTime;
  }

  get nextTreeId(): number {
    return this.state.nextTreeId;
  }

  /** A file id that no file of this database has had. Ids of failed jobs are not used again. */
  takeFileId(): number {
    return this.state.nextFileId++;
  }

  sections(): readonly PlacedSection[] {
    return [...this.state.sections.values()];
  }

  /**
   * Throws DISK_FULL, changing nothing, if there is no room; DURABILITY_LOST if the edit was not
   * written or synced for another reason, and from then on.
   */
  append(edit: StateEdit): void {
    if (this.dead !== undefined) throw this.dead;
    assert(this.unsettled === undefined, "a manifest is settled before it is edited");
    this.verifyOwner();
    const full: ManifestEdit = {
      ...edit,
      nextFileId: this.state.nextFileId,
      nextTreeId: Math.max(this.state.nextTreeId, edit.nextTreeId ?? 0),
    };
    const bytes = encodeEdit(full);
    this.writeOrTakeBack(bytes);
    this.orDie(() => this.file.sync());
    this.offset += bytes.length;
    applyEdit(this.state, full);
    if (this.offset > MANIFEST_ROTATE_BYTES) this.orDie(() => this.rotateIfRoom());
  }

  /** An edit that found no room is taken back: what is on the disk is what was there before. */
  private writeOrTakeBack(bytes: Uint8Array): void {
    let full: Error | undefined;
    this.orDie(() => {
      try {
        this.file.write(bytes, this.offset);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        full = error;
        this.file.truncate(this.offset);
      }
    });
    if (full !== undefined) throw full;
  }

  /** After a failed write or sync nobody can tell what is on disk, so nothing may follow it. */
  private orDie(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.dead = new AegisError("DURABILITY_LOST", "writing the manifest failed", {
        hint: "Reopen the database; everything acknowledged is in the log.",
        cause: error,
      });
      throw this.dead;
    }
  }

  close(): void {
    try {
      this.file.close();
    } catch (error) {
      // What was promised was synced; nothing is lost if closing fails.
      if (!(error instanceof AegisError)) throw error;
    }
  }

  private rotate(): void {
    this.switchTo(this.writeNext());
  }

  /** A manifest that is too long does no harm: it is started anew once there is room. */
  private rotateIfRoom(): void {
    let next: WrittenManifest;
    try {
      next = this.writeNext();
    } catch (error) {
      if (isDiskFull(error)) return;
      throw error;
    }
    this.switchTo(next);
  }

  private writeNext(): WrittenManifest {
    this.verifyOwner();
    return writeManifest(this.vfs, this.directory, this.number + 1, wholeState(this.state));
  }

  private switchTo(next: WrittenManifest): void {
    try {
      nameManifest(this.vfs, this.directory);
      this.file.close();
    } catch (error) {
      // CURRENT may name it: it stays.
      next.file.close();
      throw error;
    }
    const old = manifestPath(this.directory, this.number);
    this.number++;
    this.file = next.file;
    this.offset = next.size;
    this.rotations++;
    this.vfs.remove(old);
  }

  /** What a crash between writing a manifest and naming it in CURRENT has left behind. */
  private removeStrayManifests(): void {
    const own = manifestPath(this.directory, this.number);
    for (const name of this.vfs.list(this.directory)) {
      const path = `${this.directory}/${name}`;
      if ((name.startsWith("MANIFEST-") && path !== own) || name === "CURRENT.new") {
        this.vfs.remove(path);
      }
    }
  }
}

function sectionKey(section: Pick<SectionMeta, "fileId" | "treeId">): string {
  return `${section.fileId}/${section.treeId}`;
}

function emptyState(): ManifestState {
  return { nextFileId: 1, nextTreeId: 1, flushedPosition: 0, lastTime: 0, sections: new Map() };
}

function wholeState(state: ManifestState): ManifestEdit {
  return {
    flushed: { position: state.flushedPosition, lastTime: state.lastTime },
    nextFileId: state.nextFileId,
    nextTreeId: state.nextTreeId,
    removed: [],
    added: [...state.sections.values()],
  };
}

function applyEdit(state: ManifestState, edit: ManifestEdit): void {
  state.nextFileId = Math.max(state.nextFileId, edit.nextFileId);
  state.nextTreeId = Math.max(state.nextTreeId, edit.nextTreeId);
  for (const id of edit.removed) {
    if (!state.sections.delete(sectionKey(id))) {
      throw new AegisError("CORRUPTION", `the manifest removes run ${sectionKey(id)} it never had`);
    }
  }
  for (const section of edit.added) state.sections.set(sectionKey(section.meta), section);
  if (edit.flushed !== undefined) {
    state.flushedPosition = edit.flushed.position;
    state.lastTime = edit.flushed.lastTime;
  }
}
