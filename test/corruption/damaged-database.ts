import { SqlEngine, runScript } from "@aegisdb/sql";
import { SqlFixture } from "../../packages/core/src/testing/sql-fixture.js";
import { AegisError } from "../../packages/core/src/errors.js";
import { checkDatabase } from "../../packages/core/src/query/check.js";
import type { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import { contentsOf } from "./contents.js";

const DIRECTORY = "/sql";

/** A small database on a disk in memory, and every state that it was in, the last one last. */
export interface Original {
  readonly disk: MemFs;
  readonly states: readonly string[];
}

const BEFORE_CHECKPOINT = [
  "CREATE TABLE notes (id INT PRIMARY KEY, title TEXT UNIQUE, price NUMERIC(8,2), facts JSONB, at TIMESTAMP)",
  "CREATE INDEX notes_price_idx ON notes (price)",
  `INSERT INTO notes SELECT g, 'note ' || g, g * 1.25, jsonb_build_object('n', g), TIMESTAMP '2024-01-01' + g * INTERVAL '1 day'
     FROM generate_series(1, 60) g`,
];
const AFTER_CHECKPOINT = [
  "UPDATE notes SET title = upper(title) WHERE id % 5 = 0",
  "DELETE FROM notes WHERE id % 7 = 0",
  "INSERT INTO notes VALUES (100, 'näch 😀', NULL, '[1, null]', NULL)",
];

/** `closed`: everything is in run files; otherwise the process was killed and the log has the end. */
export async function buildOriginal(closed: boolean): Promise<Original> {
  const fixture = new SqlFixture();
  const session = new SqlEngine(fixture.host).session();
  const states: string[] = [contentsOf(fixture.host)];
  const run = (sql: string): void => {
    for (const step of runScript(session, sql)) void step;
    states.push(contentsOf(fixture.host));
  };
  BEFORE_CHECKPOINT.forEach(run);
  await fixture.checkpoint();
  AFTER_CHECKPOINT.forEach(run);
  await fixture.opened.engine.durable();
  session.close();
  const disk = fixture.disk;
  if (!closed) return { disk: disk.clone(), states };
  await fixture.close();
  return { disk, states };
}

/** All files below the database's directory. */
export function filesOf(disk: MemFs): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    for (const name of disk.list(path)) {
      const inner = `${path}/${name}`;
      if (isDirectory(disk, inner)) visit(inner);
      else files.push(inner);
    }
  };
  visit(DIRECTORY);
  return files.sort();
}

function isDirectory(disk: MemFs, path: string): boolean {
  try {
    disk.list(path);
    return true;
  } catch {
    return false;
  }
}

/** What a reader of a damaged database gets. */
export type Outcome =
  | { readonly kind: "state"; readonly contents: string }
  | { readonly kind: "refused"; readonly error: AegisError };

/** Opens the database, reads all of it and checks it; errors that are not ours are thrown on. */
export async function readDamaged(disk: MemFs): Promise<Outcome> {
  let fixture: SqlFixture | undefined;
  try {
    fixture = new SqlFixture(disk);
    const contents = contentsOf(fixture.host);
    const { problems } = await checkDatabase(fixture.opened, fixture.host, {});
    const [first] = problems;
    if (first === undefined) return { kind: "state", contents };
    const message = `${first.where}: ${first.problem}`;
    return { kind: "refused", error: new AegisError("CORRUPTION", message) };
  } catch (error) {
    if (error instanceof AegisError) return { kind: "refused", error };
    throw error;
  } finally {
    await fixture?.close().catch(() => undefined);
  }
}

export function flip(original: MemFs, path: string, offset: number, bit: number): MemFs {
  const disk = original.clone();
  const file = disk.openWrite(path, { create: false });
  const byte = new Uint8Array(1);
  file.read(byte, offset);
  byte[0]! ^= 1 << bit;
  file.write(byte, offset);
  file.close();
  return disk;
}

export function truncate(original: MemFs, path: string, length: number): MemFs {
  const disk = original.clone();
  const file = disk.openWrite(path, { create: false });
  file.truncate(length);
  file.close();
  return disk;
}
