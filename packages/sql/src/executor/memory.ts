import { AegisError } from "../contract/errors.js";
import type { MemoryMeter } from "./operator.js";

/** Counts the bytes that the operators of one statement hold, and stops it at the limit. */
export class QueryMemory implements MemoryMeter {
  readonly limit: number;
  private held = 0;
  private highest = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.held;
  }

  get peak(): number {
    return this.highest;
  }

  reserve(bytes: number): void {
    if (this.held + bytes > this.limit) {
      throw new AegisError(
        "OUT_OF_MEMORY",
        `the statement needs more than the ${this.limit} bytes of memory it may use`,
        { hint: "Select fewer rows or columns, or add a LIMIT." },
      );
    }
    this.held += bytes;
    if (this.held > this.highest) this.highest = this.held;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }
}

/** What one operator holds of a meter: it says how much it has now, and gives it all back. */
export class HeldMemory {
  private readonly meter: MemoryMeter;
  private bytes = 0;

  constructor(meter: MemoryMeter) {
    this.meter = meter;
  }

  set(bytes: number): void {
    const change = bytes - this.bytes;
    if (change > 0) this.meter.reserve(change);
    else if (change < 0) this.meter.release(-change);
    this.bytes = bytes;
  }

  release(): void {
    this.set(0);
  }
}
