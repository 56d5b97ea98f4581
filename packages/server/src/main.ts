import { SERVER_VERSION } from "./index.js";

/** Runs the command line of `aegis-server`; resolves with the exit code. */
export function main(args: readonly string[]): Promise<number> {
  if (args.includes("--version")) {
    process.stdout.write(`aegis-server ${SERVER_VERSION}\n`);
    return Promise.resolve(0);
  }
  process.stderr.write("aegis-server: this version only answers --version\n");
  return Promise.resolve(1);
}
