import { describe, vi } from "vitest";
import { testHistories } from "./run-histories.js";

// So few that nearly every transaction is compared with the trees as well.
vi.mock(import("../../packages/core/src/limits.js"), async (original) => ({
  ...(await original()),
  MAX_HISTORY_KEYS: 3,
  MAX_TRACKED_RANGES: 2,
}));

/** `AEGIS_ISOLATION_SEED` says which seed is the first, `AEGIS_ISOLATION_SEEDS` how many there are. */
const FIRST = Number(process.env["AEGIS_ISOLATION_SEED"] ?? 501);
const SEEDS = Number(process.env["AEGIS_ISOLATION_SEEDS"] ?? 12);

describe("transactions older than the history of commits", () => testHistories(FIRST, SEEDS));
