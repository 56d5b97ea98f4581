import type { ColumnDef, Expr } from "../../binder/expr.js";
import { columnsOf, conjuncts } from "../../planner/expressions.js";
import { freeColumns } from "../../planner/free-columns.js";
import type { JoinPlan } from "../../planner/plan.js";
import { planTraits } from "../../planner/plan-traits.js";
import type { SqlType } from "../../types/sql-type.js";
import type { Compile } from "../keyed-input.js";
import { keyedInput } from "../keyed-input.js";
import { keyClassOf } from "../keys/key-class.js";
import type { CompiledPlan } from "../operator.js";
import { RowStore } from "../row-store.js";
import { HashCandidates, LoopCandidates } from "./candidates.js";
import { type EquiKey, joinCondition } from "./equi-keys.js";
import { HashJoinOperator } from "./hash-join.js";
import { joinColumns } from "./join-output.js";
import { JoinOperator, type JoinShape } from "./join-operator.js";
import { JoinTable, type JoinTableShape } from "./join-table.js";
import { LateralCandidates, type LateralShape } from "./lateral-candidates.js";
import type { MatchRule } from "./matcher.js";
import { compileResidual } from "./residual.js";

/**
 * Joins. The right side is read first and kept; left rows then come through in their order. Equal
 * keys in the condition are found by a hash table, other conditions by trying all pairs, and a
 * lateral right side is run for each left row.
 */
export function compileJoin(plan: JoinPlan, compile: Compile): CompiledPlan {
  if (plan.lateral) return compileLateral(plan, compile);
  const { keys, residual } = joinCondition(plan);
  if (keys.length === 0) return compileLoop(plan, compile);
  if (plan.nullAware && (keys.length > 1 || residual !== undefined)) {
    return compileLoop(plan, compile);
  }
  return compileHash(plan, keys, residual, compile);
}

function ruleOf(plan: JoinPlan): MatchRule {
  switch (plan.join) {
    case "inner":
    case "cross":
    case "right":
      return "pairs";
    case "left":
    case "full":
      return "outer";
    case "single":
      return "single";
    case "semi":
      return "exists";
    case "anti":
      return "missing";
  }
}

function keepsRight({ join }: JoinPlan): boolean {
  return join === "right" || join === "full";
}

function compileHash(
  plan: JoinPlan,
  keys: readonly EquiKey[],
  residual: Expr | undefined,
  compile: Compile,
): CompiledPlan {
  const left = keyedInput(
    plan.left,
    keys.map((key) => key.left),
    compile,
  );
  const right = keyedInput(
    plan.right,
    keys.map((key) => key.right),
    compile,
  );
  const rule = ruleOf(plan);
  const used = neededColumns(plan, residual);
  const kept = right.plan.columns.flatMap((column, i) => (used.has(column.id) ? [i] : []));
  const stored = kept.map((i) => right.plan.columns[i]!);
  const shape: JoinShape = {
    rule,
    keepsRight: keepsRight(plan),
    residual: compileResidual(residual, left.plan.columns, stored),
    output: joinColumns(plan.output, left.plan.columns, stored),
  };
  const tableShape: JoinTableShape = {
    types: stored.map((column) => column.type),
    columns: kept,
    keys: keys.map(({ type, nullsEqual }) => ({ type, nullsEqual })),
    keyColumns: right.keys,
    keepsNulls: shape.keepsRight,
    keysOnly: residual === undefined && (rule === "exists" || rule === "missing"),
  };
  return {
    columns: plan.output,
    open(context) {
      const table = new JoinTable(tableShape, context.memory);
      const candidates = new HashCandidates(right.plan.open(context), table, left.keys);
      const input = left.plan.open(context);
      if (residual !== undefined) return new JoinOperator(shape, input, candidates, context);
      return new HashJoinOperator(shape, input, candidates, plan.nullAware, context);
    },
  };
}

/** The columns that a join gives on or checks its rows by. */
function neededColumns(plan: JoinPlan, residual: Expr | undefined): Set<number> {
  const used = residual === undefined ? new Set<number>() : columnsOf(residual);
  for (const column of plan.output) used.add(column.id);
  return used;
}

function compileLoop(plan: JoinPlan, compile: Compile): CompiledPlan {
  const left = compile(plan.left);
  const right = compile(plan.right);
  const on = plan.nullAware ? unknownAsTrue(plan.on) : plan.on;
  const shape = pairShape(plan, on, left.columns, right.columns);
  const types = right.columns.map((column) => column.type);
  return {
    columns: plan.output,
    open(context) {
      const store = new RowStore(types, context.memory);
      const candidates = new LoopCandidates(right.open(context), store);
      return new JoinOperator(shape, left.open(context), candidates, context);
    },
  };
}

function pairShape(
  plan: JoinPlan,
  on: Expr | undefined,
  left: readonly ColumnDef[],
  right: readonly ColumnDef[],
): JoinShape {
  const [condition] = conjuncts(on).length === 0 ? [] : [on];
  return {
    rule: ruleOf(plan),
    keepsRight: keepsRight(plan),
    residual: compileResidual(condition, left, right),
    output: joinColumns(plan.output, left, right),
  };
}

/** A left row of NOT IN stays only if the comparison is false for all right rows. */
function unknownAsTrue(on: Expr | undefined): Expr | undefined {
  if (on === undefined) return undefined;
  const { type } = on;
  return { kind: "coalesce", args: [on, { kind: "const", value: true, type }], type };
}

function compileLateral(plan: JoinPlan, compile: Compile): CompiledPlan {
  const left = compile(plan.left);
  const right = compile(plan.right);
  const free = freeColumns(plan.right);
  const outerColumns = left.columns.flatMap((column, i) => (free.has(column.id) ? [i] : []));
  const outer = outerColumns.map((i) => left.columns[i]!);
  const on = plan.nullAware ? unknownAsTrue(plan.on) : plan.on;
  const shape = pairShape(plan, on, left.columns, right.columns);
  const semi = shape.rule === "exists" || shape.rule === "missing";
  const lateral: LateralShape = {
    right,
    outer,
    outerColumns,
    memoises: !planTraits(plan.right).volatile && outer.every(({ type }) => isExact(type)),
    firstOnly: semi && shape.residual === undefined,
  };
  return {
    columns: plan.output,
    open(context) {
      const candidates = new LateralCandidates(lateral, context);
      return new JoinOperator(shape, left.open(context), candidates, context);
    },
  };
}

/** Whether values that are equal are also the same, which 1.0 and 1.00 are not. */
function isExact(type: SqlType): boolean {
  const keyClass = keyClassOf(type);
  return keyClass === "whole" || keyClass === "bytes";
}
