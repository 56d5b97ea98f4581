import type { AggregateFunction, EvalContext } from "../../functions/registry.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf } from "../column.js";
import type { Column } from "../operator.js";
import type { Accumulator, GroupedRows } from "./accumulator.js";

/** What a state and its array entry take at least. */
const STATE_BYTES = 96;

/** Any aggregate, by the states that its own functions keep. */
export class StateAccumulator implements Accumulator {
  private readonly fn: AggregateFunction;
  private readonly types: readonly SqlType[];
  private readonly states: unknown[] = [];
  private steps = 0;

  constructor(fn: AggregateFunction, types: readonly SqlType[]) {
    this.fn = fn;
    this.types = types;
  }

  /** Functions that collect keep their rows; how many bytes those have is not asked. */
  get bytes(): number {
    return STATE_BYTES * this.states.length + (this.fn.ordered ? 16 * this.steps : 0);
  }

  grow(groups: number): void {
    while (this.states.length < groups) this.states.push(this.fn.init());
  }

  add(args: readonly Column[], at: GroupedRows, context: EvalContext): void {
    const { rows, ids, count, batch } = at;
    const datums = args.map((column, i) => datumsOf(column, this.types[i]!, batch));
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      this.step(
        ids[j]!,
        datums.map((column) => column[row]!),
        context,
      );
    }
  }

  /** Takes one row in, unless the function leaves it out for a NULL. */
  step(group: number, values: readonly Datum[], context: EvalContext): void {
    const { fn, states } = this;
    if (fn.strict && values.includes(null)) return;
    states[group] = fn.step(states[group], values, context);
    this.steps++;
  }

  finish(start: number, end: number, context: EvalContext): Column {
    const results: Datum[] = [];
    for (let group = start; group < end; group++) {
      results.push(this.fn.finish(this.states[group], context));
    }
    return results;
  }
}
