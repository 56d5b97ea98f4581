import { Variant, type Batch, type Value } from "@aegisdb/sql/contract";
import { ByteWriter } from "../base/bytes.js";
import type { Key } from "../base/key.js";
import { createKeyCodec, type KeyCodec } from "../base/keycode.js";
import { BufferPool } from "../run/buffer-pool.js";
import { byteFormValue } from "../run/cell.js";
import type { SectionMeta, SectionReader } from "../run/contract.js";
import { runFilePath } from "../run/format.js";
import { openSection } from "../run/reader.js";
import { createCompactionJob } from "../tree/compaction.js";
import type { PickedCompaction } from "../tree/compaction-picker.js";
import type { StepJob } from "../tree/contract.js";
import { createFlushJob } from "../tree/flush.js";
import { layoutColumns, type Layout } from "../tree/layout.js";
import type { Memtable } from "../tree/memtable.js";
import { createRowCodec, type RowCodec, type StoredValue } from "../tree/row-codec.js";
import type { RowView } from "../tree/row-view.js";
import type { RunTarget } from "../tree/run-target.js";
import { Tree } from "../tree/tree.js";
import type { ReadFile } from "../vfs/contract.js";
import { MemFs } from "../vfs/mem-fs.js";

const DIRECTORY = "runs";
const TREE_ID = 1;

/** A tree over run files in memory, written and maintained step by step by a test. */
export class TreeFixture {
  readonly layout: Layout;
  readonly codec: KeyCodec;
  readonly rows: RowCodec;
  readonly tree: Tree;
  readonly vfs: MemFs = new MemFs({ trackDurability: false });
  readonly pool: BufferPool;
  private readonly writer = new ByteWriter();
  private readonly files = new Map<SectionReader, ReadFile>();
  private nextFileId = 1;

  constructor(layout: Layout, poolBytes: number = 4 * 1024 * 1024) {
    this.layout = layout;
    this.codec = createKeyCodec(layout.key);
    this.rows = createRowCodec(layout);
    this.tree = new Tree(layout, this.codec);
    this.pool = new BufferPool(poolBytes);
    this.vfs.makeDirectory(DIRECTORY);
  }

  put(seq: number, values: readonly StoredValue[], memtable: Memtable = this.tree.active): Key {
    const key = this.codec.encode(values as readonly Value[]);
    this.writer.reset();
    this.rows.encodeRow(this.writer, values);
    memtable.put(key, seq, this.writer.view(), 0);
    return key;
  }

  delete(seq: number, keyValues: readonly Value[], memtable: Memtable = this.tree.active): Key {
    const key = this.codec.encode(keyValues);
    this.writer.reset();
    this.rows.encodeKey(this.writer, keyValues);
    memtable.delete(key, seq, this.writer.view(), 0);
    return key;
  }

  /** Freezes what is in memory and flushes the oldest frozen memtable, if there is one. */
  flush(openSnapshots: readonly number[], bottom = false): void {
    this.tree.freeze();
    const memtable = this.tree.frozen.at(-1);
    if (memtable === undefined) return;
    const parts = [{ treeId: TREE_ID, memtable, bottom }];
    const metas = this.finish(createFlushJob({ ...this.target(), parts, openSnapshots }));
    this.tree.installFlush(memtable, metas.length === 0 ? null : this.open(metas[0]!));
  }

  compact(picked: PickedCompaction, openSnapshots: readonly number[], outputBytes: number): void {
    const { inputs, target, bottom } = picked;
    const { layout } = this;
    const job = createCompactionJob({
      ...this.target(),
      treeId: TREE_ID,
      layout,
      inputs,
      bottom,
      openSnapshots,
      outputBytes,
    });
    const outputs = this.finish(job).map((meta) => this.open(meta));
    this.tree.installCompaction(inputs, target, outputs);
    for (const input of inputs) {
      input.close();
      this.files.get(input)!.close();
    }
  }

  target(): RunTarget {
    return {
      vfs: this.vfs,
      directory: DIRECTORY,
      compression: "none",
      takeFileId: () => this.nextFileId++,
    };
  }

  open(meta: SectionMeta): SectionReader {
    const file = this.vfs.openRead(runFilePath(DIRECTORY, meta.fileId));
    const section = openSection(meta, this.layout, this.codec, file, this.pool);
    this.files.set(section, file);
    return section;
  }

  /** Runs a job to its end, letting the pool go on between steps as the engine does. */
  finish<Result>(job: StepJob<Result>): Result {
    while (!job.step()) this.pool.nextStep();
    return job.result();
  }

  /** All columns of a row. */
  values(row: RowView): Value[] {
    return layoutColumns(this.layout).map((_, column) => row.value(column));
  }

  /** The selected rows of batches over all columns, with the pool going on between batches. */
  batchRows(batches: Iterable<Batch>): Value[][] {
    const rows: Value[][] = [];
    for (const batch of batches) {
      for (let i = 0; i < batch.selected; i++) {
        const row = batch.selection === null ? i : batch.selection[i]!;
        rows.push(batch.columns.map((vector) => cellValue(vector, row)));
      }
      this.pool.nextStep();
    }
    return rows;
  }
}

function cellValue(vector: Batch["columns"][number], row: number): Value {
  if (vector.nulls?.[row] === 1) return null;
  const { kind } = vector.type;
  if (vector.values !== null) {
    const value = vector.values[row]!;
    if (kind === "bool") return value === 1;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  const entry = vector.codes === null ? row : vector.codes[row]!;
  return byteFormValue(kind, vector.bytes!, vector.starts![entry]!, vector.ends![entry]!);
}

/** A value as tests compare it: variants by what they hold. */
export function plain(value: Value): unknown {
  return value instanceof Variant ? { json: value.json } : value;
}
