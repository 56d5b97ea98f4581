/** Units a duration's text may use, in milliseconds. Months and years have no fixed length. */
const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const WHOLE = /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h|d|w))+$/;
const PART = /(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)/g;
/** Longer text is no duration; the bound keeps matching cheap whatever is given. */
const MAX_TEXT = 64;

/** How durations are written, for messages. */
export const DURATION_FORMS = 'milliseconds, or text such as "500ms", "90s", "15m", "1h30m", "7d"';

/** Milliseconds of a duration; undefined if `value` is not one. May be zero, negative or NaN. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > MAX_TEXT || !WHOLE.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(PART)) total += Number(amount) * UNIT_MS[unit!]!;
  return total;
}
