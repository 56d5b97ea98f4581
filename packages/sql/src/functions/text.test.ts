import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../testing/expressions.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

const lines = (text: string): string[] => text.trim().split(/\n\s*/);

test("case, length and characters", async () => {
  const texts = ["''", "'abc'", "'ABC def'", "'éÀ ü'", "'a😀b'", "'hello-world 2x y_z'", "NULL"];
  const functions = lines(
    `
    upper lower initcap length char_length character_length octet_length bit_length reverse ascii
    md5 quote_ident quote_literal quote_nullable trim btrim ltrim rtrim
  `.replaceAll(/ +/g, "\n"),
  );
  const cases = functions.flatMap((name) => texts.map((text) => `${name}(${text})`));
  expect(await differences(postgres, cases)).toEqual([]);
});

test("parts of a text", async () => {
  const cases: string[] = [];
  for (const text of ["''", "'abcdef'", "'a😀bcé'"]) {
    for (const n of [-9, -2, -1, 0, 1, 2, 3, 9]) {
      cases.push(`left(${text}, ${n})`, `right(${text}, ${n})`, `substr(${text}, ${n})`);
      cases.push(`lpad(${text}, ${n}, 'xy')`, `rpad(${text}, ${n}, 'xy')`, `lpad(${text}, ${n})`);
      cases.push(`rpad(${text}, ${n}, '')`, `repeat(${text}, ${n})`);
      for (const m of [-1, 0, 1, 3, 20]) {
        cases.push(
          `substring(${text} from ${n} for ${m})`,
          `overlay(${text} placing 'XX' from ${n} for ${m})`,
        );
      }
      cases.push(`overlay(${text} placing 'XX' from ${n})`, `split_part('a,b,,c', ',', ${n})`);
    }
  }
  expect(await differences(postgres, cases)).toEqual([]);
});

test("searching, replacing, joining", async () => {
  const cases = lines(`
    position('b' in 'abc')
    position('' in 'abc')
    position('x' in 'abc')
    strpos('a😀b', 'b')
    replace('aXbXc', 'X', '--')
    replace('abc', '', 'x')
    replace('a$b', '$', '$&')
    translate('12345', '143', 'ax')
    translate('abc', 'aa', 'xy')
    btrim('xyxtrimyyx', 'xyz')
    ltrim('zzzytest', 'xyz')
    rtrim('testxxzx', 'xyz')
    trim(both 'x' from 'xxax')
    trim(leading from '  a ')
    trim(trailing 'a' from 'baa')
    starts_with('alphabet', 'alph')
    'alphabet' ^@ 'x'
    chr(65)
    chr(128512)
    chr(0)
    chr(-1)
    chr(1114112)
    to_hex(255)
    to_hex(-1)
    to_hex(9223372036854775807)
    to_hex(-1::bigint)
    concat('a', 1, NULL, true, 1.50, date '2024-01-02')
    concat(NULL)
    concat('a'::char(3), 'b')
    concat_ws(',', 'a', NULL, 2, false)
    concat_ws(NULL, 'a', 'b')
    'a' || 'b'
    'a' || 1
    1 || 'a'
    'a' || NULL
    'x' || true
    true || 'x'
    'a'::char(3) || 'b'
    'a' || 1.50
    'a' || date '2024-01-02'
    'a' || ARRAY['b']
    1 || 2
    '\\x01'::bytea || '\\x02'::bytea
    format('Hello %s, %s', 'World', 10)
    format('%I %L %%', 'Foo bar', 'it''s')
    format('%2$s %1$s', 'a', 'b')
    format('[%10s] [%-10s]', 'a', 'b')
    format('[%*s]', 5, 'a')
    format('[%-*s]', 5, 'a')
    format('%s %s', 'a')
    format('%s', NULL)
    format('%L', NULL)
    format('%I', NULL)
    format('abc')
    format(NULL, 1)
    format('%x', 1)
    format('%', 1)
    format('%0$s', 1)
    quote_literal(42.5)
    quote_literal('a\\b')
    quote_ident('select')
    quote_ident('a"b')
    quote_ident('numeric')
    quote_ident('name')
    quote_ident('inner')
    parse_ident('a.B."C d"')
    parse_ident('a..b')
    parse_ident('é😀x')
    lpad('ab', 2147483647, '')
    overlay('abc' placing 'x' from 2147483647)
    overlay('abc' placing 'x' from 1 for 2147483647)
    substring('abc', 'a', 'xx')
    parse_ident('a.')
    parse_ident('1a')
    normalize('é')
    unistr('d\\0061t\\+000061 \\u0041\\\\')
    unistr('a\\zz')
    pg_size_bytes('1 kB')
    pg_size_bytes('1.5 MB')
    pg_size_bytes('12 bytes')
    pg_size_bytes('x')
    format_type(23, NULL)
    format_type(1043, 24)
    format_type(1700, 655366)
    pg_client_encoding()
    obj_description(1)
    greatest(1, 2.5, NULL)
    least('b', 'a')
    greatest(NULL, NULL)
    greatest(date '2024-01-02', '2024-01-03')
    nullif(1, 1)
    nullif(1, 2)
    nullif('a', NULL)
    nullif(NULL, 1)
    num_nulls(1, NULL, NULL)
    num_nonnulls(1, NULL, 'a')
    pg_typeof(1)
    pg_typeof(1.5)
    pg_typeof('{1}'::int[])
    pg_typeof(round(1.5::real))
    pg_typeof(2 ^ 3)
    pg_typeof('a'::varchar || 'b')
    pg_typeof(now())
    pg_size_pretty(10::bigint)
    pg_size_pretty(123456789::bigint)
    pg_size_pretty(10240::bigint)
    pg_size_pretty(-20000000::bigint)
    current_schema()
    current_schemas(true)
    booleq(true, false)
    boolne(true, false)
  `);
  expect(await differences(postgres, cases)).toEqual([]);
});

test("bytes", async () => {
  const cases = lines(String.raw`
    encode('\x00ff5c41', 'hex')
    encode('\x00ff5c41', 'escape')
    encode('\x00ff5c41', 'base64')
    encode(convert_to(repeat('a', 100), 'UTF8'), 'base64')
    encode('\x00', 'rot13')
    decode('00ff', 'hex')
    decode('0', 'hex')
    decode('AP9cQQ==', 'base64')
    decode('AP9cQ', 'base64')
    decode('a*', 'base64')
    decode('a\\b\101', 'escape')
    sha224('abc')
    sha256('abc')
    sha512('\x00')
    md5('\x00ff'::bytea)
    md5('')
    length('\x0011'::bytea)
    bit_length('\x0011'::bytea)
    get_byte('\x0011'::bytea, 1)
    get_byte('\x0011'::bytea, 2)
    set_byte('\x0011'::bytea, 1, 255)
    get_bit('\x0011'::bytea, 8)
    set_bit('\x0011'::bytea, 9, 1)
    set_bit('\x0011'::bytea, 9, 2)
    substring('\x00112233'::bytea from 2 for 2)
    overlay('\x00112233'::bytea placing '\xff'::bytea from 2)
    position('\x22'::bytea in '\x00112233'::bytea)
    btrim('\x00112200'::bytea, '\x00'::bytea)
    bit_count('\xff01'::bytea)
    convert_from('\xc3a9', 'UTF8')
    '\x6162'::bytea LIKE '\x61%'::bytea
    int8send(2147483647)
    int4send(-1)
  `);
  expect(await differences(postgres, cases)).toEqual([]);
});

test("LIKE", async () => {
  const texts = ["", "a", "abc", "aXbXc", "a%c", "a_c", "😀b", "a\\b", "abcabc", "ABC"];
  const patterns = lines(String.raw`
    a
    %
    _
    __
    a%
    %c
    %b%
    a%c
    a_c
    _bc
    a\%c
    a\_c
    %_c
    %X_X%
    _b
    %abc
    a%b%c%
    %a%a%
    a\\b
    ABC
    a%%c
    __%__
  `);
  const cases = texts.flatMap((text) =>
    ["", ...patterns].flatMap((pattern) => [
      `'${text}' LIKE '${pattern}'`,
      `'${text}' ILIKE '${pattern}'`,
      `'${text}' NOT LIKE '${pattern}'`,
    ]),
  );
  const others = lines(String.raw`
    'a%c' LIKE 'a#%c' ESCAPE '#'
    'abc' LIKE 'a#%c' ESCAPE '#'
    'a%c' LIKE 'a\%c' ESCAPE ''
    'abc' LIKE 'abc' ESCAPE 'xx'
    'abc' LIKE 'ab\'
    NULL LIKE 'a'
    'a' LIKE NULL
    'a' LIKE ANY (ARRAY['b', 'a%'])
    'a' NOT ILIKE ALL (ARRAY['B', 'A'])
    'abc' SIMILAR TO 'abc'
    'abc' SIMILAR TO 'a'
    'abc' SIMILAR TO '%(b|d)%'
    'abc' SIMILAR TO '(b|c)%'
    'abc' SIMILAR TO 'a_c'
    'a.c' SIMILAR TO 'a.c'
    'abc' SIMILAR TO 'a.c'
    'aaa' SIMILAR TO 'a{2,3}'
    'aaa' SIMILAR TO 'a+'
    'a1' SIMILAR TO '[a-z][0-9]'
    'a|b' SIMILAR TO 'a\|b'
    'a%' SIMILAR TO 'a#%' ESCAPE '#'
    'abc' NOT SIMILAR TO 'x%'
  `);
  expect(await differences(postgres, [...cases, ...others])).toEqual([]);
});
