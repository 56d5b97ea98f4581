// `npm start`: sets up, then runs the server on 127.0.0.1:9090 with its data in ./data.
// Further arguments go to the server and win over these: npm start -- --port 9191

import { root } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

/** In this process, so that a signal reaches the server once, and its end is the end of all. */
async function start() {
  await setup();
  process.chdir(root);
  // Built by now, which it need not have been when this file was loaded.
  const { main } = await import("../packages/server/dist/main.js");
  const defaults = ["--host", "127.0.0.1", "--port", "9090", "--data-dir", "./data"];
  return main([...defaults, ...process.argv.slice(2)]);
}

const PARENT_CHECK_MS = 250;

/**
 * npm runs this under a shell that dies of a signal without passing it on; the server must not be
 * left behind then, holding the port and the data.
 */
function endWithNpm() {
  if (process.env["npm_lifecycle_event"] !== "start") return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS);
  check.unref();
}

endWithNpm();
try {
  process.exitCode = await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
