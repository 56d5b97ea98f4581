import { rowsOf, selectRows, withColumns } from "../batches.js";
import {
  type Column,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { MISSING_ID } from "../keys/number-table.js";
import { NULL_ROW } from "../store/gather.js";
import type { HashCandidates } from "./candidates.js";
import { JoinAssembler } from "./join-output.js";
import { RightMarks } from "./right-marks.js";
import { type JoinShape, JoinOperator } from "./join-operator.js";

/** Where fewer than one row in so many stays, copying those beats gathering for all. */
const SPARSE = 4;

/**
 * A hash join whose condition is the keys alone. Where each left row has at most one match, which
 * most joins are (a foreign key, a semi-join), left columns pass through uncopied with the rows
 * selected that stay, and only right columns are gathered. Other joins go to `JoinOperator`.
 */
export class HashJoinOperator implements Operator {
  private readonly shape: JoinShape;
  private readonly left: Operator;
  private readonly candidates: HashCandidates;
  private readonly context: ExecutionContext;
  private readonly nullAware: boolean;
  private readonly assembler: JoinAssembler;
  private general: JoinOperator | undefined;
  private building = true;
  private leftDone = false;
  private marks: RightMarks | undefined;
  private selection = new Int32Array(0);
  private rightRows = new Int32Array(0);

  constructor(
    shape: JoinShape,
    left: Operator,
    candidates: HashCandidates,
    nullAware: boolean,
    context: ExecutionContext,
  ) {
    this.shape = shape;
    this.left = left;
    this.candidates = candidates;
    this.nullAware = nullAware;
    this.context = context;
    this.assembler = new JoinAssembler(shape.output);
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.general !== undefined) return this.general.next();
    if (this.building) {
      this.building = this.candidates.build();
      if (!this.building) this.chooseWay();
      return PENDING;
    }
    if (this.leftDone) return this.marks?.next(this.assembler) ?? null;
    const batch = this.left.next();
    if (batch === PENDING) return PENDING;
    if (batch === null) {
      this.leftDone = true;
      return PENDING;
    }
    if (this.selection.length < batch.length) {
      this.selection = new Int32Array(batch.length);
      this.rightRows = new Int32Array(batch.length);
    }
    return this.match(batch) ?? PENDING;
  }

  close(): void {
    this.leftDone = true;
    this.building = false;
    this.marks?.release();
    this.left.close();
    this.candidates.close();
    this.general?.close();
  }

  private chooseWay(): void {
    const { rule, keepsRight } = this.shape;
    const { table } = this.candidates;
    const semi = rule === "exists" || rule === "missing";
    if (!semi && !table.isUnique) {
      this.general = new JoinOperator(this.shape, this.left, this.candidates, this.context);
      return;
    }
    if (keepsRight) this.marks = new RightMarks(table.store, this.context.memory);
    const needsMatch = rule === "pairs" || rule === "exists";
    // NOT IN a list that holds a NULL is never true.
    this.leftDone = (needsMatch && table.isEmpty) || (this.nullAware && table.hasNull);
  }

  private match(batch: RowBatch): RowBatch | null {
    const { rule } = this.shape;
    if (this.nullAware && this.candidates.table.isEmpty) return this.leftOnly(batch);
    const ids = this.candidates.find(batch);
    if (rule === "exists" || rule === "missing") return this.filter(batch, ids);
    const { table } = this.candidates;
    table.headsOf(ids, batch.selected);
    const right = table.store.columns();
    if (rule === "pairs") return this.matched(batch, ids, right);
    const rows = rowsOf(batch);
    this.markFound(ids, batch.selected);
    for (let j = 0; j < batch.selected; j++) this.rightRows[rows[j]!] = ids[j]!;
    return withColumns(batch, this.assembler.beside(batch, right, this.rightRows, true));
  }

  /** The left rows that have a right row, `heads[j]` for the one at place j, with that. */
  private matched(batch: RowBatch, heads: Int32Array, right: readonly Column[]): RowBatch | null {
    const { selection, assembler } = this;
    const rows = rowsOf(batch);
    let kept = 0;
    for (let j = 0; j < batch.selected; j++) {
      const row = heads[j]!;
      if (row === NULL_ROW) continue;
      selection[kept] = rows[j]!;
      heads[kept++] = row;
    }
    if (kept === 0) return null;
    this.marks?.add(heads, kept);
    if (kept * SPARSE < batch.length) {
      return assembler.pairs(batch.columns, selection, right, heads, kept, false);
    }
    for (let k = 0; k < kept; k++) this.rightRows[selection[k]!] = heads[k]!;
    const columns = assembler.beside(batch, right, this.rightRows, false);
    return selectRows(withColumns(batch, columns), selection, kept);
  }

  /** Marks the right rows of an outer join, which are NULL_ROW where there is none. */
  private markFound(heads: Int32Array, count: number): void {
    if (this.marks === undefined) return;
    const { selection } = this;
    let found = 0;
    for (let j = 0; j < count; j++) if (heads[j] !== NULL_ROW) selection[found++] = heads[j]!;
    this.marks.add(selection, found);
  }

  /** Keeps the left rows whose key is there (semi) or is not (anti). */
  private filter(batch: RowBatch, ids: Int32Array): RowBatch | null {
    const { selection, nullAware } = this;
    const exists = this.shape.rule === "exists";
    const rows = rowsOf(batch);
    let kept = 0;
    for (let j = 0; j < batch.selected; j++) {
      const id = ids[j]!;
      // A NULL key is neither in nor not in a list that has rows.
      const keeps = exists ? id >= 0 : nullAware ? id === MISSING_ID : id < 0;
      if (keeps) selection[kept++] = rows[j]!;
    }
    return kept === 0 ? null : selectRows(this.leftOnly(batch), selection, kept);
  }

  private leftOnly(batch: RowBatch): RowBatch {
    const columns = this.shape.output.map(({ position }) => batch.columns[position]!);
    return withColumns(batch, columns);
  }
}
