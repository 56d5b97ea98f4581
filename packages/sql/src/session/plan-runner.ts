import { AegisError } from "../contract/index.js";
import type { Sink, Source } from "../contract/source.js";
import { planBatches, runPlan, runPlanAsync } from "../executor/index.js";
import { NO_LIMITS } from "../executor/run-limits.js";
import type { RowBatch } from "../executor/operator.js";
import type { SqlType } from "../types/index.js";
import type { DataAccess } from "./access.js";
import { type CompiledStatement, compileStatement, isPlanned } from "./compile.js";
import type { SessionFacts } from "./evaluation.js";
import { typeOfValue } from "./parameter-types.js";
import {
  castParameters,
  type GivenParameters,
  mayRunCode,
  orderedParameters,
  type OrderedParameters,
  TypedDatums,
} from "./parameters.js";
import type { PreparedText } from "./prepared-text.js";
import { statementError } from "./runtime-limits.js";
import { type ReadyPlan, readyPlan } from "./ready-plan.js";
import { ResultMemory } from "./result-memory.js";
import type { StatementResult } from "./results.js";
import { RunContext } from "./run-context.js";
import { DEFAULT_RESULTS, type RunOptions } from "./run-options.js";
import { statementLimits } from "./statement-limits.js";
import type { TransactionControl } from "./transactions.js";

const NO_TYPES: readonly undefined[] = [];

/** A statement that is about to run. */
export interface PendingRun {
  readonly ready: ReadyPlan;
  readonly context: RunContext;
}

/** Runs SELECT, INSERT, UPDATE and DELETE of one session. */
export class PlanRunner {
  readonly facts: SessionFacts;
  readonly #control: TransactionControl;

  constructor(facts: SessionFacts, control: TransactionControl) {
    this.facts = facts;
    this.#control = control;
  }

  run(
    prepared: PreparedText,
    given: GivenParameters | TypedDatums | undefined,
    options: RunOptions,
  ): StatementResult {
    const parameters = this.parameters(prepared, given, options);
    const access = this.#control.access();
    if (prepared.writes) {
      const { value, durable } = access.write((sink) =>
        this.runIn(prepared, parameters, options, access, sink),
      );
      return durable === undefined ? value : { ...value, durable };
    }
    const run = this.pending(prepared, parameters, options, access, access.source(), undefined);
    return this.#atOnce(prepared, run, options);
  }

  /** Runs a statement inside of a write that is under way. */
  runIn(
    prepared: PreparedText,
    parameters: OrderedParameters,
    options: RunOptions,
    access: DataAccess,
    sink: Sink,
  ): StatementResult {
    const run = this.pending(prepared, parameters, options, access, sink, sink);
    return this.#atOnce(prepared, run, options);
  }

  /** The first row of a reading statement. */
  first(prepared: PreparedText, given: GivenParameters | undefined, options: RunOptions): unknown {
    const parameters = this.parameters(prepared, given, options);
    const access = this.#control.access();
    const run = this.pending(prepared, parameters, options, access, access.source(), undefined);
    if (run.ready.point !== undefined) return run.ready.point(run.context);
    return this.#rows(run, 1)[0];
  }

  async runInTurns(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): Promise<StatementResult> {
    const parameters = this.parameters(prepared, given, options);
    const access = this.#control.access();
    const now = this.pending(prepared, parameters, options, access, access.source(), undefined);
    if (now.ready.point !== undefined) return this.#atOnce(prepared, now, options);
    // The same instant, to stay on while others write.
    const held = access.hold();
    try {
      const { ready } = now;
      const context = new RunContext(
        this.facts,
        access,
        now.context.limits,
        held.source,
        undefined,
      );
      context.params = now.context.params;
      const rows: unknown[] = [];
      const memory = new ResultMemory(context, options.maxResultBytes);
      const take = (batch: RowBatch): void => {
        ready.append(batch, rows);
        memory.look(rows);
      };
      await runPlanAsync(ready.compiled.plan, context, take);
      return resultOf(prepared, { ready, context }, rows);
    } finally {
      held.release();
    }
  }

  /** The view is held until the rows were all asked for, or the iterator was closed. */
  iterate(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): Generator<unknown, void> {
    const parameters = this.parameters(prepared, given, options);
    const access = this.#control.access();
    const held = access.hold();
    try {
      const run = this.pending(prepared, parameters, options, access, held.source, undefined);
      const rows = lazyRows(run, () => held.release());
      // From here on it stands inside of its `try`, so that closing it releases the view.
      rows.next();
      return rows;
    } catch (error) {
      held.release();
      throw error;
    }
  }

  /** The plan of a statement as it would run now. */
  compiled(
    prepared: PreparedText,
    source: Source,
    parameters: OrderedParameters,
    { types = NO_TYPES }: RunOptions,
  ): CompiledStatement {
    const { planKey, searchPath } = this.facts.settings.derived;
    const names = types.map((type) => (type === undefined ? "" : JSON.stringify(type)));
    const key = names.length === 0 ? planKey : `${planKey}|${names.join()}`;
    const hints = (): readonly SqlType[] =>
      parameters instanceof TypedDatums ? parameters.types : parameters.map(typeOfValue);
    const known = prepared.plan(source, key, hints);
    if (known !== undefined) return known;
    const { statement } = prepared;
    if (!isPlanned(statement)) {
      throw new AegisError("UNSUPPORTED", `${prepared.command} has no plan and no rows`);
    }
    const compiled = compileStatement(statement, { source, searchPath, types, key }, hints);
    prepared.keep(compiled);
    return compiled;
  }

  /**
   * The parameters of a statement that is about to begin. Those that may run code are read here,
   * and no later: the code may do anything, writing to this database included.
   */
  parameters(
    prepared: PreparedText,
    given: GivenParameters | TypedDatums | undefined,
    options: RunOptions,
  ): OrderedParameters {
    if (given instanceof TypedDatums) return given;
    const values = orderedParameters(prepared.parameters, given);
    if (!mayRunCode(values)) return values;
    const access = this.#control.access();
    const source = access.source();
    const { ready, context } = this.pending(prepared, values, options, access, source, undefined);
    return new TypedDatums(context.params, ready.compiled.parameterTypes);
  }

  /** The statement with its plan and its parameters. */
  pending(
    prepared: PreparedText,
    parameters: OrderedParameters,
    options: RunOptions,
    access: DataAccess,
    source: Source,
    sink: Sink | undefined,
  ): PendingRun {
    if (prepared.locks) source.keepReads();
    const ready = this.#ready(prepared, source, parameters, options);
    const limits = statementLimits(this.facts, options);
    const context = new RunContext(this.facts, access, limits, source, sink);
    if (parameters instanceof TypedDatums) {
      context.params = castParameters(parameters, ready.compiled.parameterTypes, context);
    } else if (parameters.length > 0) context.params = ready.bind(parameters, context);
    return { ready, context };
  }

  #ready(
    prepared: PreparedText,
    source: Source,
    parameters: OrderedParameters,
    options: RunOptions,
  ): ReadyPlan {
    const { memo } = options;
    const { derived } = this.facts.settings;
    const last = memo?.ready;
    if (
      last !== undefined &&
      memo?.derived === derived &&
      last.compiled.catalogVersion === source.catalogVersion &&
      last.compiled.sizes.hold(source)
    ) {
      return last;
    }
    const compiled = this.compiled(prepared, source, parameters, options);
    const results = { ...DEFAULT_RESULTS, ...options.results, timeZone: derived.timeZone };
    const ready = readyPlan(compiled, prepared.parameters, options.form ?? "object", results);
    if (memo !== undefined) {
      memo.derived = derived;
      // A plan that its parameters' types decided is looked up by them.
      memo.ready = compiled.hints === undefined ? ready : undefined;
    }
    return ready;
  }

  #atOnce(prepared: PreparedText, run: PendingRun, options: RunOptions): StatementResult {
    const { point } = run.ready;
    if (point === undefined) {
      const { maxRows = Infinity, maxResultBytes } = options;
      return resultOf(prepared, run, this.#rows(run, maxRows, maxResultBytes));
    }
    const row = point(run.context);
    return resultOf(prepared, run, row === undefined ? [] : [row]);
  }

  #rows({ ready, context }: PendingRun, most: number, maxBytes?: number): unknown[] {
    const rows: unknown[] = [];
    if (context.limits === NO_LIMITS && maxBytes === undefined) {
      if (ready.lookup !== undefined) {
        ready.lookup(context, most, rows);
        return rows;
      }
      const { writeRow } = ready.compiled.plan;
      if (writeRow !== undefined) {
        const returned = writeRow(context);
        if (returned !== null) ready.append(returned, rows);
        return rows;
      }
    }
    const memory = new ResultMemory(context, maxBytes);
    runPlan(ready.compiled.plan, context, (batch) => {
      ready.append(batch, rows);
      memory.look(rows);
      return rows.length < most;
    });
    return rows;
  }
}

function resultOf(
  { statement, command }: PreparedText,
  { ready, context }: PendingRun,
  rows: unknown[],
): StatementResult {
  return {
    command,
    columns: ready.compiled.columns,
    rows,
    rowCount: statement.kind === "query" ? rows.length : context.affected,
    notices: NO_NOTICES,
    durable: undefined,
  };
}

const NO_NOTICES: StatementResult["notices"] = [];

/** What the first `next` gives is no row. */
function* lazyRows({ ready, context }: PendingRun, release: () => void): Generator<unknown, void> {
  try {
    yield undefined;
    for (const batch of planBatches(ready.compiled.plan, context)) {
      const rows: unknown[] = [];
      ready.append(batch, rows);
      for (const row of rows) {
        // Rows of a view that has ended must not come just because they are at hand.
        context.source.assertReadable();
        yield row;
      }
    }
  } catch (error) {
    throw statementError(error);
  } finally {
    release();
  }
}
