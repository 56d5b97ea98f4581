/*
 * Values as a cache keeps them. What cannot change (texts, numbers …) is kept as it is. Objects and
 * arrays are the caller's own to change, so that each read gets a new one: what is kept of them are
 * the texts and numbers in them, side by side, and a function, compiled once for all values of that
 * shape, that makes the whole value of them as one literal.
 *
 *     { id: 7, tags: ["a", "b"] }  →  [7, "a", "b"],  v => ({ id: v[0], tags: [v[1], v[2]] })
 */

/** Makes an object of the parts of one. */
export type Assemble = (parts: readonly unknown[]) => unknown;

/** A value in the form to keep, with about the bytes that V8 holds for it. */
export interface KeptForm {
  /** The value itself, or the parts of one that `assemble` makes. */
  readonly kept: unknown;
  readonly assemble: Assemble | null;
  readonly bytes: number;
}

/** Deeper values, and those of more parts, are decoded anew with each read. */
const MAX_DEPTH = 8;
const MAX_PARTS = 64;
/** Compiling takes tens of microseconds: not for a shape that was seen a few times. */
const USES_BEFORE_COMPILING = 8;
/** Shapes known at a time; when there are more, counting starts anew. */
const MAX_SHAPES = 1024;

const ARRAY_BYTES = 48;
const WORD_BYTES = 8;
const DOUBLE_BYTES = 16;
const TEXT_BYTES = 24;
const BIGINT_BYTES = 32;

const WIDE_UNIT = /[^\0-\xff]/;

/** The form to keep of a value that was just decoded; null for one that is not kept. */
export function keptForm(value: unknown): KeptForm | null {
  if (typeof value !== "object" || value === null) {
    return { kept: value, assemble: null, bytes: scalarBytes(value) };
  }
  const parts: unknown[] = [];
  const source = sourceOf(value, parts, 0);
  if (source === undefined) return null;
  const assemble = assemblerOf(source);
  if (assemble === null) return null;
  let bytes = ARRAY_BYTES + parts.length * WORD_BYTES;
  for (const part of parts) bytes += scalarBytes(part);
  return { kept: parts, assemble, bytes };
}

function scalarBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return TEXT_BYTES + value.length * (WIDE_UNIT.test(value) ? 2 : 1);
    case "number":
      return (value | 0) === value ? 0 : DOUBLE_BYTES;
    case "bigint":
      return BIGINT_BYTES + value.toString(16).length;
    default:
      return 0;
  }
}

/** The expression that makes the value of its `parts`, which are added; undefined for none. */
function sourceOf(value: unknown, parts: unknown[], depth: number): string | undefined {
  if (typeof value !== "object" || value === null) {
    return parts.length === MAX_PARTS ? undefined : `v[${parts.push(value) - 1}]`;
  }
  if (depth === MAX_DEPTH) return undefined;
  const isArray = Array.isArray(value);
  // Dates, bytes, maps and sets are neither arrays nor plain objects.
  if (!isArray && Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const source = sourceOf(member, parts, depth + 1);
    if (source === undefined || members.length === MAX_PARTS) return undefined;
    members.push(isArray ? source : `${memberName(key)}: ${source}`);
  }
  return isArray ? `[${members.join(", ")}]` : `{ ${members.join(", ")} }`;
}

/** A plain `__proto__` would set the prototype; other plain names are quicker than computed ones. */
function memberName(key: string): string {
  return key === "__proto__" ? `["__proto__"]` : JSON.stringify(key);
}

const shapes = new Map<string, { uses: number; assemble: Assemble | null }>();

function assemblerOf(source: string): Assemble | null {
  let shape = shapes.get(source);
  if (shape === undefined) {
    if (shapes.size === MAX_SHAPES) shapes.clear();
    shape = { uses: 0, assemble: null };
    shapes.set(source, shape);
  }
  if (shape.assemble === null && ++shape.uses > USES_BEFORE_COMPILING) {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- keys enter as quoted literals.
    shape.assemble = new Function("v", `return ${source};`) as Assemble;
  }
  return shape.assemble;
}
