import { runProgram } from "./cli/program.js";

/** Runs the command line under the name it was started by; resolves with the exit code. */
export function main(name: "aegis" | "aegis-client", args: readonly string[]): Promise<number> {
  // `aegis kv list | head` closes the pipe early, which is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });
  return runProgram(name, args, {
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
  });
}
