import { describe, expect, test } from "vitest";
import { stringValue } from "./quotes.js";

describe("bytes in E''", () => {
  test("are UTF-8, in any base and beside other characters", () => {
    expect(stringValue(String.raw`E'caf\xc3\xa9, \303\251'`, 0)).toBe("café, é");
    expect(stringValue(String.raw`e'\x41\102\tc\xF0\x9F\x98\x80'`, 0)).toBe("AB\tc😀");
    expect(stringValue(String.raw`e'\xef\xbb\xbf'`, 0)).toBe("\ufeff");
  });

  test.each([
    String.raw`\x80`,
    String.raw`\xc3`,
    String.raw`\xc3x\xa9`,
    String.raw`\377`,
    String.raw`\xed\xa0\x80`,
    String.raw`a\x00`,
    String.raw`\0`,
  ])("that are none are refused: %s", (body) => {
    expect(() => stringValue(`E'${body}'`, 0)).toThrow(/invalid byte sequence for encoding "UTF8"/);
  });
});
