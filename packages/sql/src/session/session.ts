import { AegisError } from "../contract/index.js";
import { runDefinition } from "../ddl/index.js";
import { QueryMemory } from "../executor/memory.js";
import { throwIfAborted } from "../executor/run-limits.js";
import { registry } from "../functions/index.js";
import {
  parseScript,
  type DefinitionStatement,
  type ScriptItem,
  type Statement,
} from "../parser/index.js";
import { commandTag } from "./command-tag.js";
import { isPlanned } from "./compile.js";
import { copyInto } from "./copy.js";
import type { SqlEngine } from "./engine.js";
import { evaluationOf, type SessionFacts, withoutSession } from "./evaluation.js";
import { explain } from "./explain.js";
import { evaluate } from "./expression-values.js";
import { type Notice, notice } from "./notices.js";
import type { GivenParameters } from "./parameters.js";
import { PlanRunner } from "./plan-runner.js";
import type { PreparedText } from "./prepared-text.js";
import { checkCount, NamedStatements } from "./named-statements.js";
import type { RunOptions } from "./run-options.js";
import { EMPTY_RESULT, type StatementResult } from "./results.js";
import { statementError } from "./runtime-limits.js";
import { SessionRandom } from "./seeded-random.js";
import { SessionSequences } from "./sequences.js";
import { runSetting } from "./setting-statements.js";
import type { Settings } from "./settings.js";
import { statementLimits } from "./statement-limits.js";
import { valueResult } from "./text-results.js";
import type { TransactionControl, TransactionStatus } from "./transactions.js";

export interface SessionParts {
  readonly control: TransactionControl;
  readonly settings: Settings;
  readonly currentUser: string;
  /** False where nothing may outlast a statement: SET and PREPARE are refused. */
  readonly stateful: boolean;
}

/**
 * Runs statements one after the other, with PostgreSQL's transaction states, settings and prepared
 * statements. A statement that fails throws; everything else it has to say is in its result.
 */
export class SqlSession {
  readonly engine: SqlEngine;
  readonly settings: Settings;
  readonly facts: SessionFacts;
  readonly control: TransactionControl;
  readonly plans: PlanRunner;
  readonly #named: NamedStatements = new NamedStatements();
  readonly #sequences: SessionSequences = new SessionSequences();
  #closed = false;

  constructor(engine: SqlEngine, { control, settings, currentUser, stateful }: SessionParts) {
    this.engine = engine;
    this.settings = settings;
    this.control = control;
    this.facts = {
      host: engine.host,
      settings,
      sequences: this.#sequences,
      random: new SessionRandom(),
      currentUser,
      currentDatabase: engine.currentDatabase,
      stateful,
      maxQueryMemory: engine.maxQueryMemory,
      modes: () => control.modes(),
    };
    this.plans = new PlanRunner(this.facts, control);
  }

  get status(): TransactionStatus {
    return this.control.status;
  }

  /** Parses a statement. One that cannot be parsed fails the open transaction like any other. */
  prepare(text: string): PreparedText {
    this.#assertOpen();
    return this.#failing(() => this.engine.prepare(text));
  }

  /** Parses the statements of a script, with the same effect of a failure. */
  parse(script: string): ScriptItem[] {
    this.#assertOpen();
    return this.#failing(() => parseScript(script));
  }

  /** Runs a statement to its end, now. */
  run(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions = {},
  ): StatementResult {
    this.#assertOpen(options);
    try {
      return this.#dispatch(prepared, given, options);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** The first row of a statement that only reads; undefined if there is none. */
  first(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions = {},
  ): unknown {
    this.#assertOpen(options);
    try {
      if (prepared.statement.kind === "query") return this.plans.first(prepared, given, options);
      return this.#dispatch(prepared, given, options).rows[0];
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /**
   * The same as `run`; a statement that only reads gives the event loop back in between. The rest is done
   * when this returns, and the promise settles when it is durable.
   */
  async runInTurns(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions = {},
  ): Promise<StatementResult> {
    this.#assertOpen(options);
    if (prepared.statement.kind === "query" && !prepared.writes) {
      try {
        return await this.plans.runInTurns(prepared, given, options);
      } catch (error) {
        throw this.#failed(error);
      }
    }
    const result = this.#failing(() => this.#dispatch(prepared, given, options));
    await result.durable;
    return result;
  }

  /** Rows of a reading statement as they are asked for. */
  iterate(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions = {},
  ): Generator<unknown, void> {
    this.#assertOpen(options);
    return this.#failing(() => this.plans.iterate(prepared, given, options));
  }

  /**
   * Inserts rows of text as one statement. `target` is a table, with or without a list of columns;
   * `position` is where the text of the statement stands.
   */
  copy(
    target: string,
    rows: Iterable<readonly (string | null)[]>,
    position: number,
  ): StatementResult {
    this.#assertOpen();
    const result = this.#failing(() => copyInto(this.plans, this.control, target, rows, position));
    return { ...EMPTY_RESULT, command: "COPY", ...result };
  }

  /** Rolls back what is open. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.control.close();
  }

  /** A statement whose signal is aborted already is not begun. */
  #assertOpen({ signal }: RunOptions = {}): void {
    if (this.#closed) {
      throw new AegisError("DATABASE_CLOSED", "the session was closed", {
        hint: "Make a new one with db.session().",
      });
    }
    this.engine.host.assertUsable();
    throwIfAborted(signal);
  }

  #failing<T>(fn: () => T): T {
    try {
      return fn();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    this.control.failed();
    return statementError(error);
  }

  #dispatch(
    prepared: PreparedText,
    given: GivenParameters | undefined,
    options: RunOptions,
  ): StatementResult {
    const { statement } = prepared;
    if (isPlanned(statement)) return this.plans.run(prepared, given, options);
    switch (statement.kind) {
      case "begin":
      case "commit":
      case "rollback":
      case "savepoint":
      case "release":
      case "rollbackTo":
      case "setTransaction":
        return { ...EMPTY_RESULT, ...this.control.run(statement) };
      case "set":
      case "reset":
      case "show":
      case "discard":
        return this.#setting(statement, options);
      case "prepare":
      case "execute":
      case "deallocate":
        return this.#preparation(statement, options);
      case "maintenance":
        // Storage looks after itself; a failed transaction refuses this like all else.
        this.control.access();
        return { ...EMPTY_RESULT, command: prepared.command, notices: prepared.notices };
      case "explain":
        return explain(this, prepared, statement, given, options);
      default:
        return this.#define(statement, prepared.notices, options);
    }
  }

  #setting(
    statement: Extract<Statement, { kind: "set" | "reset" | "show" | "discard" }>,
    options: RunOptions,
  ): StatementResult {
    // A failed transaction refuses these, too.
    const access = this.control.access();
    if (statement.kind !== "show") this.#assertStateful(statement);
    if (statement.kind === "discard") this.#discard(statement.what);
    const outcome = runSetting(statement, { facts: this.facts, control: this.control, access });
    const result = { ...EMPTY_RESULT, command: commandTag(statement), notices: outcome.notices };
    return outcome.table === undefined ? result : valueResult(result, outcome.table, options);
  }

  #discard(what: string): void {
    if (what === "all") this.#named.deallocate(undefined);
    if (what === "all" || what === "sequences") this.#sequences.forget();
  }

  #preparation(
    statement: Extract<Statement, { kind: "prepare" | "execute" | "deallocate" }>,
    options: RunOptions,
  ): StatementResult {
    this.#assertStateful(statement);
    // A failed transaction refuses these, too.
    const access = this.control.access();
    if (statement.kind === "prepare") {
      const { prepared, types } = this.#named.prepare(statement);
      // Mistakes show now rather than at the first EXECUTE.
      this.plans.compiled(prepared, access.source(), [], { types });
      this.#named.keep(statement.name, { prepared, types });
    } else if (statement.kind === "deallocate") this.#named.deallocate(statement.name);
    else {
      const { prepared, types } = this.#named.find(statement.name);
      checkCount(statement, prepared);
      const values = evaluate(this.plans, statement.arguments, options);
      return this.plans.run(prepared, values, { ...options, types });
    }
    return { ...EMPTY_RESULT, command: commandTag(statement) };
  }

  #define(
    statement: DefinitionStatement,
    noted: readonly Notice[],
    options: RunOptions,
  ): StatementResult {
    const limits = statementLimits(this.facts, options);
    const access = this.control.access();
    const notices: Notice[] = [...noted];
    const { value, durable } = access.write((sink) =>
      runDefinition(statement, {
        sink,
        searchPath: this.settings.derived.searchPath,
        eval: evaluationOf(this.facts, access.now(), sink, sink),
        registry,
        memory: new QueryMemory(this.engine.maxQueryMemory),
        limits,
        notice: (message: string) => void notices.push(notice(message)),
      }),
    );
    return { ...EMPTY_RESULT, command: commandTag(statement), rowCount: value, notices, durable };
  }

  #assertStateful(statement: Statement): void {
    if (this.facts.stateful) return;
    throw withoutSession(commandTag(statement), statement.position);
  }
}
