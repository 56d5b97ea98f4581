import { describe, expect, it } from "vitest";
import { AegisError, type ErrorCode } from "../errors.js";
import {
  createTree,
  mapLayout,
  openTestEngine,
  rowsOf,
} from "../testing/simulation/engine-fixture.js";
import type { OpenedEngine } from "./open-engine.js";
import type { TreeRef, WriteTransaction } from "./contract.js";
import { checkpoint, close } from "./life-cycle.js";

const INTS = mapLayout({ kind: "int" });

function setUp(): { opened: OpenedEngine; tree: TreeRef; other: TreeRef } {
  const opened = openTestEngine({ memory: true });
  const tree = createTree(opened, "t", INTS);
  return { opened, tree, other: createTree(opened, "u", INTS) };
}

function codeOf(run: () => unknown): ErrorCode | "no error" {
  try {
    run();
    return "no error";
  } catch (error) {
    if (error instanceof AegisError) return error.code;
    throw error;
  }
}

async function codeOfPromise(promise: Promise<unknown>): Promise<ErrorCode | "no error"> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    if (error instanceof AegisError) return error.code;
    throw error;
  }
}

describe("retries", () => {
  it("a synchronous transaction is run once, whatever commits around it", async () => {
    const { opened, tree } = setUp();
    let runs = 0;
    const increment = (tx: WriteTransaction): void => {
      runs++;
      tx.put(tree, [1, Number(tx.get(tree, 1)?.number(1) ?? 0) + 1]);
    };
    await Promise.all(Array.from({ length: 50 }, () => opened.engine.transaction(increment)));
    expect(runs).toBe(50);
    expect(rowsOf(opened.engine.latest(), tree)).toEqual([[1, 50]]);
  });

  it("an asynchronous one that loses is run again until it commits", async () => {
    const { opened, tree } = setUp();
    let runs = 0;
    const increment = async (tx: WriteTransaction): Promise<void> => {
      runs++;
      const before = Number(tx.get(tree, 1)?.number(1) ?? 0);
      await Promise.resolve();
      tx.put(tree, [1, before + 1]);
    };
    await Promise.all(Array.from({ length: 8 }, () => opened.engine.transaction(increment)));
    expect(runs).toBeGreaterThan(8);
    expect(rowsOf(opened.engine.latest(), tree)).toEqual([[1, 8]]);
  });

  it("gives up with SERIALIZATION_FAILURE after maxRetries", async () => {
    const { opened, tree } = setUp();
    let runs = 0;
    const losing = opened.engine.transaction(
      async (tx) => {
        runs++;
        tx.get(tree, 1);
        await Promise.resolve();
        opened.engine.autocommit((other) => other.put(tree, [1, runs]));
        tx.put(tree, [2, 0]);
      },
      { maxRetries: 3 },
    );
    expect(await codeOfPromise(losing)).toBe("SERIALIZATION_FAILURE");
    expect(runs).toBe(4);
    expect(rowsOf(opened.engine.latest(), tree)).toEqual([[1, 4]]);
  });

  it("does not retry what the caller threw, and leaves nothing behind", async () => {
    const { opened, tree } = setUp();
    let runs = 0;
    const failing = opened.engine.transaction(async (tx) => {
      runs++;
      tx.put(tree, [1, 1]);
      await Promise.resolve();
      throw new RangeError("mine");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(runs).toBe(1);
    expect(rowsOf(opened.engine.latest(), tree)).toEqual([]);
  });

  it("stops on its signal", async () => {
    const { opened, tree } = setUp();
    const abort = new AbortController();
    const losing = opened.engine.transaction(
      async (tx) => {
        tx.get(tree, 1);
        await Promise.resolve();
        opened.engine.autocommit((other) => other.put(tree, [1, 1]));
        tx.put(tree, [2, 0]);
        abort.abort();
      },
      { signal: abort.signal },
    );
    expect(await codeOfPromise(losing)).toBe("ABORTED");
  });
});

describe("what is validated", () => {
  /** Whether a transaction that did `work` loses against a commit that wrote `row` meanwhile. */
  async function loses(
    isolation: "serializable" | "snapshot",
    work: (tx: WriteTransaction, tree: TreeRef) => void,
    key = 5,
  ): Promise<boolean> {
    const { opened, tree, other } = setUp();
    for (const k of [2, 4, 8]) opened.engine.autocommit((tx) => tx.put(tree, [k, k]));
    const tx = opened.engine.begin({ isolation });
    work(tx, tree);
    tx.put(other, [1, 1]);
    opened.engine.autocommit((concurrent) => concurrent.put(tree, [key, 0]));
    const code = await codeOfPromise(tx.commit());
    expect(["no error", "SERIALIZATION_FAILURE"]).toContain(code);
    expect(rowsOf(opened.engine.latest(), other)).toHaveLength(code === "no error" ? 1 : 0);
    return code !== "no error";
  }

  const scanSome =
    (rows: number, reverse = false) =>
    (tx: WriteTransaction, tree: TreeRef) => {
      const cursor = tx.scan(tree, { start: 2, end: 9, reverse });
      for (let i = 0; i < rows; i++) cursor.next();
    };

  it("a key that was read and not found", async () => {
    expect(await loses("serializable", (tx, tree) => tx.get(tree, 5))).toBe(true);
    expect(await loses("serializable", (tx, tree) => tx.get(tree, 6))).toBe(false);
  });

  it("a range only as far as the scan has come", async () => {
    expect(await loses("serializable", scanSome(0))).toBe(false);
    expect(await loses("serializable", scanSome(2))).toBe(false);
    expect(await loses("serializable", scanSome(3))).toBe(true);
    expect(await loses("serializable", scanSome(2), 4)).toBe(true);
    expect(await loses("serializable", scanSome(4), 9)).toBe(false);
    expect(await loses("serializable", scanSome(1, true))).toBe(false);
    expect(await loses("serializable", scanSome(2, true))).toBe(true);
    expect(await loses("serializable", scanSome(1, true), 8)).toBe(true);
  });

  it("a range that was asked for as batches, to its end", async () => {
    const read = (tx: WriteTransaction, tree: TreeRef): void => {
      for (const batch of tx.batches(tree, { start: 3, end: 6, columns: [1] })) {
        expect(batch.selected).toBeGreaterThan(0);
      }
    };
    expect(await loses("serializable", read)).toBe(true);
    expect(await loses("serializable", read, 6)).toBe(false);
  });

  it("at snapshot isolation only what was written, and what must always be validated", async () => {
    expect(await loses("snapshot", (tx, tree) => tx.get(tree, 5))).toBe(false);
    expect(await loses("snapshot", (tx, tree) => tx.put(tree, [5, 1]))).toBe(true);
    expect(await loses("snapshot", (tx, tree) => tx.delete(tree, [5]))).toBe(true);
    expect(await loses("snapshot", (tx, tree) => tx.alwaysValidated(() => tx.get(tree, 5)))).toBe(
      true,
    );
    expect(
      await loses("snapshot", (tx, tree) => {
        tx.alwaysValidated(() => undefined);
        tx.get(tree, 5);
      }),
    ).toBe(false);
    const checked = (tx: WriteTransaction, tree: TreeRef): void =>
      tx.alwaysValidated(() => scanSome(4)(tx, tree));
    expect(await loses("snapshot", checked)).toBe(true);
  });

  it("nothing of a transaction that only read", async () => {
    const { opened, tree } = setUp();
    const tx = opened.engine.begin();
    expect(tx.get(tree, 1)).toBeNull();
    opened.engine.autocommit((other) => other.put(tree, [1, 1]));
    expect(tx.get(tree, 1)).toBeNull();
    await tx.commit();
  });
});

describe("trees in transactions", () => {
  it("may be renamed twice, and swapped, in one transaction", async () => {
    const { opened, tree, other } = setUp();
    opened.engine.autocommit((tx) => tx.put(tree, [1, 1]));
    opened.engine.autocommit((tx) => {
      tx.renameTree(tree, "x");
      tx.renameTree(tree, "y");
      tx.renameTree(other, "t");
      tx.renameTree(tree, "u");
    });
    const names = (): unknown[] =>
      ["t", "u", "x", "y"].map((n) => opened.engine.latest().tree(n)?.id);
    expect(names()).toEqual([other.id, tree.id, undefined, undefined]);
    await close(opened);
  });

  it("that were made after a savepoint are gone with it", () => {
    const { opened, tree } = setUp();
    opened.engine.autocommit((tx) => {
      const mark = tx.savepoint();
      const made = tx.createTree("made", INTS);
      tx.put(made, [1, 1]);
      tx.renameTree(tree, "renamed");
      tx.rollbackTo(mark);
      expect(tx.tree("made")).toBeUndefined();
      expect(codeOf(() => tx.put(made, [2, 2]))).toBe("NOT_FOUND");
      tx.put(tx.createTree("made", INTS), [3, 3]);
      tx.renameTree(tree, "again");
    });
    const view = opened.engine.latest();
    expect(rowsOf(view, view.tree("made")!)).toEqual([[3, 3]]);
    expect(view.tree("again")?.id).toBe(tree.id);
    expect(view.tree("t")).toBeUndefined();
  });

  it("that are gone, or never were, take no writes, so that the log can be replayed", async () => {
    const opened = openTestEngine();
    const tree = createTree(opened, "t", INTS);
    let lost: TreeRef | undefined;
    expect(() =>
      opened.engine.autocommit((tx) => {
        lost = tx.createTree("lost", INTS);
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    opened.engine.autocommit((tx) => {
      tx.dropTree(tree);
      expect(codeOf(() => tx.put(tree, [1, 1]))).toBe("NOT_FOUND");
      expect(codeOf(() => tx.renameTree(tree, "v"))).toBe("NOT_FOUND");
    });
    for (const gone of [tree, lost!]) {
      const write = (): unknown => opened.engine.autocommit((tx) => tx.put(gone, [1, 1]));
      expect(codeOf(write)).toBe("NOT_FOUND");
    }
    await checkpoint(opened);
    expect(codeOf(() => opened.engine.autocommit((tx) => tx.delete(tree, [1])))).toBe("NOT_FOUND");
    await close(opened);
  });

  it("dropped or renamed by another make a transaction lose that wrote to them or named them", async () => {
    const change = {
      drop: (tx: WriteTransaction, tree: TreeRef) => tx.dropTree(tree),
      rename: (tx: WriteTransaction, tree: TreeRef) => tx.renameTree(tree, "other name"),
    };
    const work = {
      ...change,
      write: (tx: WriteTransaction, tree: TreeRef) => tx.put(tree, [1, 1]),
    };
    for (const isolation of ["serializable", "snapshot"] as const) {
      for (const [what, mine] of Object.entries(work)) {
        for (const [how, theirs] of Object.entries(change)) {
          const { opened, tree } = setUp();
          const tx = opened.engine.begin({ isolation });
          mine(tx, tree);
          opened.engine.autocommit((concurrent) => theirs(concurrent, tree));
          const code = await codeOfPromise(tx.commit());
          // A renamed tree takes writes as before.
          const fits = what === "write" && how === "rename";
          const expected = fits ? "no error" : "SERIALIZATION_FAILURE";
          expect(code, `${what} against ${how} at ${isolation}`).toBe(expected);
        }
      }
    }
  });
});

describe("the life of a transaction", () => {
  it("ends once: afterwards every call says so", async () => {
    const { opened, tree } = setUp();
    const tx = opened.engine.begin();
    await tx.commit();
    expect(codeOf(() => tx.get(tree, 1))).toBe("TRANSACTION_ENDED");
    expect(codeOf(() => tx.put(tree, [1, 1]))).toBe("TRANSACTION_ENDED");
    expect(await codeOfPromise(tx.commit())).toBe("TRANSACTION_ENDED");
    tx.rollback();
    expect(opened.engine.parts.snapshots.size).toBe(0);
  });

  it("read-only refuses writes", () => {
    const { opened, tree } = setUp();
    const tx = opened.engine.begin({ readOnly: true });
    expect(codeOf(() => tx.put(tree, [1, 1]))).toBe("READ_ONLY_TRANSACTION");
    expect(codeOf(() => tx.createTree("x", INTS))).toBe("READ_ONLY_TRANSACTION");
    tx.rollback();
  });

  it("a row that cannot be written leaves the transaction as it was", () => {
    const { opened, tree } = setUp();
    opened.engine.autocommit((tx) => {
      tx.put(tree, [1, 1]);
      expect(codeOf(() => tx.put(tree, [2, "text"]))).toBe("TYPE_MISMATCH");
      expect(codeOf(() => tx.put(tree, ["text", 2]))).toBe("TYPE_MISMATCH");
      expect(codeOf(() => tx.delete(tree, ["text"]))).toBe("TYPE_MISMATCH");
      tx.put(tree, [3, 3]);
      expect(rowsOf(tx, tree)).toEqual([
        [1, 1],
        [3, 3],
      ]);
    });
    expect(rowsOf(opened.engine.latest(), tree)).toHaveLength(2);
  });
});
