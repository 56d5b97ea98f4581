import type { Value } from "@aegisdb/sql/contract";
import { describe, expect, it } from "vitest";
import { yieldToEventLoop } from "../base/clock.js";
import { createTree, mapLayout, openTestEngine } from "../testing/simulation/engine-fixture.js";
import type { ChangeEvent, TreeRef } from "./contract.js";
import { close } from "./life-cycle.js";
import type { OpenedEngine } from "./open-engine.js";

const INTS = mapLayout({ kind: "int" });

function setUp(): { opened: OpenedEngine; tree: TreeRef; other: TreeRef } {
  const opened = openTestEngine();
  const tree = createTree(opened, "t", INTS);
  return { opened, tree, other: createTree(opened, "u", INTS) };
}

async function settled(opened: OpenedEngine): Promise<void> {
  await opened.engine.durable();
  await yieldToEventLoop();
}

const never = (): void => {
  throw new Error("the subscription ended");
};

describe("a subscription", () => {
  it("is told every change of its tree, in order, and of no other", async () => {
    const { opened, tree, other } = setUp();
    const seen: Value[][] = [];
    const seqs: number[] = [];
    const listener = ({ kind, key, row, seq, tree: of }: ChangeEvent): void => {
      expect(of.id).toBe(tree.id);
      seen.push([kind, key, row === null ? null : row.value(1)]);
      seqs.push(seq);
    };
    const subscription = opened.engine.subscribe(tree, listener, never);
    opened.engine.autocommit((tx) => {
      tx.put(tree, [1, 10]);
      tx.put(other, [1, 11]);
      tx.delete(tree, [2]);
      tx.put(tree, [1, 12]);
    });
    opened.engine.autocommit((tx) => tx.put(tree, [3, null]));
    expect(seen).toEqual([]);
    await settled(opened);
    expect(seen).toEqual([
      ["put", 1, 10],
      ["delete", 2, null],
      ["put", 1, 12],
      ["put", 3, null],
    ]);
    expect(seqs).toEqual([seqs[0], seqs[0], seqs[0], opened.engine.seq]);
    subscription.close();
    opened.engine.autocommit((tx) => tx.put(tree, [4, 4]));
    await settled(opened);
    expect(seen).toHaveLength(4);
    await close(opened);
  });

  it("is not told what was committed before it, though that became durable after", async () => {
    const { opened, tree } = setUp();
    const keys: unknown[] = [];
    const first = opened.engine.subscribe(tree, () => undefined, never);
    opened.engine.autocommit((tx) => tx.put(tree, [1, 1]));
    const second = opened.engine.subscribe(tree, ({ key }) => keys.push(key), never);
    opened.engine.autocommit((tx) => tx.put(tree, [2, 2]));
    await settled(opened);
    expect(keys).toEqual([2]);
    first.close();
    second.close();
    await close(opened);
  });

  it("whose listener throws ends with that error, and nobody else notices", async () => {
    const { opened, tree } = setUp();
    const mine = new RangeError("mine");
    const ended: unknown[] = [];
    const keys: unknown[] = [];
    const throwing = (): void => {
      throw mine;
    };
    opened.engine.subscribe(tree, throwing, (error) => ended.push(error));
    const other = opened.engine.subscribe(tree, ({ key }) => keys.push(key), never);
    await opened.engine.autocommit((tx) => tx.put(tree, [1, 1])).durable;
    await opened.engine.autocommit((tx) => tx.put(tree, [2, 2])).durable;
    await settled(opened);
    expect(ended).toEqual([mine]);
    expect(keys).toEqual([1, 2]);
    other.close();
    await close(opened);
  });

  it("ends with the database, without an error", async () => {
    const { opened, tree } = setUp();
    const ended: unknown[] = [];
    opened.engine.subscribe(
      tree,
      () => undefined,
      (error) => ended.push(error),
    );
    await close(opened);
    expect(ended).toEqual([undefined]);
  });
});
