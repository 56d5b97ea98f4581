import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileRegex } from "./pattern/regex.js";
import { differences } from "../testing/expressions.js";

/** Of the random expressions; any other must do as well. */
const SEED = 20_240_506;

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

const lines = (text: string): string[] => text.trim().split(/\n\s*/);
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const patterns = lines(String.raw`
  abc
  ^a
  c$
  a.c
  [a-c]+
  [^a-c]
  [[:alpha:]]+
  [[:digit:][:space:]]
  \d+
  \w+\s\w+
  \mfoo\M
  \yfoo
  (a)(b)?
  (?:a|b)+
  a{2}
  a{2,}
  a{1,2}b
  a*?b
  (?i)ABC
  (?=a)a
  (a)\1
  []a]
  [a\]b]
  [a-]
  \.
  a|b
  ^$
  [[:<:]]foo[[:>:]]
  \Aabc\Z
  x{,2}
  a{
  a}
  \u0061
  \x61
  ***=a.c
  (?n)^b
  a\/b
  [\d]+
  [é-ü]
  ()
  foo(?!bar)
  \S+@\S+
  (
  )
  [
  a**
  *a
  a{2
  a{300}
  \q
  [[:foo:]]
  a{3,2}
  [b-a]
  a(?
  (?<x>a)
  {2}
  a\2
  x*+
`);
/** How many of the patterns at the end are no expressions. */
const BAD = 16;

const texts = [
  "",
  "abc",
  "aab",
  "foo bar",
  "foobar foo",
  "ABC",
  "a.c",
  "12 x",
  "a/b",
  "x\nb",
  "aa",
  "é@ü.de",
  "[a]",
  "a{",
];

test("matching", async () => {
  const cases = patterns.flatMap((pattern) =>
    texts.flatMap((text) => [
      `${quote(text)} ~ ${quote(pattern)}`,
      `${quote(text)} !~* ${quote(pattern)}`,
    ]),
  );
  expect(await differences(postgres, cases)).toEqual([]);
});

test("parts and replacements", async () => {
  const good = patterns.slice(0, -BAD);
  const cases = good.flatMap((pattern) =>
    texts.flatMap((text) => [
      `regexp_replace(${quote(text)}, ${quote(pattern)}, '<\\&>', 'g')`,
      `substring(${quote(text)} from ${quote(pattern)})`,
      `regexp_match(${quote(text)}, ${quote(pattern)})`,
      `regexp_split_to_array(${quote(text)}, ${quote(pattern)})`,
      `regexp_count(${quote(text)}, ${quote(pattern)})`,
    ]),
  );
  expect(await differences(postgres, cases)).toEqual([]);
});

test("alternatives: the longest is taken, whatever their order", async () => {
  const alternatives = lines(String.raw`
    foo|foobar
    foobar|foo
    (a|ab)(c|bcd)(d*)
    (a|ab)(bcd|c)?
    x*|y
    (foo|foobar)+
    (a|b|ab)*
    (?:a|ab)(?:b|bc)?
    \d+|\d+\.\d+
    (\d+)(?:px|p)
    (^|,)b
    (a*)(ab)*(b*)
    (a+|b)*
    (a?)(ab)?
  `);
  const inputs = ["foobar", "abcd", "ababab", "3.14px", "a,b,,b", "xxy", "aabb", "foofoobarfoo"];
  const cases = alternatives.flatMap((pattern) =>
    inputs.flatMap((text) => [
      `substring(${quote(text)} from ${quote(`(?:${pattern})`)})`,
      `regexp_replace(${quote(text)}, ${quote(pattern)}, '<\\&>', 'g')`,
    ]),
  );
  expect(await differences(postgres, cases)).toEqual([]);
});

test("the first quantifier decides whether the match is long or short", async () => {
  const cases = lines(String.raw`
    substring('XY1234Z' from 'Y*([0-9]{1,3})')
    substring('XY1234Z' from 'Y*?([0-9]{1,3})')
    regexp_match('abc01234xyz', '(.*)(\d+)(.*)')
    regexp_match('abc01234xyz', '(.*?)(\d+)(.*)')
    regexp_match('abc01234xyz', '(?:(.*?)(\d+)(.*)){1,1}')
    regexp_replace('aaa', 'a+?', 'b')
    regexp_replace('aaa', 'a+?', 'b', 'g')
    regexp_match('xay', 'x.*?y')
    regexp_match('xayby', 'x(.*?)y')
    regexp_match('xayby', '(x|z)(.*?)y')
    regexp_match('<b>x</b><b>y</b>', '<b>(.*?)</b>')
    regexp_replace('<b>x</b> <b>y</b>', '<.+?>', '', 'g')
  `);
  expect(await differences(postgres, cases)).toEqual([]);
});

test("options and arguments", async () => {
  const cases = lines(String.raw`
    regexp_replace('foobarbaz', 'b..', 'X')
    regexp_replace('foobarbaz', 'b..', 'X', 'g')
    regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g')
    regexp_replace('foobarbaz', 'b(..)', 'X\\Y\2', 'g')
    regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')
    regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 3, 'i')
    regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 5)
    regexp_replace('abc', 'B', 'x', 'i')
    regexp_replace('abc', 'B', 'x', 'z')
    regexp_replace('a b', 'a b', 'x', 'x')
    regexp_replace('a.b', 'a.b', 'x', 'q')
    regexp_replace(E'a\nb', 'a.b', 'x')
    regexp_replace(E'a\nb', 'a.b', 'x', 'n')
    regexp_replace(E'a\nb', '^b', 'x', 'n')
    regexp_replace('abc', '$', 'x')
    regexp_replace('😀', '', 'x', 'g')
    regexp_count('123123123123123', '(12)3', 1)
    regexp_count('ABCABC', 'b', 3, 'i')
    regexp_count('abc', 'b', 0)
    regexp_count('', '', 5)
    regexp_count('é😀', '', 3)
    regexp_count('é😀', '', 4)
    regexp_replace('', '', 'x', 5, 0)
    regexp_instr('abc', '', 2147483647)
    regexp_instr('number of your street, town zip, FR', '[^,]+', 1, 2)
    regexp_instr('abcabc', 'b(c)', 1, 2, 1, 'i', 1)
    regexp_instr('abc', 'x')
    regexp_instr('abc', 'b', 1, 0)
    regexp_substr('number of your street, town zip, FR', '[^,]+', 1, 2)
    regexp_substr('ABCDEFGHI', '(c..)(...)', 1, 1, 'i', 2)
    regexp_substr('abc', 'x')
    regexp_like('Hello World', 'world$', 'i')
    regexp_like('abc', 'b', 'g')
    regexp_match('abc', 'b', 'g')
    regexp_match('foobarbequebaz', '(bar)(beque)')
    regexp_match('foobarbequebaz', 'bar.*que')
    regexp_match('abc', '(x)?b')
    regexp_split_to_array('the quick brown', '\s+')
    regexp_split_to_array('abc', '')
    regexp_split_to_array('aXbxc', 'x', 'i')
    substring('foobar' from 'o(.)b')
    substring('foobar', 'o.b')
    substring('foobar' similar '%#"o_b#"%' escape '#')
    substring('foobar' from '%#"o_b#"%' for '#')
    substring('foobar' from '#"o_b#"%' for '#')
    substring('Thomas' from '...$')
    'foobar' ~ NULL
  `);
  expect(await differences(postgres, cases)).toEqual([]);
});

test("no expression takes longer than its text allows", () => {
  const text = "x".repeat(5000);
  const hostile = ["(x+x+)+y", "(x|xx)*y", "x*x*x*x*x*y", "(.*)(.*)(.*)(.*)[^x]", "((x?){9}x){9}y"];
  for (const pattern of hostile) {
    const regex = compileRegex(pattern);
    expect(regex.test(text)).toBe(false);
    expect(regex.exec(text)).toBeNull();
  }
  expect(compileRegex("(x+)+").exec(text)?.[0]).toHaveLength(text.length);
});

test("expressions that are too large are refused", () => {
  expect(() => compileRegex("((a{1,255}){1,255}){1,255}b").test("a".repeat(9))).toThrow(
    /too complex/,
  );
  expect(() => compileRegex("(".repeat(300) + ")".repeat(300))).toThrow(/too complex/);
});

/** Random expressions over two letters. */
const expression: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("a", "b", "ab", ".", "[ab]", "a*", "b+", "a?", "(a|ab)", "b{1,2}"),
    fc.tuple(tie("node"), tie("node")).map(([x, y]) => x + y),
    fc.tuple(tie("node"), tie("node")).map(([x, y]) => `(${x}|${y})`),
    fc.tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}")).map(([x, q]) => `(${x})${q}`),
  ),
})).node;

test("random expressions find what PostgreSQL finds", async () => {
  const random = fc.sample(fc.tuple(expression, fc.stringMatching(/^[abc]{0,8}$/)), {
    numRuns: 2000,
    seed: SEED,
  });
  const cases = random.map(([p, text]) => `regexp_replace('${text}', '${p}', '<\\&>', 'g')`);
  expect(await differences(postgres, cases), `seed ${SEED}`).toEqual([]);
});
