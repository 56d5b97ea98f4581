import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { parseScript, parseStatement } from "./index.js";
import { MAX_SELECT_ITEMS, MAX_UNBROKEN_RUN } from "./limits.js";
import { pieceEnd } from "./pieces.js";
import { tokenize } from "./tokens.js";

interface Lexed {
  readonly image: string;
  readonly kind: string;
  readonly start: number;
}

function lex(piece: string, from: number): Lexed[] {
  return tokenize(piece, from).map(({ image, tokenType, startOffset }) => ({
    image,
    kind: tokenType.name,
    start: from + startOffset,
  }));
}

function lexInPieces(text: string, size: number): Lexed[] {
  const tokens: Lexed[] = [];
  for (let from = 0; from < text.length;) {
    const to = pieceEnd(text, from, size);
    expect(to).toBeGreaterThan(from);
    tokens.push(...lex(text.slice(from, to), from));
    from = to;
  }
  return tokens;
}

const FRAGMENTS = [
  ["'it''s ; (a'", "E'a\\'b;'", "e''", "N'x;'", "U&'\\0041;'", "X'1F'", "b'01'", "''''"],
  ['"a""b;"', "$$a;'b$$", "$t$ $$ ;' $t$", "$1", "?", ":p", "::e'x\\''", ":e'x'", ":=", ":"],
  ["-- c ' ; \n", '-- " \r', "/* a /* ' */ ; */", "/**/", "\\i 'x ;\n", "\\."],
  ["a", "e", "x", "u", "n_1", "a$b", "é", "_", "select", "1", "1.5e3", ".5", "1_000", "2."],
  ["+", "-", "->>", "@>", "<=", "*", "/", "||", "?|", "&", "#", "~!", "=-", "%"],
  [" ", "  ", "\n", "\t", ",", ";", "(", ")", "[", "]", ".", "'", '"', "$", "/*", "\\"],
].flat();

const texts = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 });

describe("a text in pieces", () => {
  it("has the tokens that it has as a whole", () => {
    let whole = 0;
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), (fragments, size) => {
        const text = fragments.join("");
        let expected: Lexed[];
        try {
          expected = lex(text, 0);
        } catch (error) {
          expect(error).toBeInstanceOf(AegisError);
          expect(() => lexInPieces(text, size)).toThrow(AegisError);
          return;
        }
        whole++;
        expect(lexInPieces(text, size)).toEqual(expected);
      }),
      { numRuns: 6000 },
    );
    expect(whole).toBeGreaterThan(500);
  });

  it("is cut in runs of what stands between tokens, however long they are", () => {
    for (const run of ["(", ",", " ", "\ufeff", ";\n"]) {
      expect(pieceEnd(run.repeat(10_000), 0, 100)).toBe(100);
    }
    expect(pieceEnd(`'${"x".repeat(1000)}',1`, 0, 10)).toBe(1002);
    expect(pieceEnd(`/*${"x".repeat(1000)}*/1 2`, 0, 10)).toBe(1004);
    expect(pieceEnd("a b", 0, 10)).toBe(3);
  });

  it.each(["+-", "1.", "ab", "?", "a.", "::", "a:b"])(
    "is refused if it goes on like %j with no place for a cut",
    (run) => {
      const text = `select ${run.repeat(MAX_UNBROKEN_RUN + 1)}`;
      const failure = { code: "LIMIT_EXCEEDED", position: 8 };
      expect(() => pieceEnd(text, 0, 10)).toThrow(expect.objectContaining(failure) as Error);
    },
  );
});

/** Statements whose words and values lie in several pieces. */
describe("a long text", () => {
  const rows = 20_000;
  const values = Array.from({ length: rows }, (_, i) => `(${i}, 'it''s; ${i}', E'\\'', $q$;$q$)`);

  test("is parsed as a short one is, with the positions of its parts", () => {
    const text = `insert into t values ${values.join(", ")}; select 1`;
    const items = parseScript(text);
    expect(items).toHaveLength(2);
    const [first, second] = items;
    expect(first?.kind === "statement" && first.statement.kind).toBe("insert");
    expect(first?.text).toBe(text.slice(0, text.lastIndexOf(";")));
    expect(second).toMatchObject({ text: "select 1", start: text.length - 8, end: text.length });
  });

  test("is a script of many statements", () => {
    const script = values.map((row) => `insert into t values ${row}`).join(";\n");
    const items = parseScript(script);
    expect(items).toHaveLength(rows);
    for (const { text, start, end } of items) expect(script.slice(start, end)).toBe(text);
  });

  test("tells of a mistake where it is, in whatever piece", () => {
    const before = `insert into t values ${values.join(", ")}`;
    for (const [mistake, message] of [
      ["selct", 'syntax error at or near "selct"'],
      ["'abc", "unterminated quoted string"],
      ["1a", 'trailing junk after numeric literal at or near "1a"'],
      ["/* /* */", "unterminated /* comment"],
    ] as const) {
      const position = before.length + 3;
      const failure = { code: "PARSE_ERROR", message, position };
      expect(() => parseScript(`${before}; ${mistake}`)).toThrow(
        expect.objectContaining(failure) as Error,
      );
    }
  });
});

describe("what would fill the memory ends early", () => {
  const MB = 1024 * 1024;
  test.each([
    ["commas", ",".repeat(16 * MB), "PARSE_ERROR"],
    ["parentheses", "(".repeat(16 * MB), "NESTING_TOO_DEEP"],
    ["a select list", `select ${"1,".repeat(8 * MB - 4)}1`, "LIMIT_EXCEEDED"],
    ["RETURNING", `delete from t returning ${"a,".repeat(7 * MB)}a`, "LIMIT_EXCEEDED"],
    ["operators", `select ${"+-".repeat(8 * MB - 4)}1`, "LIMIT_EXCEEDED"],
  ])("%s", { timeout: 2000 }, (_, text, code) => {
    expect(() => parseStatement(text)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test("a statement of too many parts", () => {
    const text = `select 1 where 1 in (${"1,".repeat(3_100_000)}1)`;
    expect(() => parseStatement(text)).toThrow("the statement has too many parts");
  });

  test("a select list of one entry too many, as in PostgreSQL", () => {
    const list = (count: number): string => Array<string>(count).fill("1").join(",");
    expect(parseStatement(`select ${list(MAX_SELECT_ITEMS)}`).kind).toBe("query");
    expect(() => parseStatement(`select ${list(MAX_SELECT_ITEMS + 1)}`)).toThrow(
      expect.objectContaining({ sqlState: "54011", position: 8 + 2 * MAX_SELECT_ITEMS }) as Error,
    );
  });
});
