import { AegisError } from "../../contract/errors.js";

/** What flags and a pattern's own beginning say of how to read it. */
export interface RegexOptions {
  /** Without the options that stood at its start. */
  readonly pattern: string;
  readonly caseless: boolean;
  /** White space and comments in the pattern do not count. */
  readonly expanded: boolean;
  readonly literal: boolean;
  /** `.` and complemented brackets never match a newline. */
  readonly lineDots: boolean;
  /** `^` and `$` match at every line. */
  readonly lineAnchors: boolean;
}

/** Throws INVALID_ARGUMENT for a letter that is no option. */
export function regexOptions(pattern: string, flags: string): RegexOptions {
  let letters = flags;
  let rest = pattern;
  let literal = false;
  if (rest.startsWith("***=")) {
    literal = true;
    rest = rest.slice(4);
  } else if (rest.startsWith("***:")) {
    rest = rest.slice(4);
  }
  const embedded = literal ? null : /^\(\?([a-z]+)\)/.exec(rest);
  if (embedded !== null) {
    letters += embedded[1]!;
    rest = rest.slice(embedded[0].length);
  }
  let caseless = false;
  let expanded = false;
  let lineDots = false;
  let lineAnchors = false;
  for (const letter of letters) {
    switch (letter) {
      case "i":
      case "c":
        caseless = letter === "i";
        break;
      case "x":
      case "t":
        expanded = letter === "x";
        break;
      case "q":
        literal = true;
        break;
      case "n":
      case "m":
      case "s":
      case "p":
      case "w":
        lineDots = letter === "n" || letter === "m" || letter === "p";
        lineAnchors = letter === "n" || letter === "m" || letter === "w";
        break;
      case "g":
      case "e":
      case "b":
        break;
      default:
        throw new AegisError("INVALID_ARGUMENT", `invalid regular expression option: "${letter}"`);
    }
  }
  return { pattern: rest, caseless, expanded, literal, lineDots, lineAnchors };
}
