import { describe } from "vitest";
import { testHistories } from "./run-histories.js";

/** `AEGIS_ISOLATION_SEED` says which seed is the first, `AEGIS_ISOLATION_SEEDS` how many there are. */
const FIRST = Number(process.env["AEGIS_ISOLATION_SEED"] ?? 1);
const SEEDS = Number(process.env["AEGIS_ISOLATION_SEEDS"] ?? 30);

describe("transactions of several clients", () => testHistories(FIRST, SEEDS));
