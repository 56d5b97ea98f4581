import { readText } from "./text.js";

/**
 * What maps are made into. Objects of one kind have the same keys in the same order, so the reader
 * walks a tree of the key sequences it has seen: at each entry it compares the bytes ahead with the
 * key that came next last time, which nearly always fits, and neither decodes nor looks up a key.
 * At the end of the sequence stands a function, compiled once, that makes the whole object as a
 * literal from the values.
 *
 *     3 keys ─ "id" ─ "name" ─┬─ "age"   → (v, i) => ({ id: v[i], name: v[i+1], age: v[i+2] })
 *                             └─ "email" → …
 *
 * The tree is bounded: past its limits a map is read key by key, and a full tree is started anew.
 */
export class ShapeNode {
  /** The key's bytes with their header, as they stand in a map. */
  readonly bytes: Uint8Array;
  /** The keys from the root to here. */
  readonly keys: readonly string[];
  /** The child that fitted last. */
  next: ShapeNode | null = null;
  readonly children: ShapeNode[] = [];
  /** Makes the object that ends here; null until it was made often enough to be compiled. */
  make: ObjectMaker | null = null;
  private uses = 0;

  constructor(bytes: Uint8Array, keys: readonly string[]) {
    this.bytes = bytes;
    this.keys = keys;
  }

  /** The object of these keys and of `values` from `base`. */
  build(values: readonly unknown[], base: number): object {
    if (this.make !== null) return this.make(values, base);
    if (++this.uses > USES_BEFORE_COMPILING) this.make = compileMaker(this.keys);
    const object = {};
    this.keys.forEach((key, i) => {
      setMember(object, key, values[base + i]);
    });
    return object;
  }
}

export type ObjectMaker = (values: readonly unknown[], base: number) => object;

/** Compiling takes tens of microseconds: not for a shape that was seen a few times. */
const USES_BEFORE_COMPILING = 8;
/** Longer maps are dictionaries rather than records. */
export const MAX_SHAPE_KEYS = 64;
/** So many different keys at one place mean a dictionary. */
const MAX_CHILDREN = 32;
/** Nodes in all; a program has hundreds of shapes, a stream of dictionaries has no end of them. */
const MAX_NODES = 8192;
const MAX_KEY_BYTES = 64;

const NO_BYTES = new Uint8Array(0);
let roots: (ShapeNode | undefined)[] = [];
let nodes = 0;

/** Where the tree of maps of `count` keys begins. */
export function shapeRoot(count: number): ShapeNode {
  return (roots[count] ??= new ShapeNode(NO_BYTES, []));
}

/** The child of `node` for the key at `at`; null if there is none and there shall not be. */
export function findShape(
  node: ShapeNode,
  bytes: Uint8Array,
  at: number,
  textStart: number,
  end: number,
): ShapeNode | null {
  for (const child of node.children) {
    if (startsWith(bytes, at, child.bytes)) {
      node.next = child;
      return child;
    }
  }
  if (node.children.length >= MAX_CHILDREN || end - at > MAX_KEY_BYTES) return null;
  if (nodes >= MAX_NODES) {
    roots = [];
    nodes = 0;
  }
  nodes++;
  const key = readText(bytes, textStart, end);
  const child = new ShapeNode(bytes.slice(at, end), [...node.keys, key]);
  node.children.push(child);
  node.next = child;
  return child;
}

export function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

/** Adds an own member, also where its name is `__proto__`. */
export function setMember(object: object, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else {
    (object as Record<string, unknown>)[key] = value;
  }
}

/** A function that makes objects of these keys, in this order, as a literal. */
function compileMaker(keys: readonly string[]): ObjectMaker {
  const members = keys.map((key, i) => `${memberName(key)}: values[base + ${i}]`);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- keys enter as quoted literals.
  return new Function("values", "base", `return { ${members.join(", ")} };`) as ObjectMaker;
}

/**
 * Plain names make a literal twice as quick as computed ones do, but for `__proto__`: a plain one
 * would set the prototype instead of a member.
 */
function memberName(key: string): string {
  return key === "__proto__" ? `["__proto__"]` : JSON.stringify(key);
}
