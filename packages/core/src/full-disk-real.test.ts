import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Fills the file system with a database, makes room, goes on; prints what it saw. */
const PROGRAM = `
  import { rmSync, writeFileSync } from "node:fs";
  import { open } from "./index.js";

  const root = process.argv[2];
  writeFileSync(root + "/ballast", Buffer.alloc(2 * 1024 * 1024, "b"));
  const db = await open({ path: root + "/db", writeBufferSize: "1MB" });
  await db.exec("CREATE TABLE t (id int PRIMARY KEY, note text)");
  const refusals = new Set();
  let kept = 0;
  const write = async () => {
    const note = "n".repeat(10_000) + kept;
    try {
      if (kept % 2 === 0) await db.kv.set("k" + kept, note);
      else await db.query("INSERT INTO t VALUES ($1, $2)", [kept, note]);
      kept++;
      return true;
    } catch (error) {
      refusals.add(error.code);
      return false;
    }
  };
  const right = async (database) => {
    for (let i = 0; i < kept; i += 2) {
      if (database.kv.get("k" + i) !== "n".repeat(10_000) + i) return false;
    }
    const { rows } = await database.query("SELECT count(*)::int AS n, min(length(note)) AS least FROM t");
    return rows[0].n === Math.floor(kept / 2) && rows[0].least > 10_000;
  };
  while (await write());
  const first = kept;
  for (let i = 0; i < 20; i++) await write();
  const readable = await right(db);
  rmSync(root + "/ballast");
  const goesOn = await write();
  while (await write());
  const second = kept;
  await db.close();
  const again = await open(root + "/db");
  const found = await right(again);
  const { problems } = await again.check();
  console.log(JSON.stringify({ refusals: [...refusals], first, readable, goesOn, second, found, problems }));
`;

/** A name space of its own lets an ordinary user mount a file system, where the system allows it. */
function inOwnFileSystem(directory: string, size: string, command: readonly string[]): string[] {
  const script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"';
  return ["-Urm", "sh", "-c", script, "sh", size, directory, ...command];
}

const root = mkdtempSync(`${tmpdir()}/aegis-full-`);
const mounted = `${root}/mounted`;
mkdirSync(mounted);
const mounts = spawnSync("unshare", inOwnFileSystem(mounted, "64k", ["true"])).status === 0;

if (!mounts) rmSync(root, { recursive: true });

describe.skipIf(!mounts)("a real full file system (needs name spaces of users)", () => {
  const program = `${root}/program.mjs`;
  beforeAll(() => {
    buildSync({
      stdin: { contents: PROGRAM, resolveDir: here("."), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      logLevel: "error",
      alias: {
        "@aegisdb/sql/contract": here("../../sql/src/contract/index.ts"),
        "@aegisdb/sql": here("../../sql/src/index.ts"),
      },
    });
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it("refuses writes with DISK_FULL, and takes them again once there is room", () => {
    const command = inOwnFileSystem(mounted, "6m", [process.execPath, program, mounted]);
    const child = spawnSync("unshare", command, { encoding: "utf8" });
    expect(child.stderr).toBe("");
    const seen = JSON.parse(child.stdout) as Record<string, unknown>;
    expect(seen).toMatchObject({
      refusals: ["DISK_FULL"],
      readable: true,
      goesOn: true,
      found: true,
      problems: [],
    });
    expect(Number(seen["second"])).toBeGreaterThan(Number(seen["first"]));
  });
});
