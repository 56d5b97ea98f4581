import type { ColumnDef } from "../binder/expr.js";
import { AegisError } from "../contract/errors.js";
import { applyDeferred } from "../modify/deferred-writes.js";
import { children, isModify } from "../planner/nodes.js";
import type { CtePlan, CteScanPlan, LogicalPlan } from "../planner/plan.js";
import type { Compile } from "./keyed-input.js";
import { BATCH_ROWS } from "./limits.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type MemoryMeter,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { RowStore } from "./row-store.js";

/**
 * WITH: the definition is run once, as far as its readers ask, so that a LIMIT over an endless
 * recursion ends. What writes is run to its end first, whether it is read or not; what it writes
 * is not seen before the body has read all that it reads.
 */
export function compileCte(plan: CtePlan, compile: Compile): CompiledPlan {
  const definition = compile(plan.definition);
  const body = compile(plan.body);
  const writes = hasWrites(plan.definition);
  return {
    columns: plan.output,
    open(context) {
      const shared = new SharedRows(definition, context);
      context.ctes.set(plan.cte, shared);
      return writes
        ? new WritingCteOperator(shared, body, context)
        : new CteOperator(shared, body, context);
    },
  };
}

/** Reads the CTE or working table that has the plan's number where it is opened. */
export function compileCteScan(plan: CteScanPlan): CompiledPlan {
  return {
    columns: plan.output,
    open(context) {
      const rows = context.ctes.get(plan.cte);
      if (rows === undefined) {
        throw new AegisError("INTERNAL", `broken invariant: "${plan.name}" is read out of scope`);
      }
      return rows.open(context);
    },
  };
}

function hasWrites(plan: LogicalPlan): boolean {
  return isModify(plan) || children(plan).some(hasWrites);
}

class CteOperator implements Operator {
  private readonly shared: SharedRows;
  private readonly body: CompiledPlan;
  private readonly context: ExecutionContext;
  private running: Operator | undefined;

  constructor(shared: SharedRows, body: CompiledPlan, context: ExecutionContext) {
    this.shared = shared;
    this.body = body;
    this.context = context;
  }

  next(): RowBatch | typeof PENDING | null {
    this.running ??= this.body.open(this.context);
    return this.running.next();
  }

  close(): void {
    this.running?.close();
    this.shared.close();
  }
}

/** Runs what writes, then the body, then lets the writes be seen, and only then gives rows. */
class WritingCteOperator implements Operator {
  private readonly shared: SharedRows;
  private readonly results: SharedRows;
  private readonly context: ExecutionContext;
  private phase: "writing" | "reading" | "giving" = "writing";
  private reader: Operator | undefined;

  constructor(shared: SharedRows, body: CompiledPlan, context: ExecutionContext) {
    this.shared = shared;
    this.results = new SharedRows(body, context);
    this.context = context;
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.phase === "writing") {
      if (!this.shared.fetch()) this.phase = "reading";
      return PENDING;
    }
    if (this.phase === "reading") {
      if (!this.results.fetch()) {
        applyDeferred(this.context);
        this.phase = "giving";
      }
      return PENDING;
    }
    this.reader ??= this.results.open();
    return this.reader.next();
  }

  close(): void {
    this.reader?.close();
    this.results.close();
    this.shared.close();
  }
}

/** Rows of a definition that several readers share; it goes on when one of them needs more. */
class SharedRows implements CompiledPlan {
  readonly columns: readonly ColumnDef[];
  readonly store: RowStore;
  private readonly definition: CompiledPlan;
  private readonly context: ExecutionContext;
  private source: Operator | undefined;
  private done = false;

  constructor(definition: CompiledPlan, context: ExecutionContext) {
    this.definition = definition;
    this.context = context;
    this.columns = definition.columns;
    this.store = new RowStore(
      definition.columns.map((column) => column.type),
      context.memory,
    );
  }

  open(): Operator {
    return new StoreReader(this.store, () => this.fetch());
  }

  /** Takes one step; false once there is nothing more. */
  fetch(): boolean {
    if (this.done) return false;
    this.source ??= this.definition.open(this.context);
    const batch = this.source.next();
    if (batch === null) {
      this.done = true;
      this.source.close();
      return false;
    }
    if (batch !== PENDING) this.store.append(batch);
    return true;
  }

  close(): void {
    this.done = true;
    this.source?.close();
    this.store.release();
  }
}

/** Reads a store from its start; at its end it asks `fetch` for more. */
class StoreReader implements Operator {
  private readonly store: RowStore;
  private readonly fetch: () => boolean;
  private position = 0;
  private closed = false;

  constructor(store: RowStore, fetch: () => boolean) {
    this.store = store;
    this.fetch = fetch;
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.closed) return null;
    const { store, position } = this;
    if (position >= store.rows) return this.fetch() ? PENDING : null;
    const end = Math.min(position + BATCH_ROWS, store.rows);
    this.position = end;
    return store.slice(position, end);
  }

  close(): void {
    this.closed = true;
  }
}

/** Rows that are there already, as a plan: the working table of a recursion. */
export class StoredRows implements CompiledPlan {
  readonly columns: readonly ColumnDef[];
  readonly store: RowStore;

  constructor(columns: readonly ColumnDef[], memory: MemoryMeter) {
    this.columns = columns;
    this.store = new RowStore(
      columns.map((column) => column.type),
      memory,
    );
  }

  open(): Operator {
    return new StoreReader(this.store, () => false);
  }
}
