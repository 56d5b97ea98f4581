// `npm start`: sets up, then runs the server on 127.0.0.1:9090 with its data in ./data.
// Further arguments go to the server and win over these: npm start -- --port 9191

import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

try {
  await setup();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const defaults = ["--host", "127.0.0.1", "--port", "9090", "--data-dir", "./data"];
const server = spawn(
  process.execPath,
  [join(root, "packages/server/bin/aegis-server.js"), ...defaults, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
// The server closes its database on these; this process only waits for it.
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => server.kill(signal));
}
server.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
