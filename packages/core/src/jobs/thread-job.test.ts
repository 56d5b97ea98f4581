import { describe, expect, it } from "vitest";
import { AegisError } from "../errors.js";
import type { SectionMeta } from "../run/contract.js";
import type { StepJob } from "../tree/contract.js";
import { ThreadJob } from "./thread-job.js";

const section = { fileId: 3, treeId: 1 } as SectionMeta;

/** A job whose other side is played by the test, which sees what is asked of it. */
function setUp(onWait: (job: ThreadJob) => void = () => undefined): {
  job: ThreadJob;
  events: string[];
} {
  const events: string[] = [];
  const local = (): StepJob<SectionMeta[]> => ({
    step: () => events.push("step here") === 3,
    result: () => [{ ...section, fileId: 9 }],
    abandon: () => events.push("abandon here"),
  });
  const job: ThreadJob = new ThreadJob(local, {
    poll: () => events.push("poll"),
    wait: () => {
      events.push("wait");
      onWait(job);
    },
    abandon: () => events.push("abandon there"),
    remove: (fileId) => events.push(`remove ${fileId}`),
  });
  return { job, events };
}

describe("a job in the thread", () => {
  it("is not over before its reply, and gives its sections once", async () => {
    const { job, events } = setUp();
    expect(job.step()).toBe(false);
    const { elsewhere } = job;
    expect(elsewhere).toBeDefined();
    job.finish([section]);
    await elsewhere!.done;
    expect(job.elsewhere).toBeUndefined();
    expect(job.step()).toBe(true);
    expect(job.result()).toEqual([section]);
    job.abandon();
    expect(events).toEqual(["poll"]);
  });

  it("waits until its own reply is there", () => {
    let replies = 0;
    const { job, events } = setUp((waiting) => {
      if (++replies === 3) waiting.finish([section]);
    });
    job.elsewhere!.wait();
    expect(events).toEqual(["wait", "wait", "wait"]);
    expect(job.step()).toBe(true);
  });

  it("throws what went wrong there", () => {
    const { job } = setUp();
    const full = new AegisError("DISK_FULL", "no space");
    job.fail(full);
    expect(() => job.step()).toThrow(full);
  });

  it("that is abandoned leaves no file, whenever its reply comes", () => {
    const early = setUp();
    early.job.finish([section]);
    early.job.abandon();
    expect(early.events).toEqual(["remove 3"]);
    const late = setUp();
    late.job.abandon();
    late.job.finish([section, { ...section, treeId: 2 }]);
    expect(late.events).toEqual(["abandon there", "remove 3"]);
  });

  it("is begun anew on this thread when the other one is lost", () => {
    const { job, events } = setUp();
    expect(job.step()).toBe(false);
    job.lose();
    expect(job.elsewhere).toBeUndefined();
    expect([job.step(), job.step()]).toEqual([false, true]);
    expect(job.result()).toEqual([{ ...section, fileId: 9 }]);
    job.abandon();
    expect(events).toEqual(["poll", "step here", "step here", "abandon here"]);
  });
});
