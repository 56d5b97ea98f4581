import type { Command } from "commander";
import { ClientError } from "../errors.js";
import { render } from "./output.js";
import type { CommandContext } from "./program.js";

/** `status`: whether the server works. One that does not is a failure. */
export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command("status")
    .description("Check server health and status")
    .action(async () => {
      const client = context.client();
      const { status, version, uptime } = await client.health();
      const result = {
        columns: ["server", "status", "version", "uptime"],
        rows: [[client.server, status, version, uptime]],
      };
      context.terminal.out(render(result, context.format() ?? "table"));
      if (status !== "healthy") throw new ClientError("UNHEALTHY", `the server is ${status}`);
    });
}
