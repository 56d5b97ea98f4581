import { beforeAll, describe, expect, test } from "vitest";
import {
  buildOriginal,
  filesOf,
  flip,
  type Original,
  readDamaged,
  truncate,
} from "./damaged-database.js";

/** Every so many bytes; `AEGIS_CORRUPTION_STRIDE=1` flips each one and cuts at each length. */
const STRIDE = Number(process.env["AEGIS_CORRUPTION_STRIDE"] ?? 997);
const TIMEOUT_MS = 120_000 + 10_000_000 / STRIDE;

/** What must never happen: an answer that the database never held, or an error that is not ours. */
async function expectHonest(
  original: Original,
  damaged: ReturnType<typeof flip>,
  where: string,
): Promise<"same" | "older" | "refused"> {
  const outcome = await readDamaged(damaged);
  if (outcome.kind === "refused") {
    expect(["corruption", "environment"], `${where}: ${outcome.error.message}`).toContain(
      outcome.error.kind,
    );
    return "refused";
  }
  expect(original.states, `${where} gives an answer that was never right`).toContain(
    outcome.contents,
  );
  return outcome.contents === original.states.at(-1) ? "same" : "older";
}

describe.each([
  ["closed", true],
  ["killed", false],
])("a database that was %s", (_how, closed) => {
  let original: Original;

  beforeAll(async () => {
    original = await buildOriginal(closed);
  });

  test("is read as it is while nothing is damaged", async () => {
    expect(filesOf(original.disk).length).toBeGreaterThanOrEqual(4);
    expect(await expectHonest(original, original.disk.clone(), "undamaged")).toBe("same");
  });

  test(
    "never gives a wrong answer when a byte of it is flipped",
    { timeout: TIMEOUT_MS },
    async () => {
      const found = { same: 0, older: 0, refused: 0 };
      for (const path of filesOf(original.disk)) {
        for (let offset = 0; offset < original.disk.size(path); offset += STRIDE) {
          const damaged = flip(original.disk, path, offset, offset % 8);
          const how = await expectHonest(original, damaged, `${path}, byte ${offset}`);
          found[how]++;
          // After a clean close nothing may be missing without a word.
          if (closed) expect(how, `${path}, byte ${offset}`).not.toBe("older");
        }
      }
      expect(found.refused).toBeGreaterThan(5);
    },
  );

  test(
    "never gives a wrong answer when a file of it is cut short",
    { timeout: TIMEOUT_MS },
    async () => {
      const found = { same: 0, older: 0, refused: 0 };
      for (const path of filesOf(original.disk)) {
        for (let length = 0; length < original.disk.size(path); length += STRIDE) {
          const damaged = truncate(original.disk, path, length);
          const how = await expectHonest(original, damaged, `${path}, cut at ${length}`);
          found[how]++;
          if (closed) expect(how, `${path}, cut at ${length}`).not.toBe("older");
        }
      }
      expect(found.refused).toBeGreaterThan(5);
    },
  );
});
