import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerFixture } from "../testing/server-fixture.js";

const KEYS = "/api/v1/kv/keys";
let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await ServerFixture.start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe("a key", () => {
  test("is set, read and deleted", async () => {
    const set = await fixture.post(KEYS, { key: "greeting", value: { text: ["Hello", 1, null] } });
    expect(set).toMatchObject({ status: 200, body: { success: true, data: { key: "greeting" } } });
    const got = await fixture.ask(`${KEYS}/greeting`);
    expect(got.body.data).toMatchObject({
      key: "greeting",
      value: { text: ["Hello", 1, null] },
      expires_at: null,
    });
    expect(got.body.data!["version"]).toBeTypeOf("number");
    expect(Date.parse(got.body.data!["updated_at"] as string)).toBeGreaterThan(0);

    const remove = (): Promise<unknown> => fixture.ask(`${KEYS}/greeting`, { method: "DELETE" });
    expect(await remove()).toMatchObject({ status: 200, body: { data: { deleted: true } } });
    expect(await remove()).toMatchObject({ status: 200, body: { data: { deleted: false } } });
    const gone = await fixture.ask(`${KEYS}/greeting`);
    expect(gone).toMatchObject({
      status: 404,
      body: { success: false, error: { code: "NOT_FOUND" } },
    });
  });

  test.each(["a/b", "ключ", "🔑", "a b+c", "100%", "?x=1#y", "%2F", "..a", "__proto__", "~'()*"])(
    "may be %j",
    async (key) => {
      await fixture.set(key, key);
      const path = `${KEYS}/${encodeURIComponent(key)}`;
      expect((await fixture.ask(path)).body.data).toMatchObject({ key, value: key });
      const { body } = await fixture.ask(path, { method: "DELETE" });
      expect(body.data).toEqual({ key, deleted: true });
    },
  );

  test("expires", async () => {
    await fixture.post(KEYS, { key: "brief", value: 1, ttl: 30 });
    const long = await fixture.post(KEYS, { key: "long", value: 1, ttl: "1h" });
    expect(long.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await fixture.ask(`${KEYS}/brief`)).status).toBe(404);
    const { data } = (await fixture.ask(`${KEYS}/long`)).body;
    const left = Date.parse(data!["expires_at"] as string) - Date.now();
    expect(left).toBeGreaterThan(3_500_000);
    expect(left).toBeLessThan(3_601_000);
  });

  test("that the library stored as something else than JSON is still readable", async () => {
    await fixture.server.database.kv.set("rich", { at: new Date(0), big: 2n ** 60n });
    expect((await fixture.ask(`${KEYS}/rich`)).body.data).toMatchObject({
      value: { at: "1970-01-01T00:00:00.000Z", big: "1152921504606846976" },
    });
  });
});

describe("a list", () => {
  const names = ({ body }: Awaited<ReturnType<ServerFixture["ask"]>>): string[] =>
    (body.data!["keys"] as { key: string }[]).map(({ key }) => key);

  beforeAll(async () => {
    for (const key of ["user:1", "user:2", "user:2x", "user:3", "users"]) {
      await fixture.set(key, { key });
    }
  });

  test("has the keys with the prefix, in order, with values", async () => {
    const page = await fixture.ask(`${KEYS}?prefix=user:`);
    expect(names(page)).toEqual(["user:1", "user:2", "user:2x", "user:3"]);
    expect(page.body.data).toMatchObject({ count: 4, next: null });
    expect((page.body.data!["keys"] as unknown[])[0]).toMatchObject({ value: { key: "user:1" } });
  });

  test("leaves out values when asked to", async () => {
    const { body } = await fixture.ask(`${KEYS}?prefix=user:1&values=false`);
    expect(body.data).toMatchObject({ count: 1, keys: [{ key: "user:1" }] });
    expect((body.data!["keys"] as object[])[0]).not.toHaveProperty("value");
  });

  test("goes on behind a page", async () => {
    const seen: string[] = [];
    let after = "";
    for (let pages = 0; pages < 10; pages++) {
      const page = await fixture.ask(`${KEYS}?prefix=user&limit=2${after}`);
      seen.push(...names(page));
      const next = page.body.data!["next"] as string | null;
      if (next === null) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    expect(seen).toEqual(["user:1", "user:2", "user:2x", "user:3", "users"]);
  });

  test("ends a page early when its values are large, and loses none", async () => {
    for (let i = 0; i < 10; i++) await fixture.set(`large:${i}`, "x".repeat(1_000_000));
    const first = await fixture.ask(`${KEYS}?prefix=large:`);
    expect(names(first)).toHaveLength(9);
    const after = first.body.data!["next"] as string;
    expect(names(await fixture.ask(`${KEYS}?prefix=large:&after=${after}`))).toEqual(["large:9"]);
  });

  test("is deleted by prefix, never without one", async () => {
    await fixture.set("gone:1", 1);
    await fixture.set("gone:2", 2);
    const { body } = await fixture.ask(`${KEYS}?prefix=gone:`, { method: "DELETE" });
    expect(body.data).toEqual({ prefix: "gone:", deleted: 2 });
    for (const query of ["", "?prefix="]) {
      expect((await fixture.ask(`${KEYS}${query}`, { method: "DELETE" })).status).toBe(400);
    }
  });

  test.each([
    ["?prefx=a", "prefx"],
    ["?limit=0", "limit"],
    ["?limit=10001", "10000"],
    ["?limit=1e3", "limit"],
    ["?prefix=a&prefix=b", "twice"],
    ["?values=yes", "values"],
    ["?prefix=%FF", "UTF-8"],
    ["?prefix=%00", "NUL"],
  ])("%s is refused", async (query, message) => {
    const { status, body } = await fixture.ask(`${KEYS}${query}`);
    expect(status).toBe(400);
    expect(body.error!["message"]).toContain(message);
  });
});
