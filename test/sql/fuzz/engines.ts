import { AegisError } from "@aegisdb/sql";
import type { Aegis } from "../aegis.js";
import type { Postgres } from "../postgres.js";
import type { TextResult } from "../postgres.js";

/** What came of a statement: its result, or the SQLSTATE of its error. */
export type Outcome = TextResult | { readonly sqlState: string; readonly message: string };

export function isError(outcome: Outcome): outcome is Extract<Outcome, { sqlState: string }> {
  return "sqlState" in outcome;
}

/** Anything but an error of ours is a bug, and so is an INTERNAL one: both are thrown. */
export function outcomeHere(aegis: Aegis, sql: string): Outcome {
  try {
    return aegis.query(sql);
  } catch (error) {
    if (!(error instanceof AegisError) || error.code === "INTERNAL") {
      throw new Error(`broken by: ${sql}`, { cause: error });
    }
    return { sqlState: error.sqlState ?? error.code, message: error.message };
  }
}

export async function outcomeThere(postgres: Postgres, sql: string): Promise<Outcome> {
  try {
    return await postgres.query(sql);
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return { sqlState: code ?? "?", message };
  }
}

/** For messages and comparisons; rows in a fixed order where the statement leaves it open. */
export function linesOf(outcome: Outcome, ordered: boolean): readonly string[] {
  if (isError(outcome)) return [`error ${outcome.sqlState}`];
  const rows = outcome.rows.map((row) => JSON.stringify(row));
  return [outcome.columns.join(), ...(ordered ? rows : rows.sort())];
}
