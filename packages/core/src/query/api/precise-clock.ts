import type { Clock } from "../../base/clock.js";

const MICROS_PER_MS = 1000;
/** How far the two clocks may drift apart before the finer one is set again. */
const MAX_DRIFT_MICROS = 2 * MICROS_PER_MS;

/**
 * Microseconds since 1970 that really count microseconds: the system's clock only has milliseconds,
 * so the steady one fills in the rest.
 */
export function preciseClock(clock: Clock): () => number {
  let base = clock.now() - clock.monotonicMs() * MICROS_PER_MS;
  return () => {
    const steady = clock.monotonicMs() * MICROS_PER_MS;
    const coarse = clock.now();
    if (Math.abs(base + steady - coarse) > MAX_DRIFT_MICROS) base = coarse - steady;
    return Math.round(base + steady);
  };
}
