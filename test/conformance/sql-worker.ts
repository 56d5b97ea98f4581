// Replays one file of SQL cases at a time on a fresh database and tells what came of each.

import { parentPort } from "node:worker_threads";
import { AegisError } from "../../packages/sql/src/contract/index.js";
import { openTarget, type Answer, type Target } from "./sql-target.js";

interface Case {
  readonly expect: "rows" | "ok" | "error";
  readonly sql: string;
  readonly conn?: string;
  readonly ordered?: boolean;
  readonly rows?: readonly (readonly (string | null)[])[];
  readonly nrows?: number;
  readonly sqlstate?: string;
}

interface Outcome {
  readonly ok: boolean;
  readonly message?: string;
  readonly got?: unknown;
}

type Row = readonly (string | null)[];

const SHOWN_ROWS = 20;

function sorted(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function sameRows(item: Case, got: readonly Row[]): boolean {
  // Of a few large results only the number of rows is compared.
  if (item.rows === undefined) return got.length === item.nrows;
  const order = item.ordered === true ? (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)) : sorted;
  const wanted = order(item.rows);
  const found = order(got);
  return wanted.length === found.length && wanted.every((row, i) => row === found[i]);
}

function describe(error: unknown): string {
  if (error instanceof AegisError) return `${error.code} ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message} ${at(error)}` : String(error);
}

/** Where an error that is none of ours was thrown. */
function at(error: Error): string {
  return error.stack?.split("\n")[1]?.trim() ?? "";
}

async function judge(target: Target, item: Case): Promise<Outcome> {
  let answer: Answer;
  try {
    answer = await target.run(item.conn ?? "", item.sql);
  } catch (error) {
    if (item.expect !== "error") return { ok: false, message: describe(error) };
    const state = error instanceof AegisError ? error.sqlState : undefined;
    if (state === item.sqlstate) return { ok: true };
    if (!(error instanceof AegisError) || error.code === "INTERNAL") {
      return { ok: false, message: describe(error) };
    }
    // Refusing for another reason is counted as refused, unless it is for want of the feature.
    return state === "0A000" || error.code === "PARSE_ERROR"
      ? { ok: false, message: `SQLSTATE ${item.sqlstate ?? "?"} wanted, got ${describe(error)}` }
      : { ok: true };
  }
  if (item.expect === "ok") return { ok: true };
  if (item.expect === "error") return { ok: false, message: `no error ${item.sqlstate ?? "?"}` };
  if (sameRows(item, answer.rows)) return { ok: true };
  return { ok: false, message: "other rows", got: answer.rows.slice(0, SHOWN_ROWS) };
}

async function replay(cases: readonly Case[]): Promise<void> {
  const target = openTarget();
  try {
    for (const item of cases) parentPort?.postMessage({ outcome: await judge(target, item) });
  } finally {
    await target.close();
    parentPort?.postMessage({ done: true });
  }
}

parentPort?.on("message", (cases: readonly Case[]) => void replay(cases));
