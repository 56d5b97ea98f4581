import { CLIENT_VERSION } from "./index.js";

/** Runs the command line under the name it was started by; resolves with the exit code. */
export function main(name: "aegis" | "aegis-client", args: readonly string[]): Promise<number> {
  if (args.includes("--version")) {
    process.stdout.write(`${name} ${CLIENT_VERSION}\n`);
    return Promise.resolve(0);
  }
  process.stderr.write(`${name}: this version only answers --version\n`);
  return Promise.resolve(1);
}
