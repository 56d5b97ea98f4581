// node examples/quick-start.mjs: a table, a few rows, a query, and a key, in a database in memory.
// In a clone run `npm run build` first.

import { open } from "aegisdb";

const db = await open(":memory:"); // a directory, such as "./data", keeps what is written

await db.exec(`
  CREATE TABLE albums (
    id     serial PRIMARY KEY,
    artist text NOT NULL,
    title  text NOT NULL,
    year   int CHECK (year > 1900),
    UNIQUE (artist, title)
  );
  INSERT INTO albums (artist, title, year) VALUES
    ('Miles Davis', 'Kind of Blue', 1959),
    ('John Coltrane', 'Giant Steps', 1960),
    ('John Coltrane', 'A Love Supreme', 1965),
    ('Nina Simone', 'Pastel Blues', 1965);
`);

// Values are parameters, never part of the text.
const { rows } = await db.query(
  "SELECT artist, count(*) AS albums, min(year) AS first FROM albums WHERE year < $1 GROUP BY artist ORDER BY artist",
  [1970],
);
console.table(rows);

// A prepared statement is parsed and planned once; its reads return at once, without a promise.
const byArtist = db.prepare("SELECT title FROM albums WHERE artist = $1 ORDER BY year");
for (const { title } of byArtist.iterate("John Coltrane")) console.log(title);

// Keys and values are in the same database.
await db.kv.set("last visit", { page: "/albums", at: new Date(0) });
console.log(db.kv.get("last visit"));

await db.close();
