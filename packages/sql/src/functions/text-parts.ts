import { AegisError } from "../contract/errors.js";
import { countCharacters } from "../types/text-output.js";
import { sliceCharacters } from "./characters.js";
import { binary, scalar, ternary } from "./define.js";
import { inRange } from "./integers.js";
import { BYTEA, INTEGER, TEXT } from "./overloads.js";
import { checkEscape } from "./pattern/like.js";
import { compileRegex, type TextRegex } from "./pattern/regex.js";
import { similarPartRegex } from "./pattern/similar.js";
import type { ScalarFunction } from "./registry.js";

function negativeLength(): AegisError {
  return new AegisError("INVALID_ARGUMENT", "negative substring length not allowed", {
    sqlState: "22011",
  });
}

/** The part from the 1-based `start`; what lies before the text counts as part of `length`. */
function substring(text: string, start: number, length: number): string {
  if (length < 0) throw negativeLength();
  return sliceCharacters(text, start - 1, start - 1 + length);
}

function bytesPart(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (length < 0) throw negativeLength();
  const end = Math.max(0, start - 1 + length);
  return bytes.slice(Math.max(0, start - 1), end);
}

/** What the first group of the expression matched, or all of it where it has no group. */
function matchedPart(text: string, regex: TextRegex): string | null {
  const match = regex.exec(text);
  if (match === null) return null;
  return match.length > 1 ? (match[1] ?? null) : match[0];
}

function overlay(text: string, part: string, start: number, length: number): string {
  if (start <= 0) throw negativeLength();
  inRange(start + length, "integer");
  const before = sliceCharacters(text, 0, start - 1);
  return before + part + sliceCharacters(text, start - 1 + length, countCharacters(text));
}

function overlayBytes(
  bytes: Uint8Array,
  part: Uint8Array,
  start: number,
  length: number,
): Uint8Array {
  if (start <= 0) throw negativeLength();
  inRange(start + length, "integer");
  const rest = bytes.slice(Math.max(0, start - 1 + length));
  return Uint8Array.from(Buffer.concat([bytes.slice(0, start - 1), part, rest]));
}

function positionalParts(name: string): readonly ScalarFunction[] {
  return [
    binary<string, number>(name, [TEXT, INTEGER], TEXT, (text, start) =>
      substring(text, start, Number.MAX_SAFE_INTEGER),
    ),
    ternary<string, number, number>(name, [TEXT, INTEGER, INTEGER], TEXT, substring),
    binary<Uint8Array, number>(name, [BYTEA, INTEGER], BYTEA, (bytes, start) =>
      bytesPart(bytes, start, Number.MAX_SAFE_INTEGER),
    ),
    ternary<Uint8Array, number, number>(name, [BYTEA, INTEGER, INTEGER], BYTEA, bytesPart),
  ];
}

/** substring in all of its forms, substr and overlay. */
export const textPartFunctions: readonly ScalarFunction[] = [
  ...positionalParts("substring"),
  ...positionalParts("substr"),
  binary<string>("substring", [TEXT, TEXT], TEXT, (text, pattern) =>
    matchedPart(text, compileRegex(pattern)),
  ),
  ternary<string>("substring", [TEXT, TEXT, TEXT], TEXT, (text, pattern, escape) =>
    matchedPart(text, compileRegex(similarPartRegex(pattern, checkEscape(escape)))),
  ),
  ternary<string, string, number>("overlay", [TEXT, TEXT, INTEGER], TEXT, (text, part, start) =>
    overlay(text, part, start, countCharacters(part)),
  ),
  scalar("overlay", [TEXT, TEXT, INTEGER, INTEGER], TEXT, ([text, part, start, length]) =>
    overlay(text as string, part as string, start as number, length as number),
  ),
  ternary<Uint8Array, Uint8Array, number>(
    "overlay",
    [BYTEA, BYTEA, INTEGER],
    BYTEA,
    (bytes, part, start) => overlayBytes(bytes, part, start, part.length),
  ),
  scalar("overlay", [BYTEA, BYTEA, INTEGER, INTEGER], BYTEA, ([bytes, part, start, length]) =>
    overlayBytes(bytes as Uint8Array, part as Uint8Array, start as number, length as number),
  ),
];
