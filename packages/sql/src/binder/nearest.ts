import { nearestNames } from "../functions/similar.js";

/** Names longer than this are not compared: nobody mistypes them, and it would cost time. */
const MAX_COMPARED = 64;

/** A hint that asks whether another name was meant; undefined where none is near. */
export function didYouMean(wanted: string, names: Iterable<string>): string | undefined {
  if (wanted.length > MAX_COMPARED) return undefined;
  const [name] = nearestNames(wanted, names);
  return name === undefined || name === wanted ? undefined : `Did you mean "${name}"?`;
}
