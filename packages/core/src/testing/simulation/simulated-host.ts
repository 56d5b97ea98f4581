import type { Clock } from "../../base/clock.js";
import type { Host, ProcessIdentity } from "../../vfs/host.js";

/** A machine on which only the newest process lives. */
export class SimulatedHost implements Host {
  constructor(private readonly pid: number) {}

  self(): ProcessIdentity {
    return {
      pid: this.pid,
      startTime: "1",
      bootId: "boot",
      pidNamespace: "pid",
      host: "simulated",
    };
  }

  isDead(identity: ProcessIdentity): boolean {
    return identity.pid < this.pid;
  }
}

const MICROS_BETWEEN_LOOKS = 7;
/** Now and then somebody sets the wall clock back. */
const LOOKS_BETWEEN_STEPS_BACK = 100;
const STEP_BACK_MICROS = 5_000_000;

/** Time passes only by looking at it, so that every run of a seed sees the same times. */
export class SimulatedClock implements Clock {
  private micros = 1_700_000_000_000_000;
  private ms = 0;
  private looks = 0;

  /** `still`: the wall clock moves by `advance` alone. */
  constructor(
    private readonly tickMs: number,
    private readonly still = false,
  ) {}

  now(): number {
    if (this.still) return this.micros;
    this.micros += MICROS_BETWEEN_LOOKS;
    const back = ++this.looks % LOOKS_BETWEEN_STEPS_BACK === 0;
    return back ? this.micros - STEP_BACK_MICROS : this.micros;
  }

  monotonicMs(): number {
    this.ms += this.tickMs;
    return this.ms;
  }

  /** Sets the wall clock on. */
  advance(ms: number): void {
    this.micros += ms * 1000;
  }
}
