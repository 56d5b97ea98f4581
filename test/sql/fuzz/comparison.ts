import { isError, linesOf, type Outcome } from "./engines.js";

/**
 * How two outcomes of one statement compare. What SQL leaves open is no difference:
 *
 * - which of several equal values stands for them in a group (`1` or `1.0`, `1 mon` or `30 days`);
 * - whether an expression of a row is computed that the result has no need of, or a constant before
 *   there is a row, and so whether it fails;
 * - which of several things that are wrong is named first.
 */
export type Comparison = "same" | "written otherwise" | "open error" | "different";

export function compare(here: Outcome, there: Outcome): Comparison {
  if (sameLines(linesOf(here, false), linesOf(there, false))) return "same";
  if (isError(here) && isError(there)) return "open error";
  if (isError(here)) return ofValues(here.sqlState) ? "open error" : "different";
  if (isError(there)) return ofValues(there.sqlState) ? "open error" : "different";
  const canonical = sameLines(canonicalLines(here.rows), canonicalLines(there.rows));
  return canonical ? "written otherwise" : "different";
}

/** Data exceptions; the code of what is not supported is also that of casts of NaN and infinity. */
function ofValues(sqlState: string): boolean {
  return sqlState.startsWith("22") || sqlState === "0A000";
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

function canonicalLines(rows: readonly (readonly (string | null)[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row.map(canonical))).sort();
}

const ZEROS = /\.(\d*?)0+(?!\d)/g;
const INTERVAL =
  /^(?:(-?\d+) years? ?)?(?:(-?\d+) mons? ?)?(?:(-?\d+) days? ?)?(?:([-+]?)(\d+):(\d\d):(\d\d(?:\.\d+)?))?$/;

/** One text for all values that are equal: decimals without scale (in JSON, too), seconds. */
function canonical(text: string | null): string | null {
  if (text === null || text === "") return text;
  if (text === "-0") return "0";
  const parts = INTERVAL.exec(text);
  if (parts === null) {
    return text.replace(ZEROS, (_, kept: string) => (kept === "" ? "" : `.${kept}`));
  }
  const [years, months, days, , hours, minutes, seconds] = parts
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const time = hours! * 3600 + minutes! * 60 + seconds!;
  const whole = (years! * 12 + months!) * 30 + days!;
  return `${whole * 86_400 + (parts[4] === "-" ? -time : time)} seconds`;
}

/** How often things came up. */
export class Counts {
  private readonly counts: Map<string, number> = new Map();

  add(what: string): void {
    this.counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0;
  }
}
