import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { open } from "../../packages/core/src/open.js";
import { hermitage } from "./hermitage-cases.js";
import { outcomeOf, outcomesOf, SETUP, stepsOf } from "./script.js";

/** What each level of SQL gets. */
const LEVELS = {
  SERIALIZABLE: "serializable",
  "REPEATABLE READ": "snapshot",
  "READ COMMITTED": "snapshot",
  "READ UNCOMMITTED": "snapshot",
} as const;

type Level = keyof typeof LEVELS;

describe.each(Object.keys(LEVELS) as Level[])("at %s", (level) => {
  it.each(hermitage)("$name", async (anomaly) => {
    const { gives, left } = anomaly[LEVELS[level]];
    const steps = stepsOf(anomaly.script);
    const expected = steps.map((_, i) => gives[i + 1] ?? "ok");
    // With an index another plan reads the same rows.
    const indexes = level === "READ UNCOMMITTED" ? [""] : ["", "; CREATE INDEX ON test (value)"];
    for (const index of indexes) {
      await using db = await open(":memory:");
      await db.exec(SETUP + index);
      expect(await outcomesOf(db, steps, level)).toEqual(expected);
      expect(await outcomeOf(db, "SELECT * FROM test")).toBe(left);
    }
  });
});

describe("FOR UPDATE and FOR SHARE", () => {
  const cases = hermitage.filter(({ snapshot }) => !snapshot.prevented);

  it.each(cases)("prevent $name at every level", async ({ script, serializable }) => {
    for (const [level, lock] of [
      ["REPEATABLE READ", "FOR UPDATE"],
      ["READ COMMITTED", "FOR SHARE"],
    ] as const) {
      await using db = await open(":memory:");
      await db.exec(SETUP);
      const steps = stepsOf(script.replace(/SELECT .*/g, `$& ${lock}`));
      const expected = steps.map((_, i) => serializable.gives[i + 1] ?? "ok");
      expect(await outcomesOf(db, steps, level)).toEqual(expected);
      expect(await outcomeOf(db, "SELECT * FROM test")).toBe(serializable.left);
    }
  });
});

describe("the guide", () => {
  const guide = readFileSync("docs/guide/isolation.md", "utf8");
  const cells = (name: string): string[] =>
    guide
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .find((row) => row[1]?.startsWith(`${name}:`) === true) ?? [];

  it.each(hermitage)("says what becomes of $name", ({ name, serializable, snapshot }) => {
    const word = (prevented: boolean): string => (prevented ? "prevented" : "possible");
    const [, , atSerializable, atSnapshot] = cells(name);
    expect([atSerializable, atSnapshot]).toEqual([
      word(serializable.prevented),
      word(snapshot.prevented),
    ]);
  });
});

const shared = process.env["AEGIS_SHARED"] ?? resolve("../shared");
const published = join(shared, "conformance/transactions/hermitage-postgres.md");

/** A statement of the published list: `update …; -- T1, BLOCKS`. */
interface PublishedStatement {
  readonly session: string;
  readonly text: string;
  readonly remark: string;
}

interface PublishedCase {
  readonly title: string;
  readonly statements: readonly PublishedStatement[];
}

function publishedCases(markdown: string): PublishedCase[] {
  const blocks = markdown.matchAll(/^(Postgres .*)\n\n```sql\n([\s\S]*?)```/gm);
  return [...blocks].map(([, title, sql]) => ({
    title: title!,
    statements: sql!.split("\n").flatMap((line) => {
      const [, text, session, remark] = /^(.*;)\s*-- (T\d|[Ee]ither)[.,]?(.*)$/.exec(line) ?? [];
      return text === undefined ? [] : [{ text, session: session!, remark: remark!.trim() }];
    }),
  }));
}

/** "Shows 1 => 11, 2 => 21" as an outcome; undefined where the remark says nothing of rows. */
function shownIn(remark: string): string | undefined {
  if (/returns nothing/i.test(remark)) return "none";
  const rows = [...remark.matchAll(/(\d+) => (\d+)/g)].map(([, id, value]) => `${id}:${value}`);
  return rows.length === 0 ? undefined : rows.join(" ");
}

describe.skipIf(!existsSync(published))("the published list for PostgreSQL", () => {
  const cases = existsSync(published) ? publishedCases(readFileSync(published, "utf8")) : [];

  it("is read as a whole", () => {
    expect(cases.length).toBeGreaterThan(15);
    for (const { title, statements } of cases) expect(statements.length, title).toBeGreaterThan(4);
  });

  it.each(cases)("$title", async ({ title, statements }) => {
    await using db = await open(":memory:");
    await db.exec(SETUP);
    const readCommitted = title.includes('"read committed"');
    const sessions = new Map([...new Set(statements.map((s) => s.session))].map(opened));
    function opened(name: string): [string, ReturnType<typeof db.session>] {
      return [name, db.session()];
    }
    const failedThere = new Set<string>();
    const failedHere = new Set<string>();
    for (const { session: name, text, remark } of statements) {
      if (/error/i.test(remark)) failedThere.add(/(T\d) now prints/.exec(remark)?.[1] ?? name);
      for (const part of text.split(";").filter((one) => one.trim() !== "")) {
        const outcome = await outcomeOf(sessions.get(name)!, part);
        if (outcome === "40001") failedHere.add(name);
        const expected = shownIn(remark);
        // Whoever reads at READ COMMITTED here stays on the instant of its first statement.
        if (expected !== undefined && !readCommitted) expect(outcome, text).toBe(expected);
        if (!/^\d*:|^none|^ok/.test(outcome)) expect(outcome, text).toBe("40001");
      }
    }
    // Nobody waits here: the session that PostgreSQL fails at a statement fails at its commit.
    const ends = statements.filter(({ text }) => /^abort/.test(text)).map((s) => s.session);
    for (const name of failedThere) {
      expect(failedHere.has(name) || ends.includes(name), `${name} does not commit`).toBe(true);
    }
    if (!readCommitted) {
      for (const name of failedHere) expect(failedThere, `${name} fails`).toContain(name);
    }
    for (const session of sessions.values()) session.close();
  });
});
