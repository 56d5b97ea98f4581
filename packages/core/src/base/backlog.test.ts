import { describe, expect, test } from "vitest";
import { Backlog, type BacklogOptions } from "./backlog.js";

function open(options: Partial<BacklogOptions> = {}): {
  backlog: Backlog<number>;
  ends: () => number;
} {
  let ends = 0;
  const backlog = new Backlog<number>({
    limit: 3,
    overflow: () => new Error("too slow"),
    onEnd: () => void ends++,
    ...options,
  });
  return { backlog, ends: () => ends };
}

async function drain(backlog: Backlog<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of backlog) items.push(item);
  return items;
}

describe("Backlog", () => {
  test("gives what was pushed, in order, then ends", async () => {
    const { backlog, ends } = open();
    for (const item of [1, 2, 3]) backlog.push(item);
    backlog.end();
    backlog.push(4);
    expect(await drain(backlog)).toEqual([1, 2, 3]);
    expect(ends()).toBe(1);
  });

  test("keeps order over many items that come and go", async () => {
    const { backlog } = open({ limit: 5000 });
    const seen: number[] = [];
    let pushed = 0;
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 40; i++) backlog.push(pushed++);
      for (let i = 0; i < 30; i++) seen.push((await backlog.next()).value!);
    }
    backlog.end();
    seen.push(...(await drain(backlog)));
    expect(seen).toEqual(Array.from({ length: pushed }, (_, i) => i));
  });

  test("answers calls that wait in the order they were made", async () => {
    const { backlog } = open();
    const calls = [backlog.next(), backlog.next(), backlog.next()];
    backlog.push(1);
    backlog.push(2);
    backlog.end();
    expect(await Promise.all(calls)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  test("fails once and at once when one item too many waits", async () => {
    const { backlog, ends } = open();
    for (const item of [1, 2, 3]) backlog.push(item);
    expect(backlog.ended).toBe(false);
    backlog.push(4);
    expect(backlog.ended).toBe(true);
    expect(ends()).toBe(1);
    await expect(backlog.next()).rejects.toThrow("too slow");
    expect(await backlog.next()).toEqual({ done: true, value: undefined });
  });

  test("delivers what is queued before the error it ended with", async () => {
    const { backlog } = open();
    backlog.push(1);
    backlog.end(new Error("gone"));
    expect(await backlog.next()).toEqual({ done: false, value: 1 });
    await expect(backlog.next()).rejects.toThrow("gone");
    expect(await backlog.next()).toEqual({ done: true, value: undefined });
  });

  test("rejects only the first of several waiting calls", async () => {
    const { backlog } = open();
    const calls = Promise.allSettled([backlog.next(), backlog.next()]);
    backlog.end(new Error("gone"));
    expect((await calls).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  test("ends at once on an abort, and lets go of the signal", async () => {
    const controller = new AbortController();
    const { backlog, ends } = open({ signal: controller.signal });
    backlog.push(1);
    const waiting = drain(backlog);
    controller.abort();
    backlog.push(2);
    expect(await waiting).not.toContain(2);
    expect(ends()).toBe(1);
    expect(open({ signal: controller.signal }).backlog.ended).toBe(true);
  });

  test.each(["break", "throw"])("ends when the loop is left by %s", async (how) => {
    const { backlog, ends } = open();
    backlog.push(1);
    const loop = (async () => {
      for await (const item of backlog) {
        if (how === "throw") throw new Error(`left at ${item}`);
        break;
      }
    })();
    if (how === "throw") await expect(loop).rejects.toThrow("left at 1");
    else await loop;
    expect(ends()).toBe(1);
    expect(await backlog.next()).toEqual({ done: true, value: undefined });
  });

  test("ends on throw() and on disposal", async () => {
    const thrown = open();
    await expect(thrown.backlog.throw(new Error("no more"))).rejects.toThrow("no more");
    expect(thrown.ends()).toBe(1);
    const disposed = open();
    {
      await using backlog = disposed.backlog;
      backlog.push(1);
    }
    expect(disposed.ends()).toBe(1);
    expect(await disposed.backlog.next()).toEqual({ done: true, value: undefined });
  });
});
