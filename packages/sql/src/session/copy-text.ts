import { AegisError } from "../contract/index.js";

/**
 * A `COPY … FROM stdin` of a script with its data, as pg_dump writes tables:
 *
 *     COPY public.actor (actor_id, name) FROM stdin;
 *     1<tab>Penelope
 *     2<tab>\N
 *     \.
 */
export interface CopyBlock {
  readonly kind: "copy";
  /** Table and columns as they are written. */
  readonly target: string;
  /** 0-based, in the script: the word COPY, and what follows the end of the data. */
  readonly start: number;
  readonly end: number;
  readonly dataStart: number;
  readonly dataEnd: number;
}

export interface SplitScript {
  /** The text with every block replaced by blanks, so that positions stay. */
  readonly text: string;
  readonly blocks: readonly CopyBlock[];
}

const HEADER = /^[ \t]*copy\s+([^;']+?)\s+from\s+stdin\b([^;\n]*);[ \t]*\r?\n/gim;
const DATA_END = /^\\\.[ \t]*\r?$/gm;

/** Takes the data of COPY out of a script; a header without an end of data is left to the parser. */
export function splitCopies(script: string): SplitScript {
  const blocks: CopyBlock[] = [];
  const parts: string[] = [];
  let at = 0;
  HEADER.lastIndex = 0;
  for (let header = HEADER.exec(script); header !== null; header = HEADER.exec(script)) {
    const dataStart = header.index + header[0].length;
    DATA_END.lastIndex = dataStart;
    const last = DATA_END.exec(script);
    if (last === null) break;
    checkOptions(header[2] ?? "", header.index);
    const end = last.index + last[0].length;
    const start = header.index + header[0].search(/\S/);
    blocks.push({
      kind: "copy",
      target: header[1] ?? "",
      start,
      end,
      dataStart,
      dataEnd: last.index,
    });
    parts.push(script.slice(at, start), " ".repeat(end - start));
    at = end;
    HEADER.lastIndex = end;
  }
  return { text: blocks.length === 0 ? script : parts.join("") + script.slice(at), blocks };
}

function checkOptions(options: string, start: number): void {
  if (options.trim() === "") return;
  throw new AegisError("UNSUPPORTED", `COPY takes no options here: ${options.trim()}`, {
    position: start + 1,
    hint: "Dump as text, or with INSERT statements.",
  });
}

/** The lines of a block's data: fields as text, NULL for `\N`. */
export function* copyRows(
  script: string,
  { dataStart, dataEnd }: CopyBlock,
): Generator<readonly (string | null)[], void> {
  for (let start = dataStart; start < dataEnd;) {
    const newline = script.indexOf("\n", start);
    const line = script.slice(start, newline).replace(/\r$/, "");
    yield line.split("\t").map(fieldOf);
    start = newline + 1;
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function fieldOf(text: string): string | null {
  if (!text.includes("\\")) return text;
  if (text === "\\N") return null;
  return text.replace(/\\([0-7]{1,3}|x[0-9a-f]{1,2}|.)/gi, (_, escaped: string) => {
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8));
    if (/^x./i.test(escaped)) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return LETTERS[escaped] ?? escaped;
  });
}
