import { expect, test } from "vitest";
import { buildLexer } from "./tokens.js";

test("the lexer's tokens are what a lexer can be made of", () => {
  expect(buildLexer(false).lexerDefinitionErrors).toEqual([]);
});
