/** Runs of the test that shrinking may cost, unless told otherwise. */
const DEFAULT_MAX_RUNS = 500;

/** Runs a list of operations from a fresh start; throws or rejects if the test fails. */
export type OperationTest<Operation> = (operations: readonly Operation[]) => void | Promise<void>;

export interface ShrinkOptions {
  readonly maxRuns?: number;
  /** Whether a failure is the one being looked for; by default every failure is. */
  readonly isSame?: (failure: unknown, original: unknown) => boolean;
}

export interface Shrunk<Operation> {
  /** A list that fails; of the given one in its order. */
  readonly operations: readonly Operation[];
  readonly failure: unknown;
  readonly runs: number;
  /** No single operation can be left out; false if the runs were used up first. */
  readonly minimal: boolean;
}

/**
 * Delta debugging (Zeller and Hildebrandt 2002), by removal alone: leaves out chunks of half the
 * list, then of a quarter, down to single operations, and repeats the singles until none can be
 * left out. Undefined if the given list does not fail.
 */
export async function shrink<Operation>(
  operations: readonly Operation[],
  test: OperationTest<Operation>,
  options: ShrinkOptions = {},
): Promise<Shrunk<Operation> | undefined> {
  const maxRuns = options.maxRuns ?? DEFAULT_MAX_RUNS;
  const original = await failureOf(operations, test);
  if (original === undefined) return undefined;
  let smallest = { operations, failure: original.failure };
  let runs = 1;
  let size = Math.ceil(operations.length / 2);
  let isFixed = false;
  while (!isFixed) {
    let removed = false;
    for (let from = 0; from < smallest.operations.length;) {
      if (runs >= maxRuns) return { ...smallest, runs, minimal: false };
      const rest = smallest.operations.toSpliced(from, size);
      const found = await failureOf(rest, test);
      runs += 1;
      const isSame = options.isSame ?? ((): boolean => true);
      if (found !== undefined && isSame(found.failure, original.failure)) {
        smallest = { operations: rest, failure: found.failure };
        removed = true;
      } else {
        from += size;
      }
    }
    isFixed = size <= 1 && !removed;
    size = Math.max(1, Math.ceil(size / 2));
  }
  return { ...smallest, runs, minimal: true };
}

export interface SeededTest<Operation> extends ShrinkOptions {
  /** What the operations were generated from. */
  readonly seed: number;
  /** What else the seed chose, to be printed with it. */
  readonly setting?: string;
  readonly operations: readonly Operation[];
  readonly test: OperationTest<Operation>;
  /** One operation on one line; JSON by default. */
  readonly describe?: (operation: Operation) => string;
}

/** Runs the test; if it fails, throws an error with the seed and the smallest failing list. */
export async function runSeeded<Operation>(seeded: SeededTest<Operation>): Promise<void> {
  const shrunk = await shrink(seeded.operations, seeded.test, seeded);
  if (shrunk === undefined) return;
  const describe = seeded.describe ?? ((operation: Operation): string => JSON.stringify(operation));
  const { operations, failure, runs, minimal } = shrunk;
  const before = seeded.operations.length;
  const message = [
    `failed with seed ${seeded.seed}: ${failure instanceof Error ? failure.message : String(failure)}`,
    ...(seeded.setting === undefined ? [] : [`with ${seeded.setting}`]),
    `${minimal ? "minimal" : "not yet minimal"} list, ${operations.length} of ${before} operations, after ${runs} runs:`,
    ...operations.map((operation, index) => `  ${index + 1}. ${describe(operation)}`),
  ].join("\n");
  throw new Error(message, { cause: failure });
}

async function failureOf<Operation>(
  operations: readonly Operation[],
  test: OperationTest<Operation>,
): Promise<{ failure: unknown } | undefined> {
  try {
    await test(operations);
    return undefined;
  } catch (failure) {
    return { failure };
  }
}
