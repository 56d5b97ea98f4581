/** Reads of which nothing is kept, as whoever commits second is refused whatever it read. */
export abstract class Uncontested {
  keepReads(): void {
    // See above.
  }

  defining<T>(fn: () => T): T {
    return fn();
  }
}
