import { describe } from "vitest";
import { testHistories } from "./run-histories.js";

/** Beyond those of `npm test`; other numbers by AEGIS_ISOLATION_SEED and AEGIS_ISOLATION_SEEDS. */
const FIRST = Number(process.env["AEGIS_ISOLATION_SEED"] ?? 1001);
const TOTAL = Number(process.env["AEGIS_ISOLATION_SEEDS"] ?? 1500);
/** Seeds of one test, so that progress shows. */
const PORTION = 100;

describe("transactions of several clients", () => {
  for (let first = FIRST; first < FIRST + TOTAL; first += PORTION) {
    testHistories(first, Math.min(PORTION, FIRST + TOTAL - first));
  }
});
