import type { Key } from "../base/key.js";
import { assert } from "../errors.js";
import { COMPACTION_OUTPUT_BYTES, MERGE_STEP_BYTES, MERGE_STEP_ROWS } from "../limits.js";
import type { SectionMeta, SectionReader, SectionWriter } from "../run/contract.js";
import type { RunFileWriter } from "../run/writer.js";
import type { StepJob } from "./contract.js";
import type { Layout } from "./layout.js";
import { createRunFile, type RunTarget } from "./run-target.js";
import { SectionWalk, type ReadVolume } from "./section-walk.js";
import { VersionFilter, visibleToAll } from "./version-filter.js";

export interface CompactionOptions extends RunTarget {
  readonly treeId: number;
  readonly layout: Layout;
  /** Newest first: where two hold a key, the versions of the earlier are the newer ones. */
  readonly inputs: readonly SectionReader[];
  /** Nothing below the output may hold an older version of its keys: tombstones are left out. */
  readonly bottom: boolean;
  /** Sequences of the open snapshots, ascending. */
  readonly openSnapshots: readonly number[];
  /** Uncompressed bytes after which a new section begins. */
  readonly outputBytes?: number;
}

/**
 * Merges sections into new ones, sorted and disjoint, each in a file of its own, without the
 * versions that no snapshot needs. Once the result was taken, the files belong to the caller and
 * `abandon` leaves them alone.
 */
export function createCompactionJob(options: CompactionOptions): StepJob<SectionMeta[]> {
  return new CompactionJob(options);
}

class CompactionJob implements StepJob<SectionMeta[]> {
  private readonly options: CompactionOptions;
  private readonly filter: VersionFilter;
  private readonly outputBytes: number;
  private readonly volume: ReadVolume = { bytes: 0 };
  /** Walks that are not at their end, newest first. */
  private walks: SectionWalk[] | null = null;
  private readonly metas: SectionMeta[] = [];
  private readonly finishedFiles: string[] = [];
  private file: RunFileWriter | null = null;
  private output: SectionWriter | null = null;
  private finished = false;
  private taken = false;

  constructor(options: CompactionOptions) {
    this.options = options;
    this.outputBytes = options.outputBytes ?? COMPACTION_OUTPUT_BYTES;
    this.filter = new VersionFilter({
      openSnapshots: options.openSnapshots,
      dropTombstones: options.bottom,
    });
  }

  step(): boolean {
    if (this.walks === null) {
      const walks = chains(this.options.inputs).map((chain) => new SectionWalk(chain, this.volume));
      this.walks = walks.filter((walk) => walk.next());
    } else {
      for (const walk of this.walks) walk.refresh();
    }
    // What the walks stand on already does not count, so that every step gets on.
    this.volume.bytes = 0;
    let rows = 0;
    while (this.walks.length > 0 && rows < MERGE_STEP_ROWS) {
      rows += this.addKey(this.walks);
      if (this.volume.bytes >= MERGE_STEP_BYTES) break;
    }
    if (this.walks.length > 0) return false;
    this.finishOutput();
    this.finished = true;
    return true;
  }

  result(): SectionMeta[] {
    assert(this.finished, "the result of a job is taken when the job is finished");
    this.taken = true;
    return this.metas;
  }

  abandon(): void {
    if (this.taken) return;
    this.file?.abandon();
    this.file = null;
    this.output = null;
    for (const path of this.finishedFiles.splice(0)) this.options.vfs.remove(path);
  }

  /** Takes all versions of the smallest key, newest first; returns how many there were. */
  private addKey(walks: SectionWalk[]): number {
    const key = smallestKey(walks);
    const output = this.currentOutput();
    let versions = 0;
    for (let i = 0; i < walks.length; i++) {
      const walk = walks[i]!;
      while (walk.key === key) {
        this.filter.add(output, key, walk.seq, walk.tombstone, walk.columns, walk.place);
        versions++;
        if (walk.next()) continue;
        walks.splice(i--, 1);
        break;
      }
    }
    if (output.pendingBytes >= this.outputBytes && this.mayCut()) this.finishOutput();
    return versions;
  }

  /** Whether there is a file id for what comes after this output. */
  private mayCut(): boolean {
    return this.finishedFiles.length + 1 < (this.options.fileIds ?? Infinity);
  }

  private currentOutput(): SectionWriter {
    if (this.output !== null) return this.output;
    const { treeId, layout, openSnapshots } = this.options;
    this.file = createRunFile(this.options);
    this.output = this.file.section(treeId, layout, visibleToAll(openSnapshots));
    return this.output;
  }

  private finishOutput(): void {
    const { file, output } = this;
    if (file === null || output === null) return;
    if (output.rows === 0) {
      file.abandon();
    } else {
      output.finish();
      this.metas.push(...file.finish());
      this.finishedFiles.push(file.path);
    }
    this.file = null;
    this.output = null;
  }
}

function smallestKey(walks: readonly SectionWalk[]): Key {
  let smallest = walks[0]!.key;
  for (let i = 1; i < walks.length; i++) {
    const { key } = walks[i]!;
    if (key < smallest) smallest = key;
  }
  return smallest;
}

/**
 * Neighbours in age that follow one another in key order are walked as one, so that a level of
 * hundreds of sections is one source of the merge.
 */
function chains(inputs: readonly SectionReader[]): SectionReader[][] {
  const found: SectionReader[][] = [];
  for (const section of inputs) {
    const last = found.at(-1)?.at(-1);
    if (last !== undefined && last.meta.lastKey < section.meta.firstKey)
      found.at(-1)!.push(section);
    else found.push([section]);
  }
  return found;
}
