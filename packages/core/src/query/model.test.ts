import { describe, expect, it } from "vitest";
import type { Sink, TableChange, Value } from "@aegisdb/sql";
import { Prng } from "../base/prng.js";
import { AegisError } from "../errors.js";
import { locatedRows } from "../testing/source-rows.js";
import { checkMatches, checkTable } from "../testing/sql-checks.js";
import { SqlFixture } from "../testing/sql-fixture.js";
import { rowText, TableOracle } from "../testing/sql-oracle.js";
import {
  randomColumn,
  randomIndex,
  randomRow,
  randomTable,
  randomValue,
} from "../testing/sql-tables.js";

type Tables = Map<string, TableOracle>;

/** A database and what it must hold, changed together at random. */
class Model {
  readonly #prng: Prng;
  #fixture: SqlFixture;
  #tables: Tables = new Map();
  #names = 0;

  constructor(seed: number) {
    this.#prng = new Prng(seed);
    this.#fixture = new SqlFixture(undefined, { writeBufferBytes: 40_000 });
  }

  async run(rounds: number): Promise<void> {
    this.#transaction((sink, tables) => this.#createTable(sink, tables));
    for (let round = 0; round < rounds; round++) {
      if (this.#prng.chance(0.7)) this.#transaction((sink, tables) => this.#steps(sink, tables));
      else await this.#manual();
      if (this.#prng.chance(0.1)) await this.#fixture.checkpoint();
      if (this.#prng.chance(0.05)) await this.#fixture.compact();
      if (this.#prng.chance(0.05)) this.#fixture = await this.#fixture.reopened();
      if (this.#prng.chance(0.05)) await this.#crash();
      this.#check();
    }
    await this.#fixture.close();
  }

  async #crash(): Promise<void> {
    await this.#fixture.opened.engine.durable();
    this.#fixture = this.#fixture.crashed();
  }

  #check(): void {
    const { source, release } = this.#fixture.host.snapshot();
    const latest = this.#fixture.host.latest();
    for (const oracle of this.#tables.values()) {
      checkTable(this.#prng.chance(0.5) ? source : latest, oracle, this.#prng);
    }
    expect(
      latest
        .tables("public")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...this.#tables.keys()].sort());
    release();
  }

  #transaction(fn: (sink: Sink, tables: Tables) => void): void {
    const tables = copyOf(this.#tables);
    if (this.#prng.chance(0.1)) {
      const stop = new Error("rolled back");
      const failing = (sink: Sink): void => {
        fn(sink, tables);
        throw stop;
      };
      expect(() => this.#fixture.host.autocommit(failing)).toThrow(stop);
      return;
    }
    void this.#fixture.host.autocommit((sink) => fn(sink, tables));
    this.#tables = tables;
  }

  async #manual(): Promise<void> {
    const isolation = this.#prng.chance(0.5) ? "serializable" : "snapshot";
    const tx = this.#fixture.host.begin({ isolation, readOnly: false });
    const tables = copyOf(this.#tables);
    const before = tx.sink.catalogVersion;
    for (let i = this.#prng.int(3); i >= 0; i--) {
      const savepoint = tx.sink.savepoint();
      const kept = copyOf(tables);
      const version = tx.sink.catalogVersion;
      this.#steps(tx.sink, kept);
      for (const oracle of kept.values()) checkTable(tx.sink, oracle, this.#prng);
      if (this.#prng.chance(0.4)) {
        tx.sink.rollbackTo(savepoint);
        expect(tx.sink.catalogVersion).toBe(version);
        for (const oracle of tables.values()) checkTable(tx.sink, oracle, this.#prng);
      } else {
        tables.clear();
        for (const [name, oracle] of kept) tables.set(name, oracle);
      }
    }
    if (this.#prng.chance(0.3)) {
      tx.rollback();
      expect(this.#fixture.host.latest().catalogVersion).toBe(before);
      return;
    }
    await tx.commit();
    this.#tables = tables;
  }

  #steps(sink: Sink, tables: Tables): void {
    for (let i = this.#prng.int(8); i >= 0; i--) {
      if (tables.size === 0 || this.#prng.chance(0.05)) this.#createTable(sink, tables);
      const oracle = this.#prng.pick([...tables.values()]);
      this.#step(sink, oracle, tables);
    }
  }

  #step(sink: Sink, oracle: TableOracle, tables: Tables): void {
    const dice = this.#prng.int(100);
    if (dice < 50) this.#insert(sink, oracle);
    else if (dice < 70) this.#update(sink, oracle);
    else if (dice < 80) this.#delete(sink, oracle);
    else if (dice < 88) checkMatches(sink, oracle, this.#prng);
    else if (dice < 98) this.#alter(sink, oracle);
    else if (dice < 99) {
      sink.truncate(oracle.info);
      oracle.info = sink.table("public", oracle.info.name)!;
      oracle.rows = [];
    } else {
      sink.dropTable(oracle.info);
      tables.delete(oracle.info.name);
    }
  }

  #createTable(sink: Sink, tables: Tables): void {
    const name = `t${this.#names++}`;
    tables.set(name, new TableOracle(sink.createTable(randomTable(this.#prng, name))));
  }

  #insert(sink: Sink, oracle: TableOracle): void {
    const row = randomRow(this.#prng, oracle.info.columns);
    const fails = oracle.conflict(row, undefined) !== undefined;
    expectFailure(fails, () => sink.insert(oracle.info, row));
    if (!fails) oracle.rows.push(row);
  }

  #update(sink: Sink, oracle: TableOracle): void {
    const found = this.#anyRow(sink, oracle);
    if (found === undefined) return;
    const row = found.row.map((value, i) =>
      this.#prng.chance(0.5) ? value : randomValue(this.#prng, oracle.info.columns[i]!),
    );
    const self = oracle.rows.find((other) => rowText(other) === rowText(found.row));
    const fails = oracle.conflict(row, self) !== undefined;
    expectFailure(fails, () => {
      const locator = sink.update(oracle.info, found.locator, found.row, row);
      expect(rowText(sink.row(oracle.info, locator)!)).toBe(rowText(row));
    });
    if (!fails) oracle.rows = oracle.rows.map((other) => (other === self ? row : other));
  }

  #delete(sink: Sink, oracle: TableOracle): void {
    const found = this.#anyRow(sink, oracle);
    if (found === undefined) return;
    sink.delete(oracle.info, found.locator, found.row);
    expect(sink.row(oracle.info, found.locator)).toBeUndefined();
    const self = oracle.rows.findIndex((other) => rowText(other) === rowText(found.row));
    oracle.rows.splice(self, 1);
  }

  #anyRow(sink: Sink, { info }: TableOracle): ReturnType<typeof locatedRows>[number] | undefined {
    const columns = info.columns.map((_, i) => i);
    const rows = locatedRows(sink.scan(info, { columns, locators: true }));
    return rows.length === 0 ? undefined : this.#prng.pick(rows);
  }

  #alter(sink: Sink, oracle: TableOracle): void {
    const { info } = oracle;
    const dice = this.#prng.int(5);
    if (dice === 0) {
      const index = randomIndex(this.#prng, info);
      const fails = index.unique && oracle.hasDuplicates(index);
      const savepoint = sink.savepoint();
      expectFailure(fails, () => sink.createIndex(info, index));
      if (fails) sink.rollbackTo(savepoint);
    } else if (dice === 1) {
      const indexes = info.indexes.filter(({ constraint }) => constraint !== "primary");
      if (indexes.length > 0) sink.dropIndex(info, this.#prng.pick(indexes));
    } else if (dice === 2) {
      const fill = randomColumn(this.#prng, false);
      const value = randomValue(this.#prng, fill);
      sink.alterTable(info, { kind: "addColumn", column: fill, fill: value });
      oracle.rows = oracle.rows.map((row) => [...row, value]);
    } else if (dice === 3) this.#dropColumn(sink, oracle);
    else this.#replaceColumn(sink, oracle);
    oracle.info = sink.table("public", info.name)!;
  }

  #dropColumn(sink: Sink, oracle: TableOracle): void {
    const { info } = oracle;
    const used = new Set([
      ...info.primaryKey,
      ...info.indexes.flatMap((index) => index.columns.map(({ column }) => column)),
    ]);
    const free = info.columns.map((_, i) => i).filter((column) => !used.has(column));
    if (free.length === 0 || info.columns.length === 1) return;
    const dropped = this.#prng.pick(free);
    sink.alterTable(info, { kind: "dropColumn", column: dropped });
    oracle.rows = oracle.rows.map((row) => row.filter((_, i) => i !== dropped));
  }

  /** Another type or another nullability, with values made of the old ones. */
  #replaceColumn(sink: Sink, oracle: TableOracle): void {
    const { info } = oracle;
    const column = this.#prng.int(info.columns.length);
    const old = info.columns[column]!;
    const notNull = info.primaryKey.includes(column) || this.#prng.chance(0.3);
    const fresh = { ...randomColumn(this.#prng, notNull), name: old.name };
    const values = new Map<string, Value>();
    const convert = (value: Value): Value => {
      const key = rowText([value]);
      if (!values.has(key)) values.set(key, randomValue(this.#prng, fresh));
      return values.get(key)!;
    };
    const change: TableChange = { kind: "alterColumn", column, info: fresh, convert };
    const after = oracle.copy();
    after.info = { ...info, columns: info.columns.map((c, i) => (i === column ? fresh : c)) };
    after.rows = oracle.rows.map((row) => row.map((v, i) => (i === column ? convert(v) : v)));
    const fails = info.indexes.some((index) => index.unique && after.hasDuplicates(index));
    const savepoint = sink.savepoint();
    expectFailure(fails, () => sink.alterTable(info, change));
    if (fails) sink.rollbackTo(savepoint);
    else oracle.rows = after.rows;
  }
}

function copyOf(tables: Tables): Tables {
  return new Map([...tables].map(([name, oracle]) => [name, oracle.copy()]));
}

/** Unique keys fail where, and only where, the oracle has found a duplicate. */
function expectFailure(fails: boolean, fn: () => void): void {
  let code: string | undefined;
  try {
    fn();
  } catch (error) {
    if (!(error instanceof AegisError)) throw error;
    ({ code } = error);
    if (!fails) throw error;
  }
  expect(code).toBe(fails ? "UNIQUE_VIOLATION" : undefined);
}

const FIRST_SEED = Number(process.env["AEGIS_SEED"] ?? 1);
const RUNS = process.env["AEGIS_LONG"] === "1" ? 400 : 12;

describe("random statements", () => {
  it.each(Array.from({ length: RUNS }, (_, i) => FIRST_SEED + i))(
    "leave what an obvious table has, seed %i",
    async (seed) => {
      await new Model(seed).run(25);
    },
  );
});
