import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the script is, if it is. */
export const chinookFile: string = fileURLToPath(
  new URL("../../../shared/data/chinook/chinook-postgres.sql", import.meta.url),
);

/** Whether the script is on this machine; it is no part of the project. */
export const hasChinook: boolean = existsSync(chinookFile);

/** The script as it is published: psql's own lines and CREATE DATABASE are in it. */
export function chinookScript(): string {
  return readFileSync(chinookFile, "utf8");
}

/** The script as PostgreSQL's own protocol takes it: without what only psql understands. */
export function chinookForPostgres(): string {
  return chinookScript().replace(/^(DROP|CREATE) DATABASE[^;]*;|^\\c chinook;/gm, "");
}
