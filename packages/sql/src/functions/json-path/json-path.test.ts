import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../../testing/expressions.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

const DOCUMENTS = [
  '{"a": [1, 2, {"b": "x y", "c": [3, null]}], "b": {"a": 5.50, "t": true}, "d k": "2"}',
  '[{"a": 1, "b": [10, 20]}, {"a": 2}, {"a": "s"}, 7, [8, 9]]',
  "{}",
  "[]",
  "3",
  '"abc"',
  "null",
];

const PATHS = [
  "$",
  "$.a",
  "$.b.a",
  "strict $.b.a",
  "$.a[*]",
  "strict $.a[*]",
  "$.a[0]",
  "$.a[1 to 2]",
  "$.a[last]",
  "$.a[last - 1, 0]",
  "strict $.a[5]",
  "$.a[5]",
  "$[*]",
  "$[*].a",
  "strict $[*].a",
  "$.*",
  "$.**",
  "$.**{1}",
  "$.**{1 to 2}.b",
  "$.**{last}",
  '$."d k"',
  "$.a ? (@ > 1)",
  "$.a[*] ? (@ >= 1 && @ < 2)",
  "$[*] ? (@.a == 1 || @.a == 2).b",
  "$[*] ? (exists(@.b)).a",
  "$[*] ? (!exists(@.b))",
  '$.** ? (@ starts with "x")',
  '$.** ? (@ like_regex "^X" flag "i")',
  '$.** ? (@.type() == "number")',
  "$[*] ? ((@.a > 1) is unknown)",
  "$.a.size()",
  "$.a.type()",
  "$.b.keyvalue().key",
  "$.b.a.ceiling()",
  "-$.b.a",
  "$.a[*].abs()",
  '$."d k".double()',
  "$.b.a + 1",
  "2 * $.a[0] - 3 / 2",
  "$.a % 2",
  "$.a[0] == 1",
  "$.a[*] > 1",
  "$.b.t == true",
  "$.x == null",
  "null == $",
  "1 + 2 * 3",
  '"lit"',
  "$.a[$i]",
  "$.a[*] ? (@ > $min)",
  "$.a[",
  "$.a ?? (@ > 1)",
  "",
  "last",
  "$.a.nosuch()",
];

test("queries, conditions and errors", async () => {
  const vars = `'{"i": 1, "min": 1}'`;
  const expressions = DOCUMENTS.flatMap((document) =>
    PATHS.flatMap((path) => {
      const args = `'${document}', '${path}', ${vars}`;
      return [
        `jsonb_path_query_array(${args})`,
        `jsonb_path_query_array(${args}, true)`,
        `jsonb_path_exists(${args})`,
        `jsonb_path_query_first(${args}, true)`,
        `jsonb_path_match(${args})`,
        `'${document}'::jsonb @? '${path}'`,
        `'${document}'::jsonb @@ '${path}'`,
      ];
    }),
  );
  const found = await differences(postgres, expressions, (ours, theirs) => {
    // Where the text of a path is wrong, PostgreSQL points at other characters.
    const isSyntax = theirs?.startsWith("42601") === true;
    return isSyntax ? ours?.startsWith("42601") === true : ours === theirs;
  });
  expect(found).toEqual([]);
});

test("a cast to jsonpath", async () => {
  const expressions = [
    `jsonb_path_query_first('{"a": [1, 2]}', '$.a[1]'::jsonpath)`,
    `'{"a": [1, 2]}'::jsonb @@ '$.a[*] == 2'::jsonpath`,
  ];
  expect(await differences(postgres, expressions)).toEqual([]);
});
