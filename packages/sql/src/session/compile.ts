import { bindQuery, type BoundStatement, type ResultColumn } from "../binder/index.js";
import { bindModify } from "../binder/modify/index.js";
import { AegisError } from "../contract/index.js";
import type { Source } from "../contract/source.js";
import { compilePlan } from "../executor/index.js";
import type { CompiledPlan } from "../executor/operator.js";
import { registry } from "../functions/index.js";
import type {
  DeleteStatement,
  InsertStatement,
  QueryNode,
  Statement,
  UpdateStatement,
} from "../parser/index.js";
import { optimize } from "../planner/index.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";
import { PlanSizes } from "./plan-sizes.js";
import type { ReadyPlan } from "./ready-plan.js";

/** Statements that become plans. */
export type PlannedStatement = QueryNode | InsertStatement | UpdateStatement | DeleteStatement;

export function isPlanned(statement: Statement): statement is PlannedStatement {
  const { kind } = statement;
  return kind === "query" || kind === "insert" || kind === "update" || kind === "delete";
}

/** What a plan depends on beside its text. */
export interface PlanEnvironment {
  readonly source: Source;
  readonly searchPath: readonly string[];
  /** Types that PREPARE or the caller gave to parameters. */
  readonly types: readonly (SqlType | undefined)[];
  /** Stands for all of the above but the source, and for settings that literals depend on. */
  readonly key: string;
}

/** A plan ready to run, any number of times; it belongs to one version of the catalog. */
export interface CompiledStatement {
  readonly catalogVersion: number;
  readonly key: string;
  readonly logical: LogicalPlan;
  readonly plan: CompiledPlan;
  readonly columns: readonly ResultColumn[];
  readonly parameterTypes: readonly SqlType[];
  readonly sizes: PlanSizes;
  /** Its forms with ways in and out, by what they depend on (see `readyPlan`). */
  readonly ready: Map<string, ReadyPlan>;
  /** The types that decided what the statement left open; undefined where it said it all. */
  readonly hints: readonly SqlType[] | undefined;
}

/**
 * Binds, plans and compiles. `hints`, the types of the values, are asked for only where the
 * statement leaves a parameter's type open.
 */
export function compileStatement(
  statement: PlannedStatement,
  environment: PlanEnvironment,
  hints: () => readonly SqlType[],
): CompiledStatement {
  const { source, key } = environment;
  const { bound, used } = bindWithHints(statement, environment, hints);
  const logical = optimize(bound.plan, source);
  return {
    catalogVersion: source.catalogVersion,
    key,
    logical,
    plan: compilePlan(logical),
    columns: bound.columns,
    parameterTypes: bound.params,
    hints: used,
    sizes: new PlanSizes(logical, source),
    ready: new Map(),
  };
}

type Types = readonly (SqlType | undefined)[];

interface HintedBinding {
  readonly bound: BoundStatement;
  readonly used: readonly SqlType[] | undefined;
}

/** PostgreSQL's rules first; where they leave a parameter open, its value says what it is. */
function bindWithHints(
  statement: PlannedStatement,
  { source, searchPath, types }: PlanEnvironment,
  hints: () => readonly SqlType[],
): HintedBinding {
  const bind = (paramTypes: Types): BoundStatement =>
    bindQuery(statement, { source, registry, paramTypes, searchPath, bindModify });
  try {
    return { bound: bind(types), used: undefined };
  } catch (error) {
    const used = hints();
    if (used.length === 0 || !leavesTypesOpen(error)) throw error;
    // Strings are read as whatever is wanted as long as anything is, so they come last.
    for (const strings of [false, true]) {
      try {
        return { bound: bind(hinted(types, used, strings)), used };
      } catch (second) {
        if (!leavesTypesOpen(second)) throw second;
      }
    }
    throw error;
  }
}

function leavesTypesOpen(error: unknown): boolean {
  return (
    error instanceof AegisError &&
    (error.code === "INDETERMINATE_TYPE" || error.code === "AMBIGUOUS_FUNCTION")
  );
}

function hinted(types: Types, hints: readonly SqlType[], strings: boolean): Types {
  return hints.map((hint, i) => {
    const given = types[i];
    if (given !== undefined) return given;
    if (hint.name === "text" || hint.name === "unknown") return strings ? TEXT : undefined;
    return hint;
  });
}

const TEXT: SqlType = { name: "text" };
