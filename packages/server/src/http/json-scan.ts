/**
 * A look over JSON text before `JSON.parse` may have it. It finds what `JSON.parse` lets pass and
 * what a client would never notice: a field that is given twice (the last would win), a whole number
 * that a double cannot hold (it would be rounded), nesting without bounds. And it knows the place of
 * every mistake, which `JSON.parse` tells only sometimes.
 *
 * The scan is a loop over the text with a stack of open objects and arrays; no input makes it recurse.
 */
export interface JsonProblem {
  readonly message: string;
  /** 0-based index of the character where it was noticed. */
  readonly at: number;
}

/** Thrown inside of the scan only. */
class Found extends Error {
  constructor(readonly problem: JsonProblem) {
    super(problem.message);
  }
}

/** The first thing that is wrong with the text, or undefined. */
export function jsonProblem(text: string, maxDepth: number): JsonProblem | undefined {
  try {
    new Scan(text, maxDepth).run();
    return undefined;
  } catch (error) {
    if (error instanceof Found) return error.problem;
    throw error;
  }
}

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A scalar must not run on into more letters or digits. */
const WORD = /[\w.+-]*/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
/** A whole number of so many characters is exact whatever it is. */
const SURELY_EXACT = 15;

/** An open object has the names it has seen; an open array has none. */
type Open = Set<string> | null;

class Scan {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #open: Open[] = [];
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  run(): void {
    do this.#value();
    while (this.#goOn());
    this.#space();
    if (this.#at < this.#text.length) this.#fail("there is more after the end of the JSON value");
  }

  /** Reads one value, or the beginning of it up to and including its first member's name. */
  #value(): void {
    for (;;) {
      this.#space();
      const first = this.#text[this.#at];
      if (first === '"') return void this.#string();
      if (first !== "{" && first !== "[") return this.#scalar();
      if (this.#open.length >= this.#maxDepth) {
        this.#fail(`the JSON nests more than ${this.#maxDepth} levels deep`);
      }
      this.#at++;
      this.#open.push(first === "{" ? new Set() : null);
      this.#space();
      if (this.#text[this.#at] === (first === "{" ? "}" : "]")) return;
      if (first === "{") this.#name();
    }
  }

  /** After a value: closes what ends here; true if a comma says that another value follows. */
  #goOn(): boolean {
    while (this.#open.length > 0) {
      this.#space();
      const object = this.#open.at(-1) !== null;
      const next = this.#text[this.#at];
      if (next === ",") {
        this.#at++;
        if (object) this.#name();
        return true;
      }
      if (next !== (object ? "}" : "]")) {
        this.#fail(object ? 'expected "," or "}"' : 'expected "," or "]"');
      }
      this.#at++;
      this.#open.pop();
    }
    return false;
  }

  #name(): void {
    this.#space();
    const at = this.#at;
    if (this.#text[at] !== '"') this.#fail("expected the name of a field in double quotes");
    const name = JSON.parse(this.#string()) as string;
    const names = this.#open.at(-1)!;
    if (names.has(name)) {
      this.#at = at;
      this.#fail(`the field ${JSON.stringify(name.slice(0, 100))} is given twice`);
    }
    names.add(name);
    this.#space();
    if (this.#text[this.#at] !== ":") this.#fail('expected ":"');
    this.#at++;
  }

  /** A loop and not one pattern, which would need memory for every character of a long text. */
  #string(): string {
    const start = this.#at++;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === QUOTE) return this.#text.slice(start, ++this.#at);
      if (unit === BACKSLASH) {
        if (this.#match(ESCAPE) === "") this.#fail("a text holds a bad escape");
      } else if (unit >= FIRST_PRINTABLE) {
        this.#at++;
      } else {
        // Also at the end of the input, where the unit is NaN.
        this.#fail("a text is not ended or holds a raw control character");
      }
    }
  }

  #scalar(): void {
    const at = this.#at;
    const scalar = this.#match(SCALAR);
    if (scalar === "" || this.#match(WORD) !== "") {
      this.#at = at;
      this.#fail(at < this.#text.length ? "expected a JSON value" : "the JSON is not complete");
    }
    if (isExact(scalar)) return;
    this.#at = at;
    this.#fail(`the number ${scalar.slice(0, 60)} cannot be kept exactly; send it as text instead`);
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #fail(message: string): never {
    const ended = this.#at >= this.#text.length;
    throw new Found({ message: ended ? `${message}, but the text ends` : message, at: this.#at });
  }
}

/** Fractions are rounded everywhere and meant to be; whole numbers are names of things. */
function isExact(scalar: string): boolean {
  if (/^[tfn]/.test(scalar)) return true;
  const whole = /^-?[0-9]+$/.test(scalar);
  if (whole && scalar.length <= SURELY_EXACT) return true;
  const number = Number(scalar);
  if (!Number.isFinite(number)) return false;
  // A double's own shortest form, as JSON.stringify writes it, comes back as it was sent.
  return !whole || String(number) === scalar || BigInt(number) === BigInt(scalar);
}
