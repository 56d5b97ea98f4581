import { HttpError } from "./errors.js";

/**
 * The parameters behind the `?` of a URL. Throws INVALID_REQUEST for one that is unknown, given
 * twice, or not UTF-8 in its %-escapes.
 */
export function queryParameters<N extends string>(
  url: string,
  allowed: readonly N[],
): Partial<Record<N, string>> {
  const found: Partial<Record<N, string>> = {};
  const mark = url.indexOf("?");
  if (mark < 0) return found;
  for (const pair of url.slice(mark + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const known = allowed.find((candidate) => candidate === name);
    if (known === undefined) {
      throw new HttpError("INVALID_REQUEST", `there is no parameter ${quoted(name)}`, {
        hint: `Parameters here: ${allowed.length === 0 ? "none" : allowed.join(", ")}.`,
      });
    }
    if (found[known] !== undefined) {
      throw new HttpError("INVALID_REQUEST", `the parameter ${quoted(name)} is given twice`);
    }
    found[known] = equals < 0 ? "" : decode(pair.slice(equals + 1));
  }
  return found;
}

/** A whole number from 1 to `most`. */
export function countParameter(
  name: string,
  text: string | undefined,
  byDefault: number,
  most: number,
): number {
  if (text === undefined) return byDefault;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new HttpError(
    "INVALID_REQUEST",
    `the parameter "${name}" must be a number from 1 to ${most}, not ${quoted(text)}`,
  );
}

/** The last segment of the path, decoded: keys may hold any character, slashes included. */
export function lastSegment(url: string): string {
  const mark = url.search(/[?#]/);
  const path = mark < 0 ? url : url.slice(0, mark);
  const segment = path.slice(path.lastIndexOf("/") + 1);
  return decodeEscapes(segment);
}

function decode(text: string): string {
  return decodeEscapes(text.replaceAll("+", " "));
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError("INVALID_REQUEST", `${quoted(text)} is not %-encoded UTF-8`);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
