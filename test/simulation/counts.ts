import { SimulationCounts } from "../../packages/core/src/testing/simulation/counts.js";

/** What only databases of tables, keys and values go through. */
export class DatabaseCounts extends SimulationCounts {
  /** Statements that were refused, as they should. */
  refused = 0;
  /** Attempts of transactions that lost and were run again. */
  retried = 0;
  savepointRollbacks = 0;
  /** Expired entries that were removed. */
  swept = 0;
  /** Copies of a disk on which bytes were changed or cut off, and those that would not open. */
  rotten = 0;
  rottenUnopened = 0;
  /** Questions to a rotten database that were answered, rightly, and that it would not answer. */
  rottenAnswers = 0;
  rottenRefusals = 0;
  /** Problems that its check found. */
  rottenProblems = 0;
}
