import { AegisError } from "../errors.js";

/** Where bytes came from, so that an error can name them. */
export interface Place {
  readonly path: string;
  /** Offset in the file of the piece being read. */
  readonly offset: number;
}

/** Bytes are not what was written: says which, and never lets a wrong value through. */
export function corrupt(place: Place, problem: string): never {
  throw new AegisError(
    "CORRUPTION",
    `run file ${place.path} is damaged at offset ${String(place.offset)}: ${problem}`,
    { hint: "Restore the file from a backup; `check` lists everything that is damaged." },
  );
}

/** Runs `parse`, adding the place to what general-purpose readers report without one. */
export function parseAt<Result>(place: Place, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof AegisError) || error.code !== "CORRUPTION") throw error;
    return corrupt(place, error.message);
  }
}
