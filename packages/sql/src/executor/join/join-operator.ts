import { rowsOf, selectRows, withColumns } from "../batches.js";
import {
  type ExecutionContext,
  type MemoryMeter,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { type Candidates, Pairs } from "./candidates.js";
import { JoinAssembler, type JoinColumn } from "./join-output.js";
import { Matcher, type MatchRule } from "./matcher.js";
import { RightMarks } from "./right-marks.js";
import { allPairs, PairFilter, type Residual } from "./residual.js";

export interface JoinShape {
  readonly rule: MatchRule;
  /** Right rows without a match are given in the end (right, full). */
  readonly keepsRight: boolean;
  readonly residual: Residual | undefined;
  readonly output: readonly JoinColumn[];
}

/** Joins by pairs: candidates, the rest of the condition, then what the kind of join makes of them. */
export class JoinOperator implements Operator {
  private readonly shape: JoinShape;
  private readonly left: Operator;
  private readonly candidates: Candidates;
  private readonly filter: PairFilter | undefined;
  private readonly matcher: Matcher;
  private readonly assembler: JoinAssembler;
  private readonly pairs = new Pairs();
  private readonly memory: MemoryMeter;
  private batch: RowBatch | undefined;
  private rows: Int32Array = new Int32Array(0);
  private leftRows = new Int32Array(0);
  private rightRows = new Int32Array(0);
  private building = true;
  private leftDone = false;
  private marks: RightMarks | undefined;

  constructor(shape: JoinShape, left: Operator, candidates: Candidates, context: ExecutionContext) {
    this.shape = shape;
    this.left = left;
    this.candidates = candidates;
    this.filter = shape.residual && new PairFilter(shape.residual, context);
    this.matcher = new Matcher(shape.rule);
    this.assembler = new JoinAssembler(shape.output);
    this.memory = context.memory;
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.building) {
      this.building = this.candidates.build();
      if (!this.building) this.startProbe();
      return PENDING;
    }
    if (this.leftDone) return this.marks?.next(this.assembler) ?? null;
    if (this.batch === undefined) {
      const batch = this.left.next();
      if (batch === PENDING) return PENDING;
      if (batch === null) {
        this.leftDone = true;
        return PENDING;
      }
      this.batch = batch;
      this.rows = rowsOf(batch);
      this.candidates.start(batch);
      this.matcher.start();
    }
    return this.nextMatches(this.batch);
  }

  close(): void {
    this.left.close();
    this.candidates.close();
    this.marks?.release();
    this.leftDone = true;
    this.building = false;
  }

  private startProbe(): void {
    const { rule, keepsRight } = this.shape;
    if (keepsRight) this.marks = new RightMarks(this.candidates.store, this.memory);
    const needsMatch = rule === "pairs" || rule === "exists";
    if (this.candidates.isEmpty && needsMatch) this.leftDone = true;
  }

  private nextMatches(batch: RowBatch): RowBatch | typeof PENDING {
    const { pairs, matcher, candidates } = this;
    pairs.makeRoom();
    if (candidates.fill(pairs) === PENDING) return PENDING;
    const right = candidates.store.columns();
    const holds = this.filter?.select(pairs, this.rows, batch.columns, right);
    const holding = this.filter?.holding ?? allPairs(pairs);
    const count = holds ?? pairs.count;
    this.marks?.addAt(pairs.right, holding, count);
    const isComplete = pairs.complete === batch.selected;
    if (isComplete) this.batch = undefined;
    if (this.shape.rule === "pairs") {
      return count === 0 ? PENDING : this.assemblePairs(batch, holds === undefined, holding, count);
    }
    matcher.take(pairs, holding, count);
    if (!isComplete && matcher.isDecided) candidates.skipRow();
    return matcher.count === 0 ? PENDING : this.assemble(batch);
  }

  /** Pairs are rows as they are. */
  private assemblePairs(
    batch: RowBatch,
    all: boolean,
    holding: Int32Array,
    count: number,
  ): RowBatch {
    if (this.leftRows.length < count) {
      this.leftRows = new Int32Array(this.pairs.capacity);
      this.rightRows = new Int32Array(this.pairs.capacity);
    }
    const { leftRows, rightRows, rows } = this;
    const { left, right } = this.pairs;
    if (all) for (let k = 0; k < count; k++) leftRows[k] = rows[left[k]!]!;
    else {
      for (let k = 0; k < count; k++) {
        const pair = holding[k]!;
        leftRows[k] = rows[left[pair]!]!;
        rightRows[k] = right[pair]!;
      }
    }
    const columns = this.candidates.store.columns();
    const chosen = all ? right : rightRows;
    return this.assembler.pairs(batch.columns, leftRows, columns, chosen, count, false);
  }

  private assemble(batch: RowBatch): RowBatch {
    const { matcher, rows } = this;
    const { count } = matcher;
    const { rule } = this.shape;
    if (this.leftRows.length < count) this.leftRows = new Int32Array(matcher.left.length);
    const { leftRows } = this;
    for (let k = 0; k < count; k++) leftRows[k] = rows[matcher.left[k]!]!;
    if (rule === "exists" || rule === "missing") {
      const columns = this.shape.output.map(({ position }) => batch.columns[position]!);
      return selectRows(withColumns(batch, columns), leftRows, count);
    }
    const right = this.candidates.store.columns();
    return this.assembler.pairs(batch.columns, leftRows, right, matcher.right, count, true);
  }
}
