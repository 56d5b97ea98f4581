import { ManualClock } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import { Database } from "../../packages/core/src/database.js";
import { openEngine, type OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { resolveOptions } from "../../packages/core/src/options.js";
import { SimulatedHost } from "../../packages/core/src/testing/simulation/simulated-host.js";
import { MemFs } from "../../packages/core/src/vfs/mem-fs.js";
import type { Vfs } from "../../packages/core/src/vfs/contract.js";

export const DIRECTORY = "/db";
const MB = 1024 * 1024;
const START_MICROS = Date.UTC(2026, 0, 1) * 1000;
const HOUR_MS = 3_600_000;

let processes = 0;

/** A database that is open, with what is behind it. */
export interface OpenedDatabase {
  readonly db: Database;
  readonly opened: OpenedEngine;
}

/** Opens the database as a new process that finds all others dead; `hours` after it was made. */
export function openDatabase(vfs: Vfs, hours = 2): OpenedDatabase {
  const options = resolveOptions({ path: DIRECTORY, kv: { sweepInterval: "1d" } });
  const clock = new ManualClock(START_MICROS);
  clock.advance(hours * HOUR_MS);
  const opened = openEngine({
    vfs,
    directory: DIRECTORY,
    host: new SimulatedHost(++processes),
    clock,
    prng: new Prng(1),
    memory: false,
    sync: "commit",
    syncIntervalMs: 100,
    maxTransactionBytes: MB,
    bufferPoolBytes: MB,
    writeBufferBytes: MB,
    compression: "lz4",
    inlineBackground: true,
    threads: false,
  });
  return { db: new Database(opened, options), opened };
}

/** A small database on a disk in memory, and every state that it was in, the last one last. */
export interface Original {
  readonly disk: MemFs;
  readonly states: readonly string[];
}

const TABLE = `
  CREATE TABLE books (id INT PRIMARY KEY, title TEXT, price NUMERIC(8,2));
  CREATE INDEX books_price_idx ON books (price)`;

const KEYS = 11;
/** Writes so much that runs sink to deeper levels, then deletes and replaces some of it. */
const ROUNDS = 3;

type Write = (db: Database) => Promise<unknown>;

function writesOf(round: number): Write[] {
  const from = round * 4;
  return [
    (db) =>
      db.query(
        `INSERT INTO books SELECT g, 'book ' || g, g * 1.25
         FROM generate_series($1::int, $1::int + 3) g`,
        [from],
      ),
    (db) => db.query("UPDATE books SET title = upper(title) WHERE id % 5 = $1", [round]),
    (db) => db.query("DELETE FROM books WHERE id % 7 = $1", [round]),
    (db) =>
      db.kv.setMany(
        Array.from({ length: 4 }, (_, i) => ({
          key: `key ${(from + i) % KEYS}`,
          value: { round, list: [i, null, "é😀".repeat(i)] },
          ...(i % 3 === 0 ? { ttl: `${round + i + 1}h` } : {}),
        })),
      ),
    (db) => db.kv.namespace("counts").increment("rounds"),
    (db) => db.kv.delete(`key ${from % KEYS}`),
  ];
}

/**
 * `closed`: everything is in run files and the end is recorded; otherwise the process was killed,
 * and the last of its writes are in the log only.
 */
export async function buildOriginal(closed: boolean): Promise<Original> {
  const disk = new MemFs({ trackDurability: false });
  const { db } = openDatabase(disk, 0);
  const states = [reread(disk)];
  await db.exec(TABLE);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const write of writesOf(round)) {
      await write(db);
      states.push(reread(disk));
    }
    if (round < ROUNDS) await db.checkpoint();
  }
  const killed = disk.clone();
  await db.close();
  return { disk: closed ? disk : killed, states };
}

/** What the next process finds, by when some entries have expired. */
function reread(disk: MemFs): string {
  const { db } = openDatabase(disk.clone());
  const contents = contentsOf(db);
  db.kv.close();
  return contents;
}

const QUERIES = [
  "SELECT * FROM books",
  "SELECT id, price FROM books WHERE price > 5 ORDER BY price, id",
];

/** All that a reader can see: scans, walks through indexes, and look-ups of keys. */
export function contentsOf(db: Database): string {
  const tables = db.tables();
  const lines = tables.map(({ name, indexes }) => `table ${name}, ${indexes.length} indexes`);
  for (const namespace of [db.kv, db.kv.namespace("counts")]) {
    for (const { key } of namespace.list()) {
      const entry = namespace.entry(key);
      const expires = String(entry?.expiresAt?.getTime());
      lines.push(`${key}: ${JSON.stringify(entry?.value)} until ${expires}`);
    }
    for (let i = 0; i < KEYS; i++) if (namespace.has(`key ${i}`)) lines.push(`has ${i}`);
  }
  if (tables.some(({ name }) => name === "books")) lines.push(...rowsOf(db));
  return lines.join("\n");
}

function rowsOf(db: Database): string[] {
  const lines: string[] = [];
  for (const query of QUERIES) {
    const rows = db.prepare(query).all();
    const texts = rows.map((row) => JSON.stringify(row));
    lines.push(query, ...(query.includes("ORDER BY") ? texts : texts.sort()));
  }
  const book = db.prepare("SELECT title FROM books WHERE id = $1");
  for (let id = 0; id < 24; id += 3) lines.push(JSON.stringify(book.get(id)));
  return lines;
}
