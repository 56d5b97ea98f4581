import type { CommitLog } from "../log/contract.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import { isFatal } from "./background.js";
import type { Manifest, StateEdit } from "./manifest.js";
import type { SectionId } from "./manifest-format.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import type { RunFiles } from "./run-files.js";
import type { Storage } from "./storage.js";

/** Makes the results of jobs part of the database, and has what they replace vanish. */
export class RunInstaller {
  constructor(
    private readonly context: {
      readonly storage: Storage;
      readonly manifest: Manifest;
      readonly log: CommitLog;
      readonly files: RunFiles;
      readonly snapshots: OpenSnapshots;
    },
  ) {}

  /**
   * Makes the files of a job durable, opens the sections of them that are wanted, and has the
   * manifest name them: that comes last, for nothing may fail after it. Until then a failure takes
   * everything back.
   */
  install(
    metas: readonly SectionMeta[],
    wanted: readonly SectionMeta[],
    edit: StateEdit,
  ): readonly SectionReader[] {
    const { files, manifest, storage } = this.context;
    let opened: readonly SectionReader[] = [];
    try {
      files.syncDirectory();
      opened = files.openAll(wanted, (id) => storage.trees.get(id)!);
      manifest.append(edit);
    } catch (error) {
      // After a failed sync the manifest may name them, and a lost lock makes them another's.
      if (!isFatal(error)) files.giveUp(opened, metas);
      throw error;
    }
    return opened;
  }

  /** The sections stay as they are, and what the manifest says of them changes. */
  note(edit: StateEdit): void {
    this.context.manifest.append(edit);
  }

  /** Deletes the files of sections that the manifest has no more, once no snapshot reads them. */
  retire(sections: readonly SectionReader[]): void {
    const { files, log, snapshots } = this.context;
    files.retire(sections, log.end);
    files.collect(snapshots.oldest());
  }
}

export function sectionId({ meta }: SectionReader): SectionId {
  return { fileId: meta.fileId, treeId: meta.treeId };
}
