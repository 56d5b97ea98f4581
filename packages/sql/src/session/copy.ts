import { AegisError } from "../contract/index.js";
import type { PlanRunner } from "./plan-runner.js";
import { PlanMemo } from "./run-options.js";
import { type PreparedText, prepareText } from "./prepared-text.js";
import type { TransactionControl } from "./transactions.js";

export interface CopiedRows {
  readonly rowCount: number;
  readonly durable: Promise<void> | undefined;
}

/** Inserts rows of text into a table, all of them or none. */
export function copyInto(
  plans: PlanRunner,
  control: TransactionControl,
  target: string,
  rows: Iterable<readonly (string | null)[]>,
  position: number,
): CopiedRows {
  const access = control.access();
  const options = { memo: new PlanMemo() };
  const { value, durable } = access.write((sink) => {
    let prepared: PreparedText | undefined;
    let rowCount = 0;
    for (const row of rows) {
      prepared ??= insertOf(target, row.length, position);
      if (row.length !== prepared.parameters.count) {
        const message = `line ${rowCount + 1} of the data of COPY has ${row.length} fields, not ${prepared.parameters.count}`;
        throw new AegisError("INVALID_TEXT_REPRESENTATION", message, {
          sqlState: "22P04",
          position,
        });
      }
      plans.runIn(prepared, row, options, access, sink);
      rowCount++;
    }
    return rowCount;
  });
  return { rowCount: value, durable };
}

/** The values of identity columns are taken as they come, as COPY does. */
function insertOf(target: string, fields: number, position: number): PreparedText {
  const values = Array.from({ length: fields }, (_, i) => `$${i + 1}`).join(", ");
  try {
    return prepareText(`INSERT INTO ${target} OVERRIDING SYSTEM VALUE VALUES (${values})`);
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    throw new AegisError(error.code, error.message, { hint: error.hint, position, cause: error });
  }
}
