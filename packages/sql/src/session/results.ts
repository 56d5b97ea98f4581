import type { ResultColumn } from "../binder/index.js";
import type { Notice } from "./notices.js";

/** `datums` are the executor's own values, for whoever prints or sends them as text. */
export type RowForm = "object" | "array" | "datums";

/** What a statement gave. */
export interface StatementResult {
  readonly command: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: unknown[];
  /** Rows of the result, or rows written. */
  readonly rowCount: number;
  readonly notices: readonly Notice[];
  /** Settles when what was written is durable; undefined if nothing was, or its commit is to come. */
  readonly durable: Promise<void> | undefined;
}

/** What a statement without rows gives. */
export const EMPTY_RESULT: StatementResult = {
  command: "",
  columns: [],
  rows: [],
  rowCount: 0,
  notices: [],
  durable: undefined,
};
