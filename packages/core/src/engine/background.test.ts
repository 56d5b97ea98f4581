import { describe, expect, it } from "vitest";
import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import { Background, type Task } from "./background.js";

/** A task of so many steps that writes down what it does, and fails while it is told to. */
class TestTask implements Task {
  failure: Error | undefined;
  private done = 0;

  constructor(
    private readonly name: string,
    private readonly steps: number,
    private readonly events: string[],
  ) {}

  step(): boolean {
    if (this.failure !== undefined) throw this.failure;
    this.done++;
    this.events.push(`${this.name}${this.done}`);
    return this.done === this.steps;
  }

  abandon(): void {
    this.events.push(`undo ${this.name}`);
    this.done = 0;
  }
}

const full = new AegisError("DISK_FULL", "no space");

function setUp(inline: boolean): { background: Background; events: string[]; fatal: unknown[] } {
  let ms = 0;
  const fatal: unknown[] = [];
  // Each look at the clock costs 3 ms, so that a turn has room for two steps.
  const background = new Background(
    inline,
    () => (ms += 3),
    (error) => fatal.push(error),
  );
  return { background, events: [], fatal };
}

/** A task whose work is done elsewhere until the test says that it is over. */
class DistantTask implements Task {
  elsewhere: Task["elsewhere"];
  private over!: () => void;

  constructor(
    private readonly name: string,
    private readonly events: string[],
  ) {}

  step(): boolean {
    this.events.push(this.name);
    if (this.over !== undefined) return true;
    const done = new Promise<void>((resolve) => {
      this.over = resolve;
    });
    this.elsewhere = { done, wait: () => this.finish() };
    return false;
  }

  finish(): void {
    this.events.push(`${this.name} over`);
    this.elsewhere = undefined;
    this.over();
  }

  abandon(): void {
    this.events.push(`undo ${this.name}`);
  }
}

describe("background work", () => {
  it("runs tasks one after another, in slices between turns of the event loop", async () => {
    const { background, events } = setUp(false);
    background.schedule("flush", new TestTask("a", 3, events));
    background.schedule("flush", new TestTask("b", 2, events));
    expect(events).toEqual([]);
    await yieldToEventLoop();
    expect(events).toEqual(["a1", "a2"]);
    while (background.pending > 0) await yieldToEventLoop();
    expect(events).toEqual(["a1", "a2", "a3", "b1", "b2"]);
  });

  it("runs at once when it is inline, or drained", () => {
    const inline = setUp(true);
    inline.background.schedule("flush", new TestTask("a", 3, inline.events));
    expect(inline.events).toEqual(["a1", "a2", "a3"]);
    const { background, events } = setUp(false);
    background.schedule("flush", new TestTask("a", 2, events));
    background.drain();
    expect(events).toEqual(["a1", "a2"]);
    expect(background.pending).toBe(0);
  });

  it("undoes a task that fails, and tries it again when more work comes", () => {
    const { background, events, fatal } = setUp(true);
    const task = new TestTask("a", 1, events);
    task.failure = full;
    background.schedule("flush", task);
    expect(background.lastError).toBe(full);
    expect(() => background.drain()).toThrow(full);
    task.failure = undefined;
    background.schedule("flush", new TestTask("b", 1, events));
    expect(events).toEqual(["undo a", "undo a", "a1", "b1"]);
    expect([background.lastError, background.pending, fatal.length]).toEqual([undefined, 0, 0]);
  });

  it("reports an error after which the files cannot be trusted, and undoes nothing", () => {
    for (const code of ["DURABILITY_LOST", "DATABASE_LOCKED"] as const) {
      const { background, events, fatal } = setUp(true);
      const task = new TestTask("a", 1, events);
      task.failure = new AegisError(code, "no more");
      background.schedule("flush", task);
      expect(fatal).toEqual([task.failure]);
      expect(events).toEqual([]);
    }
  });

  it("a task that runs aside can be given up, and is undone when everything stops", async () => {
    const { background, events } = setUp(false);
    const gone = new Error("given up");
    let left = 2;
    const between = (): void => {
      if (--left === 0) throw gone;
    };
    await expect(background.runAside(new TestTask("a", 9, events), between)).rejects.toBe(gone);
    expect(events).toEqual(["a1", "a2", "undo a"]);
    events.length = 0;
    const stopped = background.runAside(new TestTask("b", 9, events), () => {
      if (events.includes("undo b")) throw gone;
    });
    background.stop();
    await expect(stopped).rejects.toBe(gone);
    expect(events).toEqual(["b1", "undo b", "undo b"]);
  });

  it("does nothing more once it is stopped", async () => {
    const { background, events } = setUp(false);
    background.schedule("flush", new TestTask("a", 3, events));
    background.stop();
    background.schedule("flush", new TestTask("b", 1, events));
    background.drain();
    await yieldToEventLoop();
    expect(events).toEqual(["undo a"]);
  });

  it("goes on with the other lane while one waits for work elsewhere", async () => {
    const { background, events } = setUp(false);
    const distant = new DistantTask("far", events);
    background.schedule("flush", distant);
    background.schedule("compaction", new TestTask("a", 2, events));
    background.begin();
    expect(events).toEqual(["far", "a1"]);
    await background.settle(["compaction"]);
    expect(events).toEqual(["far", "a1", "a2"]);
    const settled = background.settle();
    distant.finish();
    await settled;
    expect(events).toEqual(["far", "a1", "a2", "far over", "far"]);
    expect(background.pending).toBe(0);
  });

  it("wakes up by itself when work elsewhere is over", async () => {
    const { background, events } = setUp(false);
    const distant = new DistantTask("far", events);
    background.schedule("flush", distant);
    await yieldToEventLoop();
    await yieldToEventLoop();
    expect(events).toEqual(["far"]);
    distant.finish();
    await yieldToEventLoop();
    await yieldToEventLoop();
    expect(events).toEqual(["far", "far over", "far"]);
  });

  it("drains by waiting, and stops when it is enough", () => {
    const { background, events } = setUp(false);
    for (const name of ["x", "y", "z"]) background.schedule("flush", new DistantTask(name, events));
    background.drain(["flush"], () => background.pending < 2);
    expect(events).toEqual(["x", "x over", "x", "y", "y over", "y"]);
    expect(background.pending).toBe(1);
    background.stop();
  });
});
