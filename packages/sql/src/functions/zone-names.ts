import type { Zone } from "../types/time-zone.js";

/** What a zone is called at an instant: "EST", "UTC", or its offset where it has no letters. */
export function zoneAbbreviation(zone: Zone, micros: number | bigint): string {
  if (typeof zone === "number") return zone === 0 ? "UTC" : offsetText(zone);
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "short" });
  const parts = format.formatToParts(Math.floor(Number(micros) / 1000));
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const offset = /^GMT([+-]\d.*)$/.exec(name);
  if (offset === null) return name;
  const [hours, minutes = ""] = offset[1]!.split(":");
  const sign = hours!.startsWith("-") ? "-" : "+";
  return `${sign}${hours!.slice(1).padStart(2, "0")}${minutes}`;
}

/** "+05", "-03:30", as OF shows it. */
export function offsetText(seconds: number): string {
  const size = Math.abs(seconds);
  const minutes = Math.floor((size % 3600) / 60);
  const tail = minutes === 0 ? "" : `:${String(minutes).padStart(2, "0")}`;
  return `${seconds < 0 ? "-" : "+"}${String(Math.floor(size / 3600)).padStart(2, "0")}${tail}`;
}
