/** What a text gave for the fields of a template. */
export interface ReadFields {
  year?: number;
  century?: number;
  beforeChrist: boolean;
  month?: number;
  day?: number;
  dayOfYear?: number;
  /** Weeks of seven days from the first of January, or of the month. */
  week?: number;
  weekOfMonth?: number;
  isoYear?: number;
  isoWeek?: number;
  isoDay?: number;
  isoDayOfYear?: number;
  julian?: number;
  hour?: number;
  minute?: number;
  second?: number;
  secondsOfDay?: number;
  millis?: number;
  micros?: number;
  twelveHours: boolean;
  afternoon: boolean;
  /** Seconds east of UTC. */
  offset?: number;
}

/** How many digits a field has at most where a digit may follow it directly. */
export const WIDTHS: ReadonlyMap<string, number> = new Map([
  ...["HH", "HH12", "HH24", "MI", "SS", "MM", "DD", "WW", "IW", "YY", "IY", "CC"].map(
    (key) => [key, 2] as const,
  ),
  ...["MS", "DDD", "IDDD", "YYY", "IYY"].map((key) => [key, 3] as const),
  ...["YYYY", "IYYY"].map((key) => [key, 4] as const),
  ...["Y", "I", "D", "ID", "Q", "W"].map((key) => [key, 1] as const),
  ...["SSSS", "SSSSS"].map((key) => [key, 5] as const),
  ...["US", "FF6"].map((key) => [key, 6] as const),
  ...[1, 2, 3, 4, 5].map((digits) => [`FF${digits}`, digits] as const),
  ["J", 9],
  ["TZH", 2],
  ["TZM", 2],
]);

type NumberField = Exclude<keyof ReadFields, "beforeChrist" | "twelveHours" | "afternoon">;

/** Fields whose digits are their value. */
export const PLAIN_NUMBERS: ReadonlyMap<string, NumberField> = new Map([
  ["HH24", "hour"],
  ["MI", "minute"],
  ["SS", "second"],
  ["SSSS", "secondsOfDay"],
  ["SSSSS", "secondsOfDay"],
  ["MM", "month"],
  ["DD", "day"],
  ["DDD", "dayOfYear"],
  ["IDDD", "isoDayOfYear"],
  ["ID", "isoDay"],
  ["WW", "week"],
  ["W", "weekOfMonth"],
  ["IW", "isoWeek"],
  ["CC", "century"],
  ["J", "julian"],
]);
