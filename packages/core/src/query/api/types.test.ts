import { describe, expectTypeOf, test } from "vitest";
import type { Database } from "../../database.js";
import type { DatabaseSnapshot } from "../../snapshot.js";
import type { Transaction } from "../../transaction.js";
import type {
  QueryColumn,
  PreparedStatement,
  QueryResult,
  ReadStatement,
  RunResult,
  ScriptResult,
  Session,
  SqlRow,
  TransactionStatement,
} from "./index.js";

interface User {
  id: number;
  name: string;
}

/** Calls that are only looked at by the compiler. */
function typed(calls: (db: Database, tx: Transaction, at: DatabaseSnapshot) => void): void {
  expectTypeOf(calls).returns.toEqualTypeOf<void>();
}

describe("types of SQL calls", () => {
  test("query gives rows of the type it is told", () => {
    typed((db) => {
      const result = db.query<User>("SELECT", [21], { timeout: "5s", rowMode: "object" });
      expectTypeOf(result).toEqualTypeOf<Promise<QueryResult<User>>>();
      expectTypeOf(db.query("SELECT")).toEqualTypeOf<Promise<QueryResult>>();
      expectTypeOf(db.query("SELECT :a", { a: 1 })).toEqualTypeOf<Promise<QueryResult>>();
      expectTypeOf<QueryResult["rows"]>().toEqualTypeOf<SqlRow[]>();
      expectTypeOf<QueryResult["columns"]>().toEqualTypeOf<readonly QueryColumn[]>();
    });
    expectTypeOf<Database["query"]>().parameter(1).exclude(undefined).not.toBeAny();
    expectTypeOf<{ rowMode: "rows" }>().not.toExtend<
      NonNullable<Parameters<Database["query"]>[2]>
    >();
  });

  test("a prepared statement takes its parameters one by one, or an object for names", () => {
    typed((db) => {
      const byId = db.prepare<[id: number], User>("SELECT * FROM users WHERE id = $1");
      expectTypeOf(byId).toEqualTypeOf<PreparedStatement<[id: number], User>>();
      expectTypeOf(byId.get).parameters.toEqualTypeOf<[id: number]>();
      expectTypeOf(byId.get(1)).toEqualTypeOf<User | undefined>();
      expectTypeOf(byId.all(1)).toEqualTypeOf<User[]>();
      expectTypeOf(byId.iterate(1)).toEqualTypeOf<IterableIterator<User>>();
      expectTypeOf(byId.run(1)).toEqualTypeOf<Promise<RunResult<User>>>();
      const named = db.prepare<{ id: number }, User>("SELECT * FROM users WHERE id = :id");
      expectTypeOf(named.get).parameters.toEqualTypeOf<[{ id: number }]>();
      const open = db.prepare("SELECT");
      expectTypeOf(open.get).parameters.toEqualTypeOf<unknown[]>();
      expectTypeOf(open.get()).toEqualTypeOf<SqlRow | undefined>();
    });
  });

  test("the template tag gives rows", () => {
    typed((db) => {
      expectTypeOf(db.sql<User>`SELECT * FROM users WHERE age > ${21}`).toEqualTypeOf<
        Promise<User[]>
      >();
      expectTypeOf(db.sql`SELECT 1`).toEqualTypeOf<Promise<SqlRow[]>>();
    });
  });

  test("scripts, sessions and explanations", () => {
    typed((db) => {
      expectTypeOf(db.exec("SELECT 1")).toEqualTypeOf<Promise<ScriptResult>>();
      expectTypeOf(db.session()).toEqualTypeOf<Session>();
      const session = db.session();
      expectTypeOf(session.query<User>("SELECT")).toEqualTypeOf<Promise<QueryResult<User>>>();
      expectTypeOf(session.exec("SELECT")).toEqualTypeOf<Promise<ScriptResult>>();
      expectTypeOf(session.prepare<[number], User>("SELECT")).toEqualTypeOf<
        PreparedStatement<[number], User>
      >();
      expectTypeOf(session.close()).toEqualTypeOf<void>();
      expectTypeOf(db.explain("SELECT 1", { analyze: true })).toEqualTypeOf<string>();
      expectTypeOf(db.explain("SELECT 1")).toEqualTypeOf<string>();
      expectTypeOf(db.explain("SELECT 1", { format: "json" })).toEqualTypeOf<unknown>();
    });
  });

  test("inside a transaction nothing is a promise", () => {
    typed((_db, tx) => {
      expectTypeOf(tx.query<User>("SELECT", [1])).toEqualTypeOf<QueryResult<User>>();
      expectTypeOf(tx.sql<User>`SELECT ${1}`).toEqualTypeOf<User[]>();
      expectTypeOf(tx.exec("SELECT 1")).toEqualTypeOf<ScriptResult>();
      const add = tx.prepare<[string], User>("INSERT");
      expectTypeOf(add).toEqualTypeOf<TransactionStatement<[string], User>>();
      expectTypeOf(add.run("Alice")).toEqualTypeOf<RunResult<User>>();
      expectTypeOf(add.get("Alice")).toEqualTypeOf<User | undefined>();
    });
  });

  test("a snapshot only reads", () => {
    typed((_db, _tx, at) => {
      expectTypeOf(at.query<User>("SELECT")).toEqualTypeOf<Promise<QueryResult<User>>>();
      expectTypeOf(at.prepare<[number], User>("SELECT")).toEqualTypeOf<
        ReadStatement<[number], User>
      >();
      expectTypeOf(at.sql<User>`SELECT 1`).toEqualTypeOf<Promise<User[]>>();
    });
    expectTypeOf<ReadStatement>().not.toHaveProperty("run");
  });
});
