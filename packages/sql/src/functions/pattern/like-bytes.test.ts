import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { likeMatcher } from "./like.js";
import { likeBytesMatcher } from "./like-bytes.js";

/** Few letters, so that patterns stand in texts; of one to four bytes. */
const LETTERS = ["a", "b", "ß", "中", "文", "\u{1f600}", "\u{1f601}"];
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 12 }).map((x) => x.join(""));
const pattern = fc
  .array(fc.constantFrom(...LETTERS, "%", "%", "_", "\\%", "\\_", "\\\\", "\\a"), { maxLength: 9 })
  .map((parts) => parts.join(""));

test("bytes match as the text does, whatever stands around them", () => {
  fc.assert(
    fc.property(text, pattern, text, (subject, wanted, around) => {
      const before = Buffer.from(around);
      const bytes = Buffer.concat([before, Buffer.from(subject), before]);
      const matcher = likeBytesMatcher(wanted)!;
      const end = bytes.length - before.length;
      const found = matcher.test(bytes, before.length, end);
      expect(found).toBe(likeMatcher(wanted)(subject));
      if (found) expect(end - before.length).toBeGreaterThanOrEqual(matcher.least);
    }),
    { numRuns: 5000 },
  );
});

test("a segment longer than its table of shifts can say is found", () => {
  const long = "ab".repeat(200);
  const bytes = Buffer.from(`${"b".repeat(999)}${long}b`);
  expect(likeBytesMatcher(`%${long}%`)!.test(bytes, 0, bytes.length)).toBe(true);
  expect(likeBytesMatcher(`%${long}a%`)!.test(bytes, 0, bytes.length)).toBe(false);
  expect(likeBytesMatcher(`%${long}_`)!.test(bytes, 0, bytes.length)).toBe(true);
});

test("patterns that are no text are left to strings, wrong ones are refused", () => {
  expect(likeBytesMatcher("a\ud800%")).toBeUndefined();
  expect(() => likeBytesMatcher("a\\")).toThrow(/must not end with escape/u);
});
