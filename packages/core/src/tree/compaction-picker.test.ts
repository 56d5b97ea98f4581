import { describe, expect, test } from "vitest";
import type { Key } from "../base/key.js";
import type { SectionMeta } from "../run/contract.js";
import { pickCompaction, type Compactable } from "./compaction-picker.js";

const MB = 1024 * 1024;
let nextFileId = 0;

interface NamedSection extends Compactable {
  readonly name: string;
}

/** `a..b 8` is a section with keys a to b and 8 MB. */
function section(text: string): NamedSection {
  const [, firstKey, lastKey, size] = /^(\w+)\.\.(\w+) ([\d.]+)$/.exec(text)!;
  const meta: SectionMeta = {
    fileId: nextFileId++,
    treeId: 1,
    offset: 0,
    length: Number(size) * MB,
    rows: 1000,
    tombstones: 0,
    firstKey: firstKey as Key,
    lastKey: lastKey as Key,
    minSeq: 0,
    maxSeq: 1,
  };
  return { name: text, meta };
}

/** What is picked of the levels, each a comma-separated list, as one line. */
function pick(...levels: string[]): string {
  const sections = levels.map((level) =>
    level === "" ? [] : level.split(", ").map((text) => section(text)),
  );
  const picked = pickCompaction(sections);
  if (picked === null) return "nothing";
  const inputs = picked.inputs.map(({ name }) => name).join(", ");
  const how = picked.move ? "move" : "merge";
  return `${how} ${inputs} to ${picked.target}${picked.bottom ? " (bottom)" : ""}`;
}

describe("the compaction picker", () => {
  test("leaves a tree alone that is within its limits", () => {
    expect(pick("")).toBe("nothing");
    expect(pick("a..z 9, a..z 9, a..z 9", "a..m 16, n..z 16")).toBe("nothing");
    expect(pick("", "a..m 16, n..z 16", "a..z 320")).toBe("nothing");
  });

  test("merges all of level 0 with what shares its hull in level 1", () => {
    expect(pick("c..d 9, e..f 9, c..f 9, d..e 9", "a..b 8, d..d 8, e..g 8, h..z 8")).toBe(
      "merge c..d 9, e..f 9, c..f 9, d..e 9, d..d 8, e..g 8 to 1 (bottom)",
    );
    // The hull c..s covers h..k, though no section of level 0 does.
    expect(pick("c..d 9, r..s 9, c..d 9, r..s 9", "a..b 8, h..k 8, t..z 8")).toBe(
      "merge c..d 9, r..s 9, c..d 9, r..s 9, h..k 8 to 1 (bottom)",
    );
  });

  test("moves sections of level 0 that overlap nothing, if they are large", () => {
    expect(pick("g..h 9, e..f 9, c..d 9, i..k 9", "a..b 8, p..z 8")).toBe(
      "move g..h 9, e..f 9, c..d 9, i..k 9 to 1 (bottom)",
    );
    expect(pick("g..h 9, e..f 0.1, c..d 9, i..k 9", "a..b 8, p..z 8")).toBe(
      "merge g..h 9, e..f 0.1, c..d 9, i..k 9 to 1 (bottom)",
    );
    // One key in two sections is an overlap.
    expect(pick("g..h 9, e..g 9, c..d 9, i..k 9")).toBe(
      "merge g..h 9, e..g 9, c..d 9, i..k 9 to 1 (bottom)",
    );
  });

  test("takes small neighbours along, so that they do not grow in number", () => {
    expect(pick("g..h 1, g..h 1, g..h 1, g..h 1", "a..b 8, e..f 2, i..k 3, p..z 8")).toBe(
      "merge g..h 1, g..h 1, g..h 1, g..h 1, e..f 2, i..k 3 to 1 (bottom)",
    );
    expect(pick("g..h 1, g..h 1, g..h 1, g..h 1", "a..b 2, e..f 8, i..k 8, p..z 2")).toBe(
      "merge g..h 1, g..h 1, g..h 1, g..h 1 to 1 (bottom)",
    );
  });

  test("takes from a level over its budget the section that brings least along", () => {
    expect(pick("", "a..c 16, d..f 16, g..i 16", "a..b 90, b..c 90, d..f 10, h..i 20")).toBe(
      "merge d..f 16, d..f 10 to 2 (bottom)",
    );
    expect(pick("", "a..c 16, d..f 16, g..i 16", "a..b 90, g..i 20")).toBe(
      "move d..f 16 to 2 (bottom)",
    );
    expect(pick("", "a..c 16, d..f 2, g..i 16", "a..b 90, g..i 20")).toBe(
      "move d..f 2 to 2 (bottom)",
    );
  });

  test("begins with the level that is furthest over its budget", () => {
    expect(pick("", "a..c 33", "d..f 400, g..i 400")).toBe("move d..f 400 to 3 (bottom)");
    expect(pick("", "a..c 99", "d..f 400, g..i 400")).toBe("move a..c 99 to 2 (bottom)");
    expect(pick("a..z 1, a..z 1, a..z 1, a..z 1", "a..c 99", "d..f 400, g..i 400")).toBe(
      "merge a..z 1, a..z 1, a..z 1, a..z 1, a..c 99 to 1",
    );
  });

  test("keeps tombstones while a deeper level may hold what they hide", () => {
    const first = "a..c 9, b..d 9, a..b 9, c..d 9";
    expect(pick(first, "", "a..z 8")).toBe(`merge ${first} to 1`);
    expect(pick(first, "", "e..z 8", "f..g 8")).toBe(`merge ${first} to 1 (bottom)`);
    expect(pick(first, "d..f 8", "g..z 8", "f..f 8")).toBe(`merge ${first}, d..f 8 to 1`);
  });
});
