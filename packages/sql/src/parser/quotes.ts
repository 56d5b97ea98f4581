import { AegisError } from "../contract/index.js";

/**
 * Where quoted things end, and what they stand for. The scans use indexOf, so that a string of
 * megabytes costs neither the stack nor the time of a backtracking expression.
 */
const unterminated = (what: string, at: number): never => {
  throw new AegisError("PARSE_ERROR", `unterminated ${what}`, { position: at + 1 });
};

/** The end after the closing quote, where a doubled quote stands for itself. */
function endAfterQuote(text: string, from: number, quote: string, start: number): number {
  const what = quote === "'" ? "quoted string" : "quoted identifier";
  for (let at = from; ; at += 2) {
    at = text.indexOf(quote, at);
    if (at < 0) return unterminated(what, start);
    if (text[at + 1] !== quote) return at + 1;
  }
}

export function quotedEnd(text: string, start: number): number {
  return text[start] === "'" ? endAfterQuote(text, start + 1, "'", start) : -1;
}

export function doubleQuotedEnd(text: string, start: number): number {
  if (text[start] !== '"') return -1;
  const end = endAfterQuote(text, start + 1, '"', start);
  if (end === start + 2) {
    const message = 'zero-length delimited identifier at or near """"';
    throw new AegisError("PARSE_ERROR", message, { position: start + 1 });
  }
  return end;
}

/** X'1F' and B'01'. */
export function bitEnd(text: string, start: number): number {
  return text[start + 1] === "'" ? endAfterQuote(text, start + 2, "'", start) : -1;
}

/** E'…', N'…' and U&'…'. */
export function escapeEnd(text: string, start: number): number {
  // The lexer looks past the end while it skips a character that begins no token.
  const first = (text[start] ?? "").toLowerCase();
  if (first === "u") {
    return text.startsWith("&'", start + 1) ? endAfterQuote(text, start + 3, "'", start) : -1;
  }
  if (text[start + 1] !== "'") return -1;
  if (first === "n") return endAfterQuote(text, start + 2, "'", start);
  const stop = /[\\']/g;
  stop.lastIndex = start + 2;
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    if (found[0] === "'" && text[stop.lastIndex] !== "'") return stop.lastIndex;
    stop.lastIndex += 1;
  }
  return unterminated("quoted string", start);
}

/** Comments of this form nest. */
export function blockCommentEnd(text: string, start: number): number {
  if (!text.startsWith("/*", start)) return -1;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return unterminated("/* comment", start);
}

const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

export function dollarEnd(text: string, start: number): number {
  DOLLAR_TAG.lastIndex = start;
  const tag = DOLLAR_TAG.exec(text)?.[0];
  if (tag === undefined) return -1;
  const close = text.indexOf(tag, start + tag.length);
  return close < 0 ? unterminated("dollar-quoted string", start) : close + tag.length;
}

/** Characters of bad bytes that an error lists. */
const MAX_SHOWN = 40;

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Bytes, by number, as many as follow one another. */
const BYTES = /(?:\\(?:x[0-9A-Fa-f]{1,2}|[0-7]{1,3}))+/;
const ESCAPE = new RegExp(
  `''|(${BYTES.source})|\\\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\\s\\S]))`,
  "g",
);
const UNICODE_ESCAPE = /''|\\(?:([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6})|(\\))/g;

function character(code: number, offset: number): string {
  if (code === 0 || code > 0x10ffff) {
    throw new AegisError("INVALID_TEXT", "invalid Unicode escape value", { position: offset + 1 });
  }
  return String.fromCodePoint(code);
}

function whole(value: string, offset: number): string {
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) {
    throw new AegisError("INVALID_TEXT", "invalid Unicode surrogate pair", {
      position: offset + 1,
    });
  }
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What bytes given one by one are in UTF-8, which is what they have to be. */
function textOfBytes(escapes: string, offset: number): string {
  const numbers = escapes
    .slice(1)
    .split("\\")
    .map((digits) =>
      digits.startsWith("x")
        ? Number.parseInt(digits.slice(1), 16)
        : Number.parseInt(digits, 8) & 0xff,
    );
  try {
    if (!numbers.includes(0)) return utf8.decode(Uint8Array.from(numbers));
  } catch {
    // Which bytes they were is said below.
  }
  const shown = numbers.map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
  const message = `invalid byte sequence for encoding "UTF8": ${shown.slice(0, MAX_SHOWN)}`;
  throw new AegisError("INVALID_TEXT", message, { position: offset + 1 });
}

function unescape(body: string, offset: number): string {
  const value = body.replace(
    ESCAPE,
    (all: string, bytes?: string, short?: string, long?: string, one?: string) => {
      if (one !== undefined) return ESCAPES[one] ?? one;
      if (bytes !== undefined) return textOfBytes(bytes, offset);
      const digits = short ?? long;
      return digits === undefined ? "'" : character(Number.parseInt(digits, 16), offset);
    },
  );
  return whole(value, offset);
}

function unescapeUnicode(body: string, offset: number): string {
  const value = body.replace(
    UNICODE_ESCAPE,
    (all: string, four?: string, six?: string, backslash?: string) => {
      if (backslash !== undefined) return backslash;
      const digits = four ?? six;
      return digits === undefined ? "'" : character(Number.parseInt(digits, 16), offset);
    },
  );
  return whole(value, offset);
}

/** The value of a string in any of its forms. */
export function stringValue(image: string, offset: number): string {
  switch (image[0]) {
    case "'":
      return image.slice(1, -1).replaceAll("''", "'");
    case "$": {
      const tag = image.indexOf("$", 1) + 1;
      return image.slice(tag, -tag);
    }
    case "e":
    case "E":
      return unescape(image.slice(2, -1), offset);
    case "n":
    case "N":
      return image.slice(2, -1).replaceAll("''", "'");
    default:
      return unescapeUnicode(image.slice(3, -1), offset);
  }
}
