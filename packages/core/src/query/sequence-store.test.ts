import { describe, expect, it } from "vitest";
import type { SequenceInfo } from "@aegisdb/sql";
import { rowsOf } from "../testing/source-rows.js";
import { SqlFixture } from "../testing/sql-fixture.js";

const MAX = 2n ** 63n - 1n;

function sequence(name: string, part: Partial<SequenceInfo> = {}): SequenceInfo {
  const range = { start: 1n, increment: 1n, min: 1n, max: MAX };
  return { name, ...range, cycle: false, ownedBy: undefined, ...part };
}

function take(fixture: SqlFixture, name: string, count: number): (number | bigint)[] {
  const { value } = fixture.host.autocommit((sink) =>
    Array.from({ length: count }, () => sink.nextval(name)),
  );
  return value;
}

function create(fixture: SqlFixture, info: SequenceInfo): void {
  void fixture.host.autocommit((sink) => sink.createSequence(info));
}

describe("a sequence", () => {
  it("counts without gaps, through a rollback and a clean reopening", async () => {
    const first = new SqlFixture();
    create(first, sequence("s"));
    expect(take(first, "s", 3)).toEqual([1, 2, 3]);
    const tx = first.host.begin({ isolation: "serializable", readOnly: false });
    expect(tx.sink.nextval("s")).toBe(4);
    tx.rollback();
    const second = await first.reopened();
    expect(take(second, "s", 40)).toEqual(Array.from({ length: 40 }, (_, i) => i + 5));
    await second.close();
  });

  it("never gives out a kept value again after a crash", async () => {
    let fixture = new SqlFixture();
    create(fixture, sequence("s"));
    let last = 0;
    for (let round = 0; round < 6; round++) {
      const [first, ...rest] = take(fixture, "s", 25) as number[];
      expect(first).toBeGreaterThan(last);
      last = rest.at(-1)!;
      await fixture.opened.engine.durable();
      fixture = fixture.crashed();
    }
    await fixture.close();
  });

  it("ends at its bounds, or begins again", async () => {
    const fixture = new SqlFixture();
    create(fixture, sequence("up", { start: 8n, max: 10n }));
    expect(take(fixture, "up", 3)).toEqual([8, 9, 10]);
    expect(() => take(fixture, "up", 1)).toThrow(
      expect.objectContaining({
        code: "SEQUENCE_EXHAUSTED",
        message: 'nextval: reached maximum value of sequence "up" (10)',
      }),
    );
    create(fixture, sequence("down", { start: -1n, increment: -2n, min: -6n, max: -1n }));
    expect(take(fixture, "down", 3)).toEqual([-1, -3, -5]);
    expect(() => take(fixture, "down", 1)).toThrow(/minimum value of sequence "down" \(-6\)/);
    create(fixture, sequence("round", { max: 3n, cycle: true }));
    expect(take(fixture, "round", 7)).toEqual([1, 2, 3, 1, 2, 3, 1]);
    create(fixture, sequence("wide", { start: MAX - 1n }));
    expect(take(fixture, "wide", 2)).toEqual([MAX - 1n, MAX]);
    await fixture.close();
  });

  it("can be read as a relation, and is not moved by that", async () => {
    const fixture = new SqlFixture();
    create(fixture, sequence("app.s", { start: 5n }));
    const read = (): unknown[] => {
      const source = fixture.host.latest();
      return rowsOf(source.scan(source.table("app", "s")!, { columns: [0, 2] }));
    };
    expect(read()).toEqual([[5, false]]);
    take(fixture, "app.s", 2);
    expect(read()).toEqual([[6, true]]);
    await fixture.close();
  });

  it("is not taken from in a read-only transaction", async () => {
    const fixture = new SqlFixture();
    create(fixture, sequence("s"));
    const { sink, rollback } = fixture.host.begin({ isolation: "snapshot", readOnly: true });
    const refusal = expect.objectContaining({ code: "READ_ONLY_TRANSACTION" }) as Error;
    expect(() => sink.nextval("s")).toThrow(refusal);
    expect(() => sink.setval("s", 1, true)).toThrow(refusal);
    rollback();
    expect(take(fixture, "s", 1)).toEqual([1]);
    await fixture.close();
  });

  it("is set, renamed and redefined without losing its place", async () => {
    const fixture = new SqlFixture();
    create(fixture, sequence("s"));
    take(fixture, "s", 2);
    void fixture.host.autocommit((sink) => sink.setval("s", 100, true));
    expect(take(fixture, "s", 2)).toEqual([101, 102]);
    void fixture.host.autocommit((sink) => sink.setval("s", 7, false));
    expect(take(fixture, "s", 2)).toEqual([7, 8]);
    expect(() => fixture.host.autocommit((sink) => sink.setval("s", 0, true))).toThrow(
      /value 0 is out of bounds for sequence "s"/,
    );
    void fixture.host.autocommit((sink) =>
      sink.alterSequence("s", sequence("app.t", { increment: 10n })),
    );
    expect(take(fixture, "app.t", 2)).toEqual([18, 28]);
    expect(fixture.host.latest().sequence("s")).toBeUndefined();
    expect(fixture.host.latest().sequences()).toEqual([sequence("app.t", { increment: 10n })]);
    const again = await fixture.reopened();
    expect(again.host.latest().sequence("app.t")).toEqual(sequence("app.t", { increment: 10n }));
    expect(take(again, "app.t", 1)).toEqual([38]);
    void again.host.autocommit((sink) => sink.dropSequence("app.t"));
    expect(() => take(again, "app.t", 1)).toThrow(
      expect.objectContaining({ code: "TABLE_NOT_FOUND" }),
    );
    await again.close();
  });
});
