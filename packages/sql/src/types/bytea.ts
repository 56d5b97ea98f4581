import { AegisError } from "../contract/errors.js";
import { invalidText } from "./data-errors.js";

const BACKSLASH = 0x5c;

/** Reads the hex form (`\x0aff`) and the escape form (`a\000\\`). */
export function parseBytea(text: string): Uint8Array {
  return text.startsWith("\\x") ? parseHex(text.slice(2)) : parseEscaped(text);
}

/** The hex form. */
export function printBytea(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
}

function parseHex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, "");
  const bad = /[^0-9a-fA-F]/u.exec(digits);
  if (bad !== null) {
    throw new AegisError("INVALID_ARGUMENT", `invalid hexadecimal digit: "${bad[0]}"`);
  }
  if (digits.length % 2 !== 0) {
    throw new AegisError("INVALID_ARGUMENT", "invalid hexadecimal data: odd number of digits");
  }
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

function parseEscaped(text: string): Uint8Array {
  const source = Buffer.from(text, "utf8");
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    let byte = source[i]!;
    if (byte === BACKSLASH) {
      if (source[i + 1] === BACKSLASH) {
        i++;
      } else {
        const octal = /^[0-3][0-7]{2}$/.exec(source.toString("latin1", i + 1, i + 4));
        if (octal === null) throw invalidText("bytea", text);
        byte = Number.parseInt(octal[0], 8);
        i += 3;
      }
    }
    bytes[length++] = byte;
  }
  return bytes.slice(0, length);
}
