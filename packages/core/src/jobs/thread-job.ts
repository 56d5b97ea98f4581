import { assert, type AegisError } from "../errors.js";
import type { SectionMeta } from "../run/contract.js";
import type { Elsewhere, StepJob } from "../tree/contract.js";

/** What a job needs of the runner that has sent it to the thread. */
export interface ThreadLink {
  /** Takes replies that have arrived. */
  readonly poll: () => void;
  /** Sleeps until a reply, of this job or of another, or until the thread is given up. */
  readonly wait: () => void;
  /** Nobody wants the job's result any more. */
  readonly abandon: () => void;
  /** Removes a file, if that can be done; throws nothing of the environment. */
  readonly remove: (fileId: number) => void;
}

/**
 * A job in the thread: a step only looks whether it is over. If the thread is lost the job is begun
 * anew on this one.
 */
export class ThreadJob implements StepJob<SectionMeta[]> {
  readonly #local: () => StepJob<SectionMeta[]>;
  readonly #link: ThreadLink;
  #sections: SectionMeta[] | undefined;
  #failure: AegisError | undefined;
  /** The job on this thread, after the other one was lost. */
  #here: StepJob<SectionMeta[]> | undefined;
  #over!: () => void;
  readonly #pending: Elsewhere;
  #isPending = true;
  #isAbandoned = false;

  constructor(local: () => StepJob<SectionMeta[]>, link: ThreadLink) {
    this.#local = local;
    this.#link = link;
    const done = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    this.#pending = {
      done,
      wait: () => {
        while (this.#isPending) this.#link.wait();
      },
    };
  }

  get elsewhere(): Elsewhere | undefined {
    return this.#isPending ? this.#pending : undefined;
  }

  step(): boolean {
    if (this.#here !== undefined) return this.#here.step();
    if (this.#isPending) this.#link.poll();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#sections !== undefined;
  }

  result(): SectionMeta[] {
    if (this.#here !== undefined) return this.#here.result();
    const sections = this.#sections;
    assert(sections !== undefined, "the result of a job is taken when the job is finished");
    this.#sections = [];
    return sections;
  }

  abandon(): void {
    this.#isAbandoned = true;
    if (this.#here !== undefined) this.#here.abandon();
    else if (this.#isPending) this.#link.abandon();
    this.#removeFiles();
    this.#settle();
  }

  /** The thread has written these sections. */
  finish(sections: SectionMeta[]): void {
    this.#sections = sections;
    // It was finished before the thread heard that nobody wants it.
    if (this.#isAbandoned) this.#removeFiles();
    this.#settle();
  }

  fail(error: AegisError): void {
    this.#failure = error;
    this.#settle();
  }

  /** The thread is lost. */
  lose(): void {
    if (!this.#isAbandoned) this.#here = this.#local();
    this.#settle();
  }

  #removeFiles(): void {
    const sections = this.#sections?.splice(0) ?? [];
    // The sections of a flush share one file.
    for (const fileId of new Set(sections.map((section) => section.fileId))) {
      this.#link.remove(fileId);
    }
  }

  #settle(): void {
    this.#isPending = false;
    this.#over();
  }
}
