import type { Sink, Source } from "../contract/source.js";
import { AegisError } from "../contract/index.js";
import type { RunLimits } from "../executor/index.js";
import { QueryMemory } from "../executor/memory.js";
import { registry } from "../functions/index.js";
import type { DefinitionContext } from "../ddl/index.js";
import type { ExpressionNode, QueryNode } from "../parser/index.js";
import type { NodeActuals } from "../planner/explain.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Datum, ResultOptions, SqlType, TextContext } from "../types/index.js";
import type { DataAccess } from "./access.js";
import { commandTag } from "./command-tag.js";
import { type CompiledStatement, compileStatement, isPlanned } from "./compile.js";
import { CountingCompiler } from "./counting.js";
import { evaluationOf, type SessionFacts } from "./evaluation.js";
import { typeOfValue } from "./parameter-types.js";
import {
  bindParameters,
  castParameters,
  type GivenParameters,
  orderedParameters,
} from "./parameters.js";
import { PreparedText } from "./prepared-text.js";
import type { RowForm, StatementResult } from "./results.js";
import { type PlanRows, type PlanRun, runAtOnce, runInTurns, runLazily } from "./run.js";
import { searchPathOf } from "./settings.js";
import type { TransactionControl } from "./transactions.js";

export interface RunOptions {
  readonly form?: RowForm | undefined;
  readonly results?: Omit<ResultOptions, "timeZone"> | undefined;
  /** Milliseconds; the session's statement_timeout holds beside it. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxRows?: number | undefined;
  /** Types that the parameters were declared with. */
  readonly types?: readonly (SqlType | undefined)[] | undefined;
  /** There where the parameters are datums already: the types they have. */
  readonly datumTypes?: readonly SqlType[] | undefined;
}

export const DEFAULT_RESULTS: Omit<ResultOptions, "timeZone"> = {
  bigints: "mixed",
  decimals: "string",
  timestamps: "date",
};

const MICROS_PER_MS = 1000;

export interface CountedRun {
  readonly compiled: CompiledStatement;
  readonly source: Source;
  readonly actuals: ReadonlyMap<LogicalPlan, NodeActuals>;
  readonly milliseconds: number;
  readonly durable: Promise<void> | undefined;
}

export interface EvaluatedValues {
  readonly values: readonly Datum[];
  readonly types: readonly SqlType[];
}

/** Runs SELECT, INSERT, UPDATE and DELETE of one session. */
export class PlanRunner {
  readonly #facts: SessionFacts;
  readonly #control: TransactionControl;
  readonly #maxMemory: number;

  constructor(facts: SessionFacts, control: TransactionControl, maxMemory: number) {
    this.#facts = facts;
    this.#control = control;
    this.#maxMemory = maxMemory;
  }

  run(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): StatementResult {
    const access = this.#control.access();
    if (prepared.writes) {
      const { value, durable } = access.write((sink) =>
        this.#atOnce(prepared, given, options, access, sink, sink),
      );
      return { ...value, durable };
    }
    return this.#atOnce(prepared, given, options, access, access.source(), undefined);
  }

  async runInTurns(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): Promise<StatementResult> {
    const access = this.#control.access();
    const held = access.hold();
    try {
      const run = this.#planRun(prepared, given, options, access, held.source, undefined);
      return this.#result(prepared, run, await runInTurns(this.#facts, this.#maxMemory, run));
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
    const access = this.#control.access();
    const held = access.hold();
    let rows: Generator<unknown, void>;
    try {
      const run = this.#planRun(prepared, given, options, access, held.source, undefined);
      rows = runLazily(this.#facts, this.#maxMemory, run);
    } catch (error) {
      held.release();
      throw error;
    }
    return releasing(rows, () => held.release());
  }

  /** The plan of a statement as it would run now. */
  compiled(
    prepared: PreparedText,
    source: Source,
    access: DataAccess,
    values: readonly unknown[],
    { types = [], datumTypes }: RunOptions,
  ): CompiledStatement {
    const key = this.#planKey(types);
    const hints = (): readonly SqlType[] => datumTypes ?? values.map(typeOfValue);
    if (access.sharesPlans) {
      const known = prepared.plan(source.catalogVersion, key, hints);
      if (known !== undefined) return known;
    }
    const { statement } = prepared;
    if (!isPlanned(statement)) {
      throw new AegisError("UNSUPPORTED", `${commandTag(statement)} has no plan and no rows`);
    }
    const searchPath = searchPathOf(this.#facts.settings.get("search_path") ?? "");
    const environment = { source, searchPath, types, key };
    const compiled = compileStatement(statement, environment, hints);
    if (access.sharesPlans) prepared.keep(compiled);
    return compiled;
  }

  /** The plan of a statement, which does not run. */
  planOnly(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): { compiled: CompiledStatement; source: Source; actuals: undefined } {
    const access = this.#control.access();
    const source = access.source();
    const values = given === undefined ? [] : orderedParameters(prepared.parameters, given);
    const compiled = this.compiled(prepared, source, access, values, options);
    return { compiled, source, actuals: undefined };
  }

  /** Runs a statement and counts what its nodes do. */
  runCounted(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): CountedRun {
    const access = this.#control.access();
    const counted = (source: Source, sink: Sink | undefined): CountedRun => {
      const run = this.#planRun(prepared, given, options, access, source, sink);
      const counting = new CountingCompiler(() => this.#facts.host.clock());
      const plan = counting.compile(run.compiled.logical);
      const started = this.#facts.host.clock();
      runAtOnce(this.#facts, this.#maxMemory, { ...run, compiled: { ...run.compiled, plan } });
      const milliseconds = (this.#facts.host.clock() - started) / MICROS_PER_MS;
      const { compiled } = run;
      return { compiled, source, actuals: counting.actuals(), milliseconds, durable: undefined };
    };
    if (!prepared.writes) return counted(access.source(), undefined);
    const { value, durable } = access.write((sink) => counted(sink, sink));
    return { ...value, durable };
  }

  /** Values of expressions that stand alone (the arguments of EXECUTE), with their types. */
  evaluate(expressions: readonly ExpressionNode[], options: RunOptions): EvaluatedValues {
    if (expressions.length === 0) return { values: [], types: [] };
    const prepared = new PreparedText({
      text: "",
      statement: selectOf(expressions),
      parameters: { count: 0, names: [] },
    });
    const result = this.run(prepared, [], { ...options, form: "datums" });
    const values = result.rows[0] as readonly Datum[];
    return { values, types: result.columns.map(({ type }) => type) };
  }

  #atOnce(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
    access: DataAccess,
    source: Source,
    sink: Sink | undefined,
  ): StatementResult {
    const run = this.#planRun(prepared, given, options, access, source, sink);
    return this.#result(prepared, run, runAtOnce(this.#facts, this.#maxMemory, run));
  }

  #planRun(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
    access: DataAccess,
    source: Source,
    sink: Sink | undefined,
  ): PlanRun {
    const values = orderedParameters(prepared.parameters, given);
    const compiled = this.compiled(prepared, source, access, values, options);
    const now = access.now();
    const { parameterTypes } = compiled;
    const text: TextContext = { now, timeZone: this.#timeZone };
    return {
      compiled,
      source,
      sink,
      params:
        options.datumTypes === undefined
          ? bindParameters(prepared.parameters, values, parameterTypes, text)
          : castParameters(values as readonly Datum[], options.datumTypes, parameterTypes, text),
      now,
      limits: this.limits(options),
      form: options.form ?? "object",
      options: this.resultOptions(options),
      maxRows: options.maxRows ?? Infinity,
    };
  }

  #result(
    prepared: PreparedText,
    { compiled }: PlanRun,
    { rows, affected }: PlanRows,
  ): StatementResult {
    const { statement } = prepared;
    return {
      command: commandTag(statement),
      columns: compiled.columns,
      rows,
      rowCount: statement.kind === "query" ? rows.length : affected,
      notices: [],
      durable: undefined,
    };
  }

  /** What a definition runs with. */
  definitionContext(access: DataAccess, sink: Sink): Omit<DefinitionContext, "notice"> {
    const now = access.now();
    return {
      sink,
      searchPath: searchPathOf(this.#facts.settings.get("search_path") ?? ""),
      eval: evaluationOf(this.#facts, now, sink, sink),
      registry,
      memory: new QueryMemory(this.#maxMemory),
    };
  }

  resultOptions({ results }: RunOptions): ResultOptions {
    return { ...DEFAULT_RESULTS, ...results, timeZone: this.#timeZone };
  }

  limits({ signal, timeout }: RunOptions): RunLimits {
    const ofSession = Number(this.#facts.settings.get("statement_timeout"));
    const times = [timeout ?? 0, ofSession].filter((ms) => ms > 0);
    if (times.length === 0) return { signal };
    const deadline = this.#facts.host.clock() + Math.min(...times) * MICROS_PER_MS;
    return { signal, deadline };
  }

  get #timeZone(): string {
    return this.#facts.settings.get("timezone") ?? "UTC";
  }

  /** Everything but the text and the catalog that a plan may depend on. */
  #planKey(types: readonly (SqlType | undefined)[]): string {
    const { settings } = this.#facts;
    const names = types.map((type) => (type === undefined ? "" : JSON.stringify(type)));
    return `${settings.get("search_path")}|${this.#timeZone}|${names.join()}`;
  }
}

function* releasing<T>(rows: Generator<T, void>, release: () => void): Generator<T, void> {
  try {
    yield* rows;
  } finally {
    release();
  }
}

/** `SELECT` of the expressions. */
function selectOf(expressions: readonly ExpressionNode[]): QueryNode {
  const position = expressions[0]?.position ?? 0;
  return {
    kind: "query",
    body: {
      kind: "select",
      distinct: false,
      distinctOn: [],
      items: expressions.map((expression) => ({ expression, position })),
      from: [],
      groupBy: [],
      groupByDistinct: false,
      windows: [],
      position,
    },
    orderBy: [],
    withTies: false,
    locking: [],
    position,
  };
}
