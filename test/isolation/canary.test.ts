import { afterEach, describe, expect, it, vi } from "vitest";
import type { Isolation } from "../../packages/core/src/engine/contract.js";
import { ReadSet, ScannedRange } from "../../packages/core/src/engine/read-set.js";
import type { AegisError } from "../../packages/core/src/errors.js";
import { HistoryCounts, problemsOf } from "./run-histories.js";

/** Seeds tried until one notices. */
const MOST_SEEDS = 20;

/** What the first seed that notices says; a broken index may be what it runs into. */
async function firstProblems(isolation: Isolation): Promise<string> {
  const counts = new HistoryCounts();
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const problems = await problemsOf(seed, isolation, counts).catch(
      ({ code }: AegisError) => code,
    );
    if (problems !== "") return problems;
  }
  return "";
}

afterEach(() => vi.restoreAllMocks());

describe("the checks of histories notice", () => {
  it("that keys which were read are not validated", async () => {
    vi.spyOn(ReadSet.prototype, "addPoint").mockImplementation(() => undefined);
    expect(await firstProblems("serializable")).toMatch(/at its commit|^CORRUPTION$/m);
  });

  it("that ranges which were read are not validated", async () => {
    vi.spyOn(ReadSet.prototype, "addScan").mockImplementation(
      () => new ScannedRange([], undefined, undefined, false),
    );
    expect(await firstProblems("serializable")).toMatch(/^G2:/m);
  });

  it("that ranges of indexes are not validated", async () => {
    const { addScan } = ReadSet.prototype;
    vi.spyOn(ReadSet.prototype, "addScan").mockImplementation(function (
      this: ReadSet,
      tree,
      range,
    ) {
      // Keys of several columns are text; those of the tables here are numbers.
      const ofIndex = typeof range.start === "string";
      return addScan.call(ofIndex ? new ReadSet() : this, tree, range);
    });
    expect(await firstProblems("serializable")).toMatch(/^G2:/m);
  });

  it("that uniqueness and references are not validated at snapshot isolation", async () => {
    vi.spyOn(ReadSet.prototype, "settled").mockReturnValue(undefined);
    expect(await firstProblems("snapshot")).toMatch(/orphans|duplicate key|foreign key/);
  });
});
