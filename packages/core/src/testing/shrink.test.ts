import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSeeded, shrink, type OperationTest } from "./shrink.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Fails when the list has all of the culprits in their order. */
const failsWith =
  (...culprits: number[]): OperationTest<number> =>
  (operations) => {
    let next = 0;
    for (const operation of operations) if (operation === culprits[next]) next += 1;
    if (next === culprits.length) throw new Error(`saw ${culprits.join(" then ")}`);
  };

describe("shrink", () => {
  it("finds nothing in a list that does not fail", async () => {
    expect(await shrink(numbers(10), failsWith(3, 99))).toBeUndefined();
  });

  it("leaves only the operations that make the failure", async () => {
    const shrunk = await shrink(numbers(1000), failsWith(3, 500, 998));
    expect(shrunk).toMatchObject({ operations: [3, 500, 998], minimal: true });
    expect(shrunk!.runs).toBeLessThan(150);
  });

  it("awaits asynchronous tests", async () => {
    const test = async (operations: readonly number[]): Promise<void> => {
      await Promise.resolve();
      await failsWith(7)(operations);
    };
    expect((await shrink(numbers(20), test))?.operations).toEqual([7]);
  });

  it("comes down to the empty list when the test always fails", async () => {
    const shrunk = await shrink(numbers(9), () => {
      throw new Error("always");
    });
    expect(shrunk).toMatchObject({ operations: [], minimal: true });
  });

  it("stops when its runs are used up, with a list that fails", async () => {
    const shrunk = await shrink(numbers(1000), failsWith(1, 999), { maxRuns: 5 });
    expect(shrunk).toMatchObject({ runs: 5, minimal: false });
    expect(shrunk!.operations).toContain(1);
    expect(shrunk!.operations).toContain(999);
  });

  it("does not slip to another failure than the one it was given", async () => {
    const test: OperationTest<number> = (operations) => {
      if (!operations.includes(0)) throw new Error("no start");
      return failsWith(5)(operations);
    };
    const message = (failure: unknown): string => (failure as Error).message;
    const shrunk = await shrink(numbers(20), test, {
      isSame: (failure, original) => message(failure) === message(original),
    });
    expect(shrunk?.operations).toEqual([0, 5]);
  });

  it("gives a list that fails and from which no single operation can be left out", async () => {
    const culprits = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(culprits, async (chosen) => {
        chosen.sort((a, b) => a - b);
        expect((await shrink(numbers(64), failsWith(...chosen)))?.operations).toEqual(chosen);
      }),
    );
  });
});

describe("runSeeded", () => {
  it("says nothing when the test passes", async () => {
    await expect(
      runSeeded({ seed: 1, operations: numbers(5), test: failsWith(9) }),
    ).resolves.toBeUndefined();
  });

  it("prints the seed and the minimal list, and keeps the failure as the cause", async () => {
    const failed = runSeeded({
      seed: 42,
      operations: numbers(100),
      test: failsWith(10, 20),
      describe: (operation) => `add ${operation}`,
    });
    await expect(failed).rejects.toThrow(
      /^failed with seed 42: saw 10 then 20\nminimal list, 2 of 100 operations, after \d+ runs:\n {2}1\. add 10\n {2}2\. add 20$/,
    );
    await expect(failed).rejects.toHaveProperty("cause.message", "saw 10 then 20");
  });
});
