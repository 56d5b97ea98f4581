// node examples/http-client.mjs [http://localhost:9090]: SQL over HTTP. Without an address it starts
// a server of its own, in memory, on a free port. In a clone run `npm run build` first.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AegisClient, ClientError } from "aegisdb-client";

/** Starts `aegis-server`; resolves with where it is and how to end it. */
async function startServer() {
  const home = import.meta.resolve("aegis-server/package.json");
  const command = fileURLToPath(new URL("bin/aegis-server.js", home));
  const server = spawn(process.execPath, [command, "--port", "0", "--data-dir", ":memory:"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(server.stdout, "data");
  const url = /http:\S+?(?=,)/.exec(String(line))?.[0];
  if (url === undefined) throw new Error(`the server did not start: ${String(line)}`);
  return { url, stop: () => server.kill("SIGTERM") };
}

const given = process.argv[2];
const server = given === undefined ? await startServer() : { url: given, stop: () => undefined };
try {
  const client = new AegisClient({ server: server.url });
  await client.exec(`
    DROP TABLE IF EXISTS example_cities;
    CREATE TABLE example_cities (name text PRIMARY KEY, country text, people int);
    INSERT INTO example_cities VALUES ('Lisbon', 'PT', 545000), ('Porto', 'PT', 231000), ('Vienna', 'AT', 1982000);
  `);

  const { columns, rows, row_count } = await client.query(
    "SELECT name, people FROM example_cities WHERE country = $1 ORDER BY people DESC",
    ["PT"],
  );
  console.log(columns, rows, row_count);

  const { primary_key, row_count: total } = await client.table("example_cities");
  console.log(primary_key, total);

  await client.query("SELECT nam FROM example_cities").catch((/** @type {unknown} */ error) => {
    if (!(error instanceof ClientError)) throw error;
    console.log(error.status, error.code, error.hint);
  });
} finally {
  server.stop();
}
