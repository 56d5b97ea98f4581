import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Prng } from "../base/prng.js";
import { open, type Database, type Session } from "../index.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(`
    CREATE TABLE teams (id int PRIMARY KEY);
    CREATE TABLE people (
      id int PRIMARY KEY,
      email text UNIQUE,
      team int REFERENCES teams ON DELETE CASCADE
    );
    CREATE INDEX people_team ON people (team);
    INSERT INTO teams SELECT generate_series(1, 5);
  `);
});

afterEach(() => db.close());

async function begin(level: string): Promise<Session> {
  const session = db.session();
  await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
  return session;
}

describe.each(["SERIALIZABLE", "REPEATABLE READ"])("foreign keys at %s", (level) => {
  it("keep a parent that got a child meanwhile", async () => {
    const [child, parent] = [await begin(level), await begin(level)];
    await parent.exec("DELETE FROM teams WHERE id = 1");
    await child.exec("INSERT INTO people VALUES (1, 'a', 1)");
    await child.exec("COMMIT");
    await expect(parent.exec("COMMIT")).rejects.toMatchObject({ sqlState: "40001" });
    expect(await db.sql`SELECT id FROM people`).toEqual([{ id: 1 }]);
  });

  it("refuse a child whose parent went meanwhile", async () => {
    const [child, parent] = [await begin(level), await begin(level)];
    await child.exec("INSERT INTO people VALUES (1, 'a', 1)");
    await parent.exec("DELETE FROM teams WHERE id = 1");
    await parent.exec("COMMIT");
    await expect(child.exec("COMMIT")).rejects.toMatchObject({ sqlState: "40001" });
    expect(await db.sql`SELECT id FROM people`).toEqual([]);
  });
});

/** Statements that get in each other's way. */
function statement(prng: Prng): string {
  const [id, email, team] = [prng.int(12), `'e${prng.int(6)}'`, 1 + prng.int(6)];
  switch (prng.int(6)) {
    case 0:
      return `INSERT INTO people VALUES (${id}, ${email}, ${team})`;
    case 1:
      return `INSERT INTO people SELECT ${id}, ${email}, id FROM teams WHERE id = ${team}
              ON CONFLICT DO NOTHING`;
    case 2:
      return `INSERT INTO people VALUES (${id}, ${email}, ${team})
              ON CONFLICT (email) DO UPDATE SET team = excluded.team`;
    case 3:
      return `UPDATE people SET email = ${email}, id = id + 1 WHERE id = ${id}`;
    case 4:
      return `DELETE FROM teams WHERE id = ${team}`;
    default:
      return `INSERT INTO teams VALUES (${team}) ON CONFLICT DO NOTHING`;
  }
}

async function expectConsistent(): Promise<void> {
  const duplicates = await db.sql`
    SELECT email FROM people WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1`;
  expect(duplicates).toEqual([]);
  const orphans = await db.sql`
    SELECT p.id FROM people p LEFT JOIN teams t ON t.id = p.team
    WHERE p.team IS NOT NULL AND t.id IS NULL`;
  expect(orphans).toEqual([]);
  expect(await db.check()).toMatchObject({ ok: true, problems: [] });
}

describe("random transactions of several sessions", () => {
  it.each([1, 2, 3, 4, 5, 6])("leave no duplicates and no orphans, seed %i", async (seed) => {
    const prng = new Prng(seed);
    const sessions = await Promise.all(["SERIALIZABLE", "REPEATABLE READ"].map(begin));
    const outcomes = new Map<string, number>();
    const count = (outcome: string): void => {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    for (let step = 0; step < 300; step++) {
      const session = prng.pick(sessions);
      const ends = prng.chance(0.2);
      const level = prng.pick(["SERIALIZABLE", "REPEATABLE READ"]);
      const text = ends ? "COMMIT" : statement(prng);
      try {
        await session.exec(text);
        count(ends ? "committed" : "done");
        if (!ends) continue;
      } catch (error) {
        count((error as { sqlState: string }).sqlState);
        await session.exec("ROLLBACK");
      }
      await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
    }
    for (const session of sessions) session.close();
    await expectConsistent();
    expect(outcomes.get("committed")).toBeGreaterThan(5);
    expect([...outcomes.keys()].filter((key) => /^\d/.test(key)).sort()).toEqual(
      expect.arrayContaining(["23505", "40001"]),
    );
  });
});
