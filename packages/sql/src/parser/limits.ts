/** Longest text the parser takes, in UTF-16 code units: a large import fits, an attack does not. */
export const MAX_SQL_TEXT: number = 16 * 1024 * 1024;
/** Levels of nesting in a statement: far above what people write, far below the call stack. */
export const MAX_NESTING: number = 500;
/** Operators of one level in a row, as in `a + b + c`: later passes recurse over such chains. */
export const MAX_OPERATOR_CHAIN: number = 1000;
/** Highest number of a parameter, as in PostgreSQL's protocol. */
export const MAX_PARAMETERS: number = 65_535;
/** Characters of an operator, as of a name in PostgreSQL; it keeps the lexer's time linear. */
export const MAX_OPERATOR_LENGTH: number = 63;
/** Words, values and signs of one statement: rows by the hundred thousand, not what fills memory. */
export const MAX_STATEMENT_TOKENS: number = 6_000_000;
/** Characters whose tokens are made in one go, at 100 to 200 bytes a token. */
export const PIECE_CHARACTERS: number = 32 * 1024;
/** Characters without a space, comma, parenthesis or quote: they are in one piece, whatever it costs. */
export const MAX_UNBROKEN_RUN: number = 256 * 1024;
/** Entries of a select list, as in PostgreSQL. */
export const MAX_SELECT_ITEMS: number = 1664;
