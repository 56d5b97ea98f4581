import { AegisError } from "../contract/errors.js";
import type { BitLiteral, NumberLiteral } from "../parser/ast.js";
import { Decimal } from "../types/index.js";
import type { Expr } from "./expr.js";
import { located } from "./coerce.js";

const INT32_MIN = -(2n ** 31n);
const INT32_MAX = 2n ** 31n - 1n;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The narrowest of integer, bigint and numeric that holds the number as it is written. */
export function numberLiteral(node: NumberLiteral): Expr {
  const { text } = node;
  if (/^-?(0[xob][0-9a-f]+|\d+)$/i.test(text)) {
    const value = wholeNumber(text);
    if (value >= INT32_MIN && value <= INT32_MAX) {
      return { kind: "const", value: Number(value), type: { name: "integer" } };
    }
    if (value >= INT64_MIN && value <= INT64_MAX) {
      const small = Number(value);
      const datum = Number.isSafeInteger(small) ? small : value;
      return { kind: "const", value: datum, type: { name: "bigint" } };
    }
    return numeric(value.toString(), node.position);
  }
  return numeric(text, node.position);
}

function wholeNumber(text: string): bigint {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}

function numeric(text: string, position: number): Expr {
  const value = located(position, () => Decimal.parse(text));
  return { kind: "const", value, type: { name: "numeric" } };
}

/** Bit strings have no type here; hexadecimal ones of whole bytes are taken for bytea's. */
export function bitLiteral(node: BitLiteral): Expr {
  if (node.base === "hex" && node.digits.length % 2 === 0) {
    const value = Uint8Array.from(Buffer.from(node.digits, "hex"));
    return { kind: "const", value, type: { name: "bytea" } };
  }
  throw new AegisError("UNSUPPORTED", "bit strings are not supported", {
    position: node.position,
    hint: "Use an integer, or bytea for bytes.",
  });
}
