import type { Command } from "commander";
import { ClientError } from "../errors.js";
import type { KeyValueEntry } from "../key-value-client.js";
import { cellText, render, type Result } from "./output.js";
import type { CommandContext } from "./program.js";
import { UsageError } from "./usage-error.js";

const COLUMNS = ["key", "value", "version", "created_at", "updated_at", "expires_at"] as const;

/** `kv get | set | delete | list`. */
export function addKeyValueCommands(program: Command, context: CommandContext): void {
  const kv = program.command("kv").description("Key-value store operations");
  kv.command("get")
    .description("Print the value of a key; with --format, all that is known about it")
    .argument("<key>")
    .action((key: string) => get(context, key));
  kv.command("set")
    .description("Set the value of a key")
    .argument("<key>")
    .argument("<value>", "text, or JSON with --json")
    .option("--json", "the value is JSON: a number, an object, …")
    .option("--ttl <DURATION>", 'how long the entry lives, such as "90s" or "1h"')
    .action((key: string, value: string, options: SetFlags) => set(context, key, value, options));
  kv.command("delete")
    .description("Delete a key")
    .argument("<key>")
    .action((key: string) => remove(context, key));
  kv.command("list")
    .description("List keys and values, in key order")
    .option("--prefix <PREFIX>", "only keys that start with it")
    .action((options: ListFlags) => list(context, options));
}

interface SetFlags {
  readonly json?: boolean;
  readonly ttl?: string;
}

interface ListFlags {
  readonly prefix?: string;
}

async function get({ client, format, terminal }: CommandContext, key: string): Promise<void> {
  const entry = await client().kv.get(key);
  if (entry === undefined) {
    throw new ClientError("NOT_FOUND", `there is no key ${JSON.stringify(key)}`);
  }
  const asked = format();
  if (asked === "json") terminal.out(`${JSON.stringify(entry, null, 2)}\n`);
  else if (asked !== undefined) terminal.out(render(entriesResult([entry]), asked));
  else terminal.out(`${entry.value === null ? "null" : cellText(entry.value)}\n`);
}

async function set(
  { client, format, terminal }: CommandContext,
  key: string,
  text: string,
  { json, ttl }: SetFlags,
): Promise<void> {
  const value = json === true ? parseJson(text) : text;
  await client().kv.set(key, value, { ttl });
  const asked = format();
  if (asked === undefined) terminal.out("OK\n");
  else terminal.out(render({ columns: ["key"], rows: [[key]] }, asked));
}

async function remove({ client, format, terminal }: CommandContext, key: string): Promise<void> {
  const { deleted } = await client().kv.delete(key);
  const asked = format();
  if (asked !== undefined) {
    terminal.out(render({ columns: ["key", "deleted"], rows: [[key, deleted]] }, asked));
    return;
  }
  terminal.out(deleted ? "OK\n" : "there was no such key\n");
}

async function list(
  { client, format, terminal }: CommandContext,
  { prefix }: ListFlags,
): Promise<void> {
  const entries: KeyValueEntry[] = [];
  for await (const entry of client().kv.list({ prefix })) entries.push(entry);
  const asked = format() ?? "table";
  if (asked !== "table") {
    terminal.out(render(entriesResult(entries), asked));
    return;
  }
  const rows = entries.map(({ key, value }) => [key, value === null ? "null" : value]);
  terminal.out(render({ columns: ["key", "value"], rows }, "table"));
  terminal.out(`\n${entries.length} key(s)\n`);
}

function entriesResult(entries: readonly KeyValueEntry[]): Result {
  return { columns: COLUMNS, rows: entries.map((entry) => COLUMNS.map((name) => entry[name])) };
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the value is not JSON: ${reason}`);
  }
  const rounded = roundedNumber(text);
  if (rounded === undefined) return value;
  throw new UsageError(`the number ${rounded} cannot be kept exactly; store it as text`);
}

/** A whole number in valid JSON that a double cannot hold, and that would be changed silently. */
function roundedNumber(text: string): string | undefined {
  const withoutTexts = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const whole = withoutTexts.match(/(?<![\w.+-])-?\d{16,}(?![\w.])/g) ?? [];
  return whole.find((digits) => BigInt(Number(digits)) !== BigInt(digits));
}
