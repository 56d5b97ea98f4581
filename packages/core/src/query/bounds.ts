import type { KeyBounds, Value } from "@aegisdb/sql";
import type { KeyRange } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import type { KeyForm } from "./key-form.js";

/**
 * The keys that lie within bounds on the leading columns of a key; undefined where no key does.
 * `forms` are those of the key's columns that bounds may name. NULL equals nothing and lies
 * between nothing.
 */
export function keyRange(
  codec: KeyCodec,
  forms: readonly KeyForm[],
  bounds: Pick<KeyBounds, "equal" | "from" | "to">,
): KeyRange | undefined {
  const { equal, from, to } = bounds;
  const prefix = equal.map((value, i) => forms[i]!.encode(value));
  if (prefix.includes(null) || from?.value === null || to?.value === null) return undefined;
  const whole = codec.prefixRange(prefix);
  if (from === undefined && to === undefined) return whole;

  const at = prefix.length;
  const rangeOf = (value: Value): KeyRange =>
    codec.prefixRange([...prefix, forms[at]!.encode(value)]);
  const { descending, nullable } = codec.columns[at]!;
  const nulls = nullable === true ? codec.prefixRange([...prefix, null]) : undefined;
  const [first, last] = descending === true ? [to, from] : [from, to];

  let { start, end } = whole;
  if (first !== undefined) {
    const range = rangeOf(first.value);
    start = first.inclusive ? range.start : range.end;
    if (start === undefined) return undefined;
  } else if (descending === true && nulls !== undefined) {
    start = nulls.end;
  }
  if (last !== undefined) {
    const range = rangeOf(last.value);
    end = last.inclusive ? range.end : range.start;
  } else if (descending !== true && nulls !== undefined) {
    end = nulls.start;
  }
  const empty = start !== undefined && end !== undefined && start >= end;
  return empty ? undefined : { start, end };
}
