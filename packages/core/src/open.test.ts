import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AegisError } from "./errors.js";
import { open } from "./open.js";

/** In the file of the runs, so that every part of it is hit. */
const PLACES = 60;

/** The code of the error that opening ends with. */
async function codeOf(path: string): Promise<string> {
  try {
    await (await open(path)).close();
    return "opens";
  } catch (error) {
    return (error as AegisError).code;
  }
}

test("an open that finds damage gives the directory back", { timeout: 60_000 }, async () => {
  const path = mkdtempSync(join(tmpdir(), "aegis-open-"));
  try {
    const db = await open({ path, compression: "none" });
    await db.kv.set("key", "value", { ttl: "1h" });
    await db.close();
    const [name] = readdirSync(join(path, "runs"));
    const run = join(path, "runs", name!);
    const healthy = readFileSync(run);
    const step = Math.ceil(healthy.length / PLACES);
    const damaged = new Set<number>();
    for (let offset = 0; offset < healthy.length; offset += step) {
      const bytes = Buffer.from(healthy);
      bytes[offset]! ^= 0xff;
      writeFileSync(run, bytes);
      const first = await codeOf(path);
      if (first !== "opens") damaged.add(offset);
      expect(["opens", "CORRUPTION"]).toContain(first);
      expect(await codeOf(path), `after ${first} at offset ${offset}`).toBe(first);
    }
    expect(damaged.size).toBeGreaterThan(0);
  } finally {
    rmSync(path, { recursive: true });
  }
});
