import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KvFixture } from "../testing/kv-fixture.js";
import { KvOracle } from "../testing/kv-oracle.js";
import type { EntryInput, ListOptions, SetOptions } from "./index.js";
import { ENTRIES_TREE, EXPIRES_AT, EXPIRY_TREE } from "./layout.js";

/** Few, so that writes often meet what is there, live or expired. */
const SPACES = ["default", "n"];
const KEYS = ["a", "ab", "b🦊", "b\uffee"];

type Write =
  | { kind: "set"; space: string; key: string; value: unknown; options: SetOptions }
  | { kind: "setMany"; space: string; entries: EntryInput<unknown>[] }
  | { kind: "delete"; space: string; key: string }
  | { kind: "deleteMany"; space: string; keys: string[] }
  | { kind: "deletePrefix"; space: string; prefix: string }
  | { kind: "increment"; space: string; key: string; by: number; ttl: number | undefined }
  | { kind: "expire"; space: string; key: string; ttl: number | null };

type Step =
  | { kind: "write"; write: Write }
  | { kind: "transaction"; writes: Write[]; fails: boolean }
  | { kind: "advance"; ms: number }
  | { kind: "sweep" }
  | { kind: "checkpoint" }
  | { kind: "list"; space: string; options: ListOptions };

const space = fc.constantFrom(...SPACES);
const key = fc.constantFrom(...KEYS);
const prefix = fc.constantFrom("", "a", "ab", "b", "b🦊", "z");
const ttl = fc.integer({ min: 1, max: 20 });
const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.string({ maxLength: 5 }).filter((s) => !s.includes("\0")),
  fc.constantFrom<unknown>(null, true, [], { n: 1, list: ["x"] }, 12n, new Date(5)),
);
const setOptions: fc.Arbitrary<SetOptions> = fc.oneof(
  fc.constant({}),
  fc.record({ ttl }),
  fc.record({ ttl, ifAbsent: fc.boolean() }),
  fc.record({ keepTtl: fc.boolean(), ifAbsent: fc.boolean() }),
);
const entry: fc.Arbitrary<EntryInput<unknown>> = fc.oneof(
  fc.tuple(key, value),
  fc.record({ key, value, ttl: fc.option(ttl, { nil: undefined }) }),
);
const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      space,
      key,
      value,
      options: setOptions,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("setMany" as const),
      space,
      entries: fc.array(entry, { maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), space, key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("deleteMany" as const),
      space,
      keys: fc.array(key, { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("deletePrefix" as const), space, prefix }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("increment" as const),
      space,
      key,
      by: fc.integer({ min: -3, max: 3 }),
      ttl: fc.option(ttl, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("expire" as const),
      space,
      key,
      ttl: fc.option(ttl, { nil: null }),
    }),
  },
);
const bound = fc.option(fc.constantFrom("", ...KEYS), { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), write }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("transaction" as const),
      writes: fc.array(write, { maxLength: 8 }),
      fails: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("checkpoint" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("list" as const),
      space,
      options: fc.record({
        prefix: fc.option(prefix, { nil: undefined }),
        start: bound,
        end: bound,
        limit: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
        reverse: fc.boolean(),
      }),
    }),
  },
);

/** What the namespaces of the database and those of a transaction have in common. */
type Target = (space: string) => {
  set(key: string, value: unknown, options?: SetOptions): unknown;
  setMany(entries: EntryInput<unknown>[]): unknown;
  delete(key: string): unknown;
  deleteMany(keys: string[]): unknown;
  deletePrefix(prefix: string): unknown;
  increment(key: string, by: number, options?: { ttl?: number | undefined }): unknown;
  expire(key: string, ttl: number): unknown;
  persist(key: string): unknown;
};

function applyWrite(target: Target, write: Write): unknown {
  const namespace = target(write.space);
  switch (write.kind) {
    case "set":
      return namespace.set(write.key, write.value, write.options);
    case "setMany":
      return namespace.setMany(write.entries);
    case "delete":
      return namespace.delete(write.key);
    case "deleteMany":
      return namespace.deleteMany(write.keys);
    case "deletePrefix":
      return namespace.deletePrefix(write.prefix);
    case "increment":
      return namespace.increment(write.key, write.by, { ttl: write.ttl });
    case "expire":
      return write.ttl === null
        ? namespace.persist(write.key)
        : namespace.expire(write.key, write.ttl);
  }
}

function applyToOracle(oracle: KvOracle, write: Write, now: number): unknown {
  switch (write.kind) {
    case "set":
      return oracle.set(write.space, write.key, write.value, write.options, now);
    case "setMany":
      return oracle.setMany(write.space, write.entries, now);
    case "delete":
      return oracle.delete(write.space, write.key, now);
    case "deleteMany":
      return write.keys.filter((key) => oracle.delete(write.space, key, now)).length;
    case "deletePrefix":
      return oracle.deletePrefix(write.space, write.prefix, now);
    case "increment":
      return oracle.increment(write.space, write.key, write.by, write.ttl, now);
    case "expire":
      return oracle.expire(write.space, write.key, write.ttl, now);
  }
}

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    expect(error).toMatchObject({ code: "NOT_A_NUMBER" });
    return "error";
  }
}

async function runTransaction(
  fixture: KvFixture,
  oracle: KvOracle,
  { writes, fails }: { writes: Write[]; fails: boolean },
): Promise<KvOracle> {
  const now = fixture.engine.now();
  const changed = oracle.copy();
  const done = fixture.transaction(async (tx) => {
    for (const write of writes) {
      const got = await outcome(() => applyWrite((name) => tx.namespace(name), write));
      expect(got).toEqual(applyToOracle(changed, write, now));
    }
    if (fails) throw new Error("rolled back");
  });
  if (!fails) return done.then(() => changed);
  await expect(done).rejects.toThrow("rolled back");
  return oracle;
}

function expectSame(fixture: KvFixture, oracle: KvOracle): void {
  const now = fixture.engine.now();
  const versions: { writes: number; version: bigint }[] = [];
  expect(fixture.kv.namespaces()).toEqual(oracle.namespaces(now));
  for (const name of SPACES) {
    const namespace = fixture.kv.namespace(name);
    const expected = oracle.entries(name, now);
    expect([...namespace.list()]).toEqual(expected.map(([key, { value }]) => ({ key, value })));
    expect(namespace.count()).toBe(expected.length);
    for (const key of KEYS) {
      const known = oracle.get(name, key, now);
      expect(namespace.get(key)).toEqual(known?.value);
      const entry = namespace.entry(key);
      if (known !== undefined) versions.push({ writes: known.writes, version: entry!.version });
      expect(entry?.createdAt.getTime()).toBe(milliseconds(known?.createdAt));
      expect(entry?.updatedAt.getTime()).toBe(milliseconds(known?.updatedAt));
      expect(entry?.expiresAt?.getTime()).toBe(milliseconds(known?.expiresAt ?? undefined));
    }
  }
  expectGrowing(versions.sort((a, b) => a.writes - b.writes).map(({ version }) => version));
}

/** Of two values the one written later has the larger version. */
function expectGrowing(versions: readonly bigint[]): void {
  for (let i = 1; i < versions.length; i++) expect(versions[i]! > versions[i - 1]!).toBe(true);
}

function milliseconds(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : Math.floor(micros / 1000);
}

/** The expiry index has a row for every entry that expires, and no other. */
function expectExactIndex(fixture: KvFixture): void {
  const view = fixture.engine.latest();
  const entries = view.tree(ENTRIES_TREE);
  const expiry = view.tree(EXPIRY_TREE);
  if (entries === undefined || expiry === undefined) return;
  const expected: unknown[] = [];
  for (const rows = view.scan(entries); rows.next();) {
    const expiresAt = rows.row.value(EXPIRES_AT);
    if (expiresAt !== null) expected.push([expiresAt, rows.row.value(0), rows.row.value(1)]);
  }
  const found: unknown[] = [];
  for (const rows = view.scan(expiry); rows.next();) found.push(expiry.codec.decode(rows.key));
  expect(found.map(String).sort()).toEqual(expected.map(String).sort());
}

async function runStep(fixture: KvFixture, oracle: KvOracle, step: Step): Promise<KvOracle> {
  const now = fixture.engine.now();
  switch (step.kind) {
    case "write": {
      const done = outcome(() => applyWrite((name) => fixture.kv.namespace(name), step.write));
      expect(await done).toEqual(applyToOracle(oracle, step.write, now));
      return oracle;
    }
    case "transaction":
      return runTransaction(fixture, oracle, step);
    case "advance":
      fixture.clock.advance(step.ms);
      return oracle;
    case "checkpoint":
      await fixture.checkpoint();
      return oracle;
    case "sweep":
      fixture.kv.sweep();
      return oracle;
    case "list": {
      const namespace = fixture.kv.namespace(step.space);
      const expected = oracle.list(step.space, step.options, now);
      expect([...namespace.list(step.options)]).toEqual(expected);
      expect([...namespace.keys(step.options)]).toEqual(expected.map(({ key }) => key));
      const { prefix, start, end } = step.options;
      const counted = oracle.list(step.space, { prefix, start, end }, now).length;
      expect(namespace.count({ prefix, start, end })).toBe(counted);
      return oracle;
    }
  }
}

describe("the key-value model", () => {
  test("does what a map per namespace does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const fixture = new KvFixture();
        let oracle = new KvOracle();
        for (const step of steps) {
          oracle = await runStep(fixture, oracle, step);
          expectSame(fixture, oracle);
        }
        expectExactIndex(fixture);
        await fixture.close();
      }),
      { numRuns: 100 },
    );
  });
});
