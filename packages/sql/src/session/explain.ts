import { AegisError } from "../contract/index.js";
import type { ExplainStatement } from "../parser/index.js";
import { explainLines, type ExplainedNode, explainPlan } from "../planner/explain.js";
import { commandTag } from "./command-tag.js";
import { isPlanned } from "./compile.js";
import { planOnly, runCounted } from "./explained-run.js";
import type { GivenParameters } from "./parameters.js";
import type { PlanRunner } from "./plan-runner.js";
import type { RunOptions } from "./run-options.js";
import { PreparedText } from "./prepared-text.js";
import { EMPTY_RESULT, type StatementResult } from "./results.js";
import { readBoolean } from "./setting-types.js";
import { valueResult } from "./text-results.js";
import type { TransactionControl } from "./transactions.js";

/** The session that EXPLAIN runs in. */
export interface ExplainPlace {
  readonly plans: PlanRunner;
  readonly control: TransactionControl;
}

interface ExplainOptions {
  readonly analyze: boolean;
  readonly format: "text" | "json";
}

/** Options that change nothing here: the plan is shown with all that is known of it. */
const WITHOUT_EFFECT = ["verbose", "costs", "settings", "buffers", "wal", "timing", "summary"];

function optionsOf({ options, position }: ExplainStatement): ExplainOptions {
  let analyze = false;
  let format = "text";
  for (const [name, value] of Object.entries(options)) {
    if (name === "analyze") analyze = readBoolean("analyze", value);
    else if (name === "format") format = value.toLowerCase();
    else if (!WITHOUT_EFFECT.includes(name)) {
      throw new AegisError("PARSE_ERROR", `unrecognized EXPLAIN option "${name}"`, { position });
    }
  }
  if (format === "text" || format === "json") return { analyze, format };
  throw new AegisError("UNSUPPORTED", `EXPLAIN knows the formats text and json, not ${format}`, {
    position,
  });
}

/** Runs EXPLAIN; with ANALYZE the statement runs, and what it writes is written. */
export function explain(
  { plans, control }: ExplainPlace,
  prepared: PreparedText,
  statement: ExplainStatement,
  given: GivenParameters | undefined,
  options: RunOptions,
): StatementResult {
  const { analyze, format } = optionsOf(statement);
  const inner = explained(prepared, statement);
  const run = analyze ? runCounted : planOnly;
  const outcome = run(plans, control, inner, given, options);
  const { compiled, source, actuals, milliseconds, durable } = outcome;
  const root = explainPlan(compiled.logical, source, actuals);
  const empty = { ...EMPTY_RESULT, command: "EXPLAIN", durable };
  const time = milliseconds?.toFixed(3);
  if (format === "text") {
    const lines = explainLines(root);
    if (time !== undefined) lines.push(`Execution Time: ${time} ms`);
    const rows = lines.map((line) => [line]);
    return valueResult(empty, { columns: ["QUERY PLAN"], rows }, options);
  }
  const tree = [
    { Plan: jsonNode(root), ...(time === undefined ? {} : { "Execution Time": Number(time) }) },
  ];
  const text = JSON.stringify(tree, undefined, 2);
  return jsonResult(empty, text, tree, options);
}

function explained(
  prepared: PreparedText,
  { statement, position }: ExplainStatement,
): PreparedText {
  const { text, parameters } = prepared;
  const inner = statement.kind === "createTableAs" ? statement.query : statement;
  if (isPlanned(inner)) return new PreparedText({ text, statement: inner, parameters });
  throw new AegisError("UNSUPPORTED", `${commandTag(statement)} has no plan to explain`, {
    position,
  });
}

function jsonNode({ title, details, estimatedRows, actual, inputs }: ExplainedNode): object {
  return {
    "Node Type": title,
    "Plan Rows": estimatedRows,
    ...(actual === undefined
      ? {}
      : {
          "Actual Total Time": Number(actual.milliseconds.toFixed(3)),
          "Actual Rows": actual.rows,
          "Actual Loops": actual.loops,
        }),
    ...(details.length === 0 ? {} : { Details: details }),
    ...(inputs.length === 0 ? {} : { Plans: inputs.map(jsonNode) }),
  };
}

function jsonResult(
  empty: StatementResult,
  text: string,
  tree: unknown,
  { form = "object" }: RunOptions,
): StatementResult {
  const name = "QUERY PLAN";
  const row = { object: { [name]: tree }, array: [tree], datums: [text] }[form];
  return {
    ...empty,
    columns: [{ name, type: { name: "json" }, asNumber: false }],
    rows: [row],
    rowCount: 1,
  };
}
