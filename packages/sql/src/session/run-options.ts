import type { ResultOptions, SqlType } from "../types/index.js";
import type { ReadyPlan } from "./ready-plan.js";
import type { RowForm } from "./results.js";
import type { DerivedSettings } from "./settings.js";

export interface RunOptions {
  readonly form?: RowForm | undefined;
  readonly results?: Omit<ResultOptions, "timeZone"> | undefined;
  /** Milliseconds; the session's statement_timeout holds beside it. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxRows?: number | undefined;
  /** Bytes that the rows of the result may take, about; past it RESULT_TOO_LARGE. */
  readonly maxResultBytes?: number | undefined;
  /** Types that the parameters were declared with. */
  readonly types?: readonly (SqlType | undefined)[] | undefined;
  /** Remembers the plan from call to call; of one session, one statement and these options. */
  readonly memo?: PlanMemo | undefined;
}

/** The plan that a statement ran with the last time. */
export class PlanMemo {
  ready: ReadyPlan | undefined;
  derived: DerivedSettings | undefined;
}

/** How values come out where nothing is said. */
export const DEFAULT_RESULTS: Omit<ResultOptions, "timeZone"> = {
  bigints: "mixed",
  decimals: "string",
  timestamps: "date",
};
