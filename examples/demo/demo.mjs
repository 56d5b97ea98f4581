// `npm run demo`: loads real data into a database in a directory of its own and shows what can be
// asked of it. Nothing is left behind; give a directory to keep the data: npm run demo -- ./demo-data

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "aegisdb";
import { airports, flights, routes } from "./datasets.mjs";
import { heading, progress, showRows, showSql, showTime } from "./terminal.mjs";

/** @typedef {import("aegisdb").Database} Database */

const BATCH = 10_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS airports (
    iata TEXT PRIMARY KEY, name TEXT NOT NULL, city TEXT, state TEXT, country TEXT,
    latitude DOUBLE PRECISION, longitude DOUBLE PRECISION);
  CREATE TABLE IF NOT EXISTS routes (
    origin TEXT REFERENCES airports, destination TEXT REFERENCES airports,
    flights INT NOT NULL CHECK (flights > 0), PRIMARY KEY (origin, destination));
  CREATE TABLE IF NOT EXISTS flights (
    id SERIAL PRIMARY KEY, delay INT NOT NULL, distance INT NOT NULL, departure DOUBLE PRECISION NOT NULL);
  CREATE INDEX IF NOT EXISTS routes_destination_idx ON routes (destination);`;

/**
 * Inserts rows in transactions of ten thousand.
 * @param {Database} db
 * @param {string} insert
 * @param {readonly (readonly unknown[])[]} rows
 */
async function load(db, insert, rows) {
  const started = performance.now();
  for (let from = 0; from < rows.length; from += BATCH) {
    await db.transaction((tx) => {
      const statement = tx.prepare(insert);
      for (const row of rows.slice(from, from + BATCH)) statement.run(...row);
    });
    progress(`${Math.min(from + BATCH, rows.length)} of ${rows.length}`);
  }
  progress("".padEnd(30));
  progress("");
  showTime(`${rows.length} rows, durable`, performance.now() - started, rows.length);
}

/**
 * Runs a query and shows it with its rows and its time.
 * @param {Database} db
 * @param {string} sql
 * @param {string} [bar]
 */
async function ask(db, sql, bar) {
  showSql(sql);
  const { rows, executionTimeMs } = await db.query(sql);
  showRows(rows, bar);
  showTime("\n   answered in", executionTimeMs);
}

/** @param {Database} db */
async function loadTables(db) {
  heading("Tables: load 231,083 flights, 3,376 airports and 5,366 routes");
  await db.exec(SCHEMA);
  const number = (/** @type {string | undefined} */ text) => Number(text);
  const places = airports().map(([iata, name, city, state, country, latitude, longitude]) => {
    return [iata, name, city, state, country, number(latitude), number(longitude)];
  });
  await load(db, "INSERT INTO airports VALUES ($1, $2, $3, $4, $5, $6, $7)", places);
  const known = new Set(places.map(([iata]) => iata));
  const links = routes().filter(
    ([origin, destination]) => known.has(origin) && known.has(destination),
  );
  const lines = links.map(([origin, destination, count]) => [origin, destination, number(count)]);
  await load(db, "INSERT INTO routes VALUES ($1, $2, $3)", lines);
  const legs = flights().map(({ delay, distance, time }) => [delay, distance, time]);
  await load(db, "INSERT INTO flights (delay, distance, departure) VALUES ($1, $2, $3)", legs);
}

/** @param {Database} db */
async function askTables(db) {
  heading("Group and count");
  await ask(
    db,
    `SELECT floor(departure)::int AS hour, count(*) AS flights, round(avg(delay), 1) AS mean_delay
     FROM flights GROUP BY 1 ORDER BY 1`,
    "mean_delay",
  );
  heading("Percentiles and filters");
  await ask(
    db,
    `SELECT CASE WHEN distance < 500 THEN '1 short' WHEN distance < 1500 THEN '2 middle' ELSE '3 long' END AS way,
            count(*) AS flights, percentile_cont(0.5) WITHIN GROUP (ORDER BY delay) AS median,
            percentile_cont(0.95) WITHIN GROUP (ORDER BY delay) AS p95,
            count(*) FILTER (WHERE delay > 60) AS hour_late
     FROM flights GROUP BY 1 ORDER BY 1`,
  );
  heading("Join and rank with a window");
  await ask(
    db,
    `SELECT state, city, departures, place FROM (
       SELECT a.state, a.city, sum(r.flights) AS departures,
              rank() OVER (PARTITION BY a.state ORDER BY sum(r.flights) DESC) AS place
       FROM routes r JOIN airports a ON a.iata = r.origin GROUP BY a.state, a.city) ranked
     WHERE place = 1 ORDER BY departures DESC LIMIT 10`,
    "departures",
  );
  heading("Walk the network with a recursive query");
  await ask(
    db,
    `WITH RECURSIVE reached(iata, hops) AS (
       SELECT 'ABE', 0
       UNION
       SELECT r.destination, hops + 1 FROM reached JOIN routes r ON r.origin = reached.iata WHERE hops < 3)
     SELECT hops, count(*) AS airports FROM
       (SELECT iata, min(hops) AS hops FROM reached GROUP BY iata) first
     GROUP BY hops ORDER BY hops`,
    "airports",
  );
  heading("Look one row up by its key, a hundred thousand times");
  const byCode = db.prepare("SELECT city, state FROM airports WHERE iata = $1");
  const codes = airports().map(([iata]) => iata);
  const started = performance.now();
  for (let i = 0; i < 100_000; i++) byCode.get(codes[(i * 7919) % codes.length]);
  showTime("100,000 lookups", performance.now() - started, 100_000);
}

/** @param {Database} db */
async function keysAndValues(db) {
  heading("Keys and values: the same airports by state and code");
  const places = db.kv.namespace("airports");
  const entries = airports().map(([iata, name, city, state]) => {
    return { key: `${state}:${iata}`, value: { name, city } };
  });
  const started = performance.now();
  await places.setMany(entries);
  showTime(`${entries.length} values, durable`, performance.now() - started, entries.length);
  const rows = [...places.list({ prefix: "HI:", limit: 5 })].map(({ key, value }) => ({
    key,
    value: JSON.stringify(value),
  }));
  console.log('   db.kv.namespace("airports").list({ prefix: "HI:", limit: 5 })');
  showRows(rows);

  heading("One transaction over rows and keys");
  await db.transaction((tx) => {
    tx.query("INSERT INTO routes VALUES ('ABE', 'HNL', 1) ON CONFLICT DO NOTHING");
    tx.kv.namespace("news").set("latest", "Allentown flies to Honolulu");
  });
  const refused = db.transaction((tx) => {
    tx.kv.namespace("news").set("latest", "Allentown flies to the moon");
    tx.query("INSERT INTO routes VALUES ('ABE', 'MOON', 1)");
  });
  await refused.catch((/** @type {unknown} */ error) =>
    console.log(`   refused: ${String(error)}`),
  );
  console.log(`   and so the latest news is: ${String(db.kv.namespace("news").get("latest"))}`);
}

/** @param {string} directory */
async function reopen(directory) {
  heading("Close, open again");
  const started = performance.now();
  const db = await open(directory);
  const { rows } = await db.query("SELECT count(*) AS flights FROM flights");
  showTime("opened, and counted once more", performance.now() - started);
  showRows(rows);
  const { problems } = await db.check();
  console.log(`\n   db.check() finds ${problems.length} problems`);
  await db.close();
}

const kept = process.argv[2];
const directory = kept ?? mkdtempSync(join(tmpdir(), "aegis-demo-"));
try {
  const db = await open(directory);
  if (db.table("flights")?.rowCount) console.log(`   the data is in ${directory} already`);
  else await loadTables(db);
  await askTables(db);
  await keysAndValues(db);
  await db.close();
  await reopen(directory);
} finally {
  if (kept === undefined) rmSync(directory, { recursive: true, force: true });
  else
    console.log(
      `\n   The data is in ${directory}: npm start -- --data-dir ${directory} serves it.`,
    );
}
