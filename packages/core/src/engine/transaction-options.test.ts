import { expect, test } from "vitest";
import { open, type TransactionOptions } from "../index.js";

test.each([
  [{ isolatoin: "snapshot" }, /no option "isolatoin"/],
  [{ isolation: "read committed" }, /"isolation" must be "serializable" or "snapshot"/],
  [{ readOnly: 1 }, /"readOnly" must be true or false/],
  [{ maxRetries: -1 }, /"maxRetries" must be an integer/],
  [{ maxRetries: 1.5 }, /"maxRetries" must be an integer/],
  [{ signal: "now" }, /"signal" must be an AbortSignal/],
  [null, /must be an object/],
])("a transaction with the options %j is refused before it runs", async (options, message) => {
  await using db = await open(":memory:");
  let ran = false;
  const call = db.transaction(() => {
    ran = true;
  }, options as TransactionOptions);
  await expect(call).rejects.toMatchObject({
    code: "INVALID_OPTION",
    message: expect.stringMatching(message) as string,
  });
  expect(ran).toBe(false);
});

test("a transaction without a function is refused", async () => {
  await using db = await open(":memory:");
  await expect(db.transaction(5 as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
