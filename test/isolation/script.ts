import type { Database } from "../../packages/core/src/database.js";
import { AegisError } from "../../packages/core/src/errors.js";
import type { Session } from "../../packages/core/src/query/api/index.js";

/** `T1 UPDATE …`: which session runs what. */
interface Step {
  readonly session: string;
  readonly text: string;
}

export const SETUP = `
  CREATE TABLE test (id int PRIMARY KEY, value int);
  INSERT INTO test (id, value) VALUES (1, 10), (2, 20)`;

/** The lines of a script as steps. */
export function stepsOf(script: string): Step[] {
  return script
    .trim()
    .split("\n")
    .map((line) => {
      const [, session, text] = /^\s*(T\d) (.*)$/.exec(line)!;
      return { session: session!, text: text! };
    });
}

/** Rows as "1:10 2:20", in order of their ids. */
function shown(rows: readonly unknown[]): string {
  const list = rows as readonly { readonly id: number; readonly value: number }[];
  const sorted = [...list].sort((a, b) => a.id - b.id);
  return sorted.map(({ id, value }) => `${id}:${value}`).join(" ") || "none";
}

/**
 * Runs a script, each session in a transaction of that level, and tells what each step gave: rows,
 * the SQLSTATE of an error, or "ok".
 */
export async function outcomesOf(
  db: Database,
  steps: readonly Step[],
  level: string,
): Promise<string[]> {
  const sessions = new Map<string, Session>();
  const outcomes: string[] = [];
  for (const { session: name, text } of steps) {
    let session = sessions.get(name);
    if (session === undefined) {
      session = db.session();
      sessions.set(name, session);
      await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
    }
    outcomes.push(await outcomeOf(session, text));
  }
  for (const session of sessions.values()) session.close();
  return outcomes;
}

export async function outcomeOf(session: Session | Database, text: string): Promise<string> {
  try {
    const { command, rows } = await session.query(text);
    return command === "SELECT" ? shown(rows) : "ok";
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    return error.sqlState ?? error.code;
  }
}
