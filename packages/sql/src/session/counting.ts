import { compileNode } from "../executor/index.js";
import type { CompiledPlan, Operator } from "../executor/operator.js";
import { PENDING } from "../executor/operator.js";
import type { NodeActuals } from "../planner/explain.js";
import type { LogicalPlan } from "../planner/plan.js";

interface Counts {
  rows: number;
  micros: number;
  loops: number;
}

const MICROS_PER_MS = 1000;

/** Compiles plans whose operators count their rows and time, for EXPLAIN ANALYZE. */
export class CountingCompiler {
  readonly #clock: () => number;
  readonly #counts: Map<LogicalPlan, Counts> = new Map();

  /** `clock` gives microseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  compile(plan: LogicalPlan): CompiledPlan {
    const compiled = compileNode(plan, (child) => this.compile(child));
    const counts = { rows: 0, micros: 0, loops: 0 };
    this.#counts.set(plan, counts);
    return {
      columns: compiled.columns,
      counted: true,
      open: (context, most) => {
        counts.loops++;
        return this.#counted(compiled.open(context, most), counts);
      },
    };
  }

  actuals(): ReadonlyMap<LogicalPlan, NodeActuals> {
    return new Map(
      Array.from(this.#counts, ([plan, { rows, micros, loops }]) => [
        plan,
        { rows, milliseconds: micros / MICROS_PER_MS, loops },
      ]),
    );
  }

  #counted(operator: Operator, counts: Counts): Operator {
    return {
      next: () => {
        const started = this.#clock();
        const batch = operator.next();
        counts.micros += this.#clock() - started;
        if (batch !== null && batch !== PENDING) counts.rows += batch.selected;
        return batch;
      },
      close: () => operator.close(),
    };
  }
}
