import { expect } from "vitest";
import type { Database } from "../database.js";
import { AegisError } from "../errors.js";
import { open } from "../open.js";

/** A database that a test does its worst to. */
export class HostileFixture implements AsyncDisposable {
  readonly #rejections: unknown[] = [];
  readonly #onRejection = (error: unknown): void => void this.#rejections.push(error);

  private constructor(readonly db: Database) {
    process.on("unhandledRejection", this.#onRejection);
  }

  static async start(): Promise<HostileFixture> {
    const db = await open(":memory:");
    await db.exec(
      "CREATE TABLE kept (id INT PRIMARY KEY, x TEXT UNIQUE); " +
        "INSERT INTO kept VALUES (1, 'one'), (2, 'two'), (3, NULL)",
    );
    return new HostileFixture(db);
  }

  /** Nothing was lost, nothing is open, nothing failed where nobody looked. */
  async expectUnharmed(): Promise<void> {
    // Rejections that nobody takes are reported after the turn they happen in.
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(this.#rejections).toEqual([]);
    const { rows } = await this.db.query("SELECT id, x FROM kept ORDER BY id", [], {
      rowMode: "array",
    });
    expect(rows).toEqual([
      [1, "one"],
      [2, "two"],
      [3, null],
    ]);
    expect(this.db.tables().map(({ name }) => name)).toEqual(["kept"]);
    expect(this.db.stats().openSnapshots).toBe(0);
    expect((await this.db.check()).problems).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("unhandledRejection", this.#onRejection);
    await this.db.close();
  }
}

/** What a call throws or rejects with, which must be an error of ours and no broken invariant. */
export async function refusalOf(call: () => unknown): Promise<AegisError> {
  let given: unknown;
  try {
    given = await call();
  } catch (error) {
    expect(error).toBeInstanceOf(AegisError);
    const refusal = error as AegisError;
    expect(refusal.kind).not.toBe("internal");
    expect(refusal.message).not.toBe("");
    return refusal;
  }
  throw new Error(`nothing was refused: ${typeof given}`);
}

/** Values of every kind, and some that throw whatever is done to them. */
export function strangeValues(): Readonly<Record<string, unknown>> {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return {
    undefined,
    null: null,
    number: 5,
    NaN,
    text: "x",
    boolean: true,
    bigint: 5n,
    symbol: Symbol("s"),
    function: () => 1,
    date: new Date(NaN),
    array: [1],
    cyclic,
    bare: Object.create(null) as unknown,
    revoked: revoked.proxy,
    object: { a: 1 },
    map: new Map(),
  };
}
