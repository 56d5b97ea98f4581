import { describe, expect, test } from "vitest";
import { checkImport, importProblems, importsOf } from "./imports.js";
import { sourceFiles } from "./source-files.js";

describe("the repository", () => {
  test("has imports that point downwards only", () => {
    const files = sourceFiles();
    expect(files.flatMap(importsOf).length).toBeGreaterThan(10);
    expect(importProblems(files)).toEqual([]);
  });
});

describe("the check", () => {
  const core = "packages/core/src";
  const sql = "packages/sql/src";

  test.each([
    [`${core}/engine/commit.ts`, "../log/contract.js"],
    [`${core}/engine/commit.ts`, "./catalog.js"],
    [`${core}/kv/namespace.ts`, "../engine/contract.js"],
    [`${core}/base/coding.ts`, "../errors.js"],
    [`${core}/options.ts`, "./limits.js"],
    [`${core}/run/reader.ts`, "@aegisdb/sql/contract"],
    [`${core}/run/reader.ts`, "../tree/layout.js"],
    [`${core}/query/source.ts`, "@aegisdb/sql"],
    [`${core}/query/source.ts`, "../graph/nodes.js"],
    [`${core}/database.ts`, "@aegisdb/sql"],
    [`${core}/open.ts`, "./database.js"],
    [`${core}/index.ts`, "./open.js"],
    [`${core}/log/file-log.test.ts`, "../testing/log-contract.js"],
    [`${core}/log/file-log.test.ts`, "../engine/engine.js"],
    [`${core}/testing/oracle.ts`, "../database.js"],
    [`${core}/vfs/node-fs.ts`, "node:fs"],
    [`${sql}/parser/lexer.ts`, "chevrotain"],
    [`${sql}/executor/scan.ts`, "../contract/index.js"],
    [`${sql}/executor/index.ts`, "../modify/index.js"],
    [`${sql}/modify/insert.ts`, "../executor/column.js"],
    [`${sql}/planner/passes/decorrelate.ts`, "../../binder/expr.js"],
    [`${sql}/binder/once.ts`, "../planner/rewrite.js"],
    [`${sql}/session/session.ts`, "../ddl/index.js"],
    [`${sql}/planner/planner.test.ts`, "../session/engine.js"],
    ["packages/server/src/main.ts", "aegisdb"],
  ])("lets %s import %s", (from, specifier) => {
    expect(checkImport(from, specifier)).toBeUndefined();
  });

  test.each([
    [`${core}/base/coding.ts`, "../vfs/contract.js", "upwards"],
    [`${core}/log/file-log.ts`, "../run/writer.js", "upwards"],
    [`${core}/tree/memtable.ts`, "../engine/contract.js", "upwards"],
    [`${core}/tree/layout.ts`, "./memtable.js", "upwards"],
    [`${core}/run/reader.ts`, "../tree/memtable.js", "upwards"],
    [`${core}/engine/engine.ts`, "../kv/namespace.js", "upwards"],
    [`${core}/engine/engine.ts`, "../database.js", "upwards"],
    [`${core}/errors.ts`, "./base/coding.js", "upwards"],
    [`${core}/stream/channel.ts`, "../query/source.js", "upwards"],
    [`${core}/kv/namespace.ts`, "../document/collection.js", "models"],
    [`${core}/log/file-log.ts`, "../testing/log-contract.js", "test code"],
    [`${core}/log/file-log.ts`, "./file-log.test.js", "test code"],
    [`${core}/log/file-log.ts`, "./format", ".js"],
    [`${core}/log/file-log.ts`, "../../../sql/src/index.js", "leaves the package"],
    [`${core}/somewhere/file.ts`, "../base/coding.js", "CORE_LAYERS"],
    [`${core}/engine/engine.ts`, "@aegisdb/sql", "contract"],
    [`${core}/open.ts`, "@aegisdb/sql", "contract"],
    [`${core}/open.ts`, "aegis-server", "must not know"],
    [`${core}/query/source.ts`, "@aegisdb/sql/dist/index.js", "reaches into"],
    [`${sql}/executor/scan.ts`, "aegisdb", "must not know"],
    [`${sql}/executor/scan.test.ts`, "aegisdb", "must not know"],
    [`${sql}/contract/types.ts`, "../parser/ast.js", "contract must not know"],
    [`${sql}/types/casts.ts`, "../functions/index.js", "types must not know"],
    [`${sql}/functions/text.ts`, "../executor/column.js", "functions must not know"],
    [`${sql}/planner/nodes.ts`, "../binder/scope.js", "planner must not know"],
    [`${sql}/binder/query.ts`, "../planner/index.js", "binder must not know"],
    [`${sql}/binder/query.ts`, "../session/engine.js", "binder must not know"],
    [`${sql}/executor/scan.ts`, "../modify/insert.js", "executor must not know"],
    [`${sql}/index.ts`, "./executor/index.js", "must not know"],
    [`${sql}/somewhere/file.ts`, "../contract/index.js", "SQL_IMPORTS"],
    ["packages/server/src/main.ts", "@aegisdb/sql", "must not know"],
    ["packages/client/src/main.ts", "aegisdb", "must not know"],
    ["packages/client/src/main.ts", "@aegisdb/sql/contract", "must not know"],
    ["packages/client/src/main.ts", "aegis-server", "must not know"],
  ])("stops %s from importing %s", (from, specifier, why) => {
    expect(checkImport(from, specifier)).toContain(why);
  });

  test("sees every form of import", () => {
    const text = [
      'import { a } from "./a.js";',
      'import type { B } from "./b.js";',
      'export * from "./c.js";',
      'export type { D } from "./d.js";',
      'import "./e.js";',
      'const f = await import("./f.js");',
      'type G = import("./g.js").G;',
    ].join("\n");
    const found = importsOf({ path: "packages/core/src/log/x.ts", text });
    expect(found.sort()).toEqual([..."abcdefg"].map((name) => `./${name}.js`));
  });
});
