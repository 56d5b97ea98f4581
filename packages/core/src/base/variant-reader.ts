import { MAX_VARIANT_DEPTH } from "../limits.js";
import { readText } from "./text.js";
import * as format from "./variant-format.js";
import {
  damaged,
  readBigInt,
  readDate,
  readFloat32,
  readFloat64,
  readUint32,
} from "./variant-read-scalars.js";
import { findShape, MAX_SHAPE_KEYS, setMember, shapeRoot, startsWith } from "./variant-shapes.js";

/** Reads variants; the forms are in variant.ts. */

const NO_BYTES = new Uint8Array(0);

class VariantReader {
  private bytes: Uint8Array = NO_BYTES;
  private at = 0;
  private end = 0;
  private depth = 0;
  /** Values of the maps that are being read, innermost last. */
  private readonly values: unknown[] = [];
  private top = 0;

  read(bytes: Uint8Array, start: number, end: number): unknown {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.depth = 0;
    this.top = 0;
    const value = this.value();
    if (this.at !== end) throw damaged("its length is not that of its content");
    this.bytes = NO_BYTES;
    return value;
  }

  private value(): unknown {
    const type = this.bytes[this.at++]!;
    if (type < format.FIXMAP) return type;
    if (type < format.FIXARRAY) return this.map(type & 0x0f);
    if (type < format.FIXSTR) return this.array(type & 0x0f);
    if (type < format.NIL) return this.text(type & 0x1f);
    if (type >= format.NEGATIVE_FIXINT) return type - 0x100;
    switch (type) {
      case format.NIL:
        return null;
      case format.FALSE:
        return false;
      case format.TRUE:
        return true;
      case format.FLOAT64:
        this.at += 8;
        return readFloat64(this.bytes, this.at - 8);
      case format.STR8:
        return this.text(this.bytes[this.at++]!);
      case format.UINT8:
        return this.bytes[this.at++]!;
      case format.UINT16:
        return this.uint16();
      case format.UINT32:
        return this.uint32();
      default:
        return this.rareValue(type);
    }
  }

  private rareValue(type: number): unknown {
    switch (type) {
      case format.FLOAT32:
        this.at += 4;
        return readFloat32(this.bytes, this.at - 4);
      case format.INT8:
        return (this.bytes[this.at++]! << 24) >> 24;
      case format.INT16:
        return (this.uint16() << 16) >> 16;
      case format.INT32:
        return this.uint32() | 0;
      case format.INT64:
        return readBigInt(this.bytes, this.skip(8), 8);
      case format.UINT64:
        return BigInt.asUintN(64, readBigInt(this.bytes, this.skip(8), 8));
      case format.STR16:
        return this.text(this.uint16());
      case format.STR32:
        return this.text(this.uint32());
      case format.ARRAY16:
        return this.array(this.uint16());
      case format.ARRAY32:
        return this.array(this.uint32());
      case format.MAP16:
        return this.map(this.uint16());
      case format.MAP32:
        return this.map(this.uint32());
      case format.BIN8:
        return this.binary(this.bytes[this.at++]!);
      case format.BIN16:
        return this.binary(this.uint16());
      case format.BIN32:
        return this.binary(this.uint32());
      default:
        return this.extension(type);
    }
  }

  private uint16(): number {
    const at = this.at;
    this.at = at + 2;
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  private uint32(): number {
    const at = this.at;
    this.at = at + 4;
    return readUint32(this.bytes, at);
  }

  /** Steps over `size` bytes and returns where they start. */
  private skip(size: number): number {
    const start = this.at;
    this.at = start + size;
    // Also false for NaN, which is what a length read past the end is.
    if (!(this.at <= this.end)) throw damaged("it ends in the middle of a value");
    return start;
  }

  private text(size: number): string {
    const start = this.skip(size);
    return readText(this.bytes, start, start + size);
  }

  /** A copy in memory of its own, even if what is read is shared between threads. */
  private binary(size: number): Uint8Array {
    const start = this.skip(size);
    return new Uint8Array(this.bytes.subarray(start, start + size));
  }

  /** Every element takes at least a byte: a count beyond that is damage, not a reason to allocate. */
  private enter(elements: number): void {
    if (!(elements <= this.end - this.at)) throw damaged("it ends in the middle of a value");
    if (++this.depth > MAX_VARIANT_DEPTH) throw damaged("it nests deeper than any value may");
  }

  private array(length: number): unknown[] {
    this.enter(length);
    const array: unknown[] = [];
    for (let i = 0; i < length; i++) array.push(this.value());
    this.depth--;
    return array;
  }

  private map(count: number): object {
    this.enter(count * 2);
    const object =
      count > MAX_SHAPE_KEYS ? this.dictionary({}, count) : this.record(count, this.top);
    this.depth--;
    return object;
  }

  /** A map whose keys are likely to have been seen before; see variant-shapes. */
  private record(count: number, base: number): object {
    const { values, bytes } = this;
    let node = shapeRoot(count);
    for (let i = 0; i < count; i++) {
      let child = node.next;
      if (child !== null && startsWith(bytes, this.at, child.bytes)) {
        this.at += child.bytes.length;
      } else {
        const start = this.at;
        const end = this.skipKey();
        child = findShape(node, bytes, start, this.keyStart, end);
        if (child === null) {
          this.at = start;
          return this.spill(node.keys, base, count - i);
        }
      }
      this.top = base + i;
      const value = this.value();
      values[base + i] = value;
      node = child;
    }
    this.top = base;
    const object = node.make === null ? node.build(values, base) : node.make(values, base);
    // What was read must not be kept alive from here.
    for (let i = 0; i < count; i++) values[base + i] = undefined;
    return object;
  }

  /** A map that turned out to be no known shape, when its first keys were read. */
  private spill(keys: readonly string[], base: number, left: number): object {
    const object = {};
    keys.forEach((key, i) => {
      setMember(object, key, this.values[base + i]);
    });
    this.top = base;
    return this.dictionary(object, left);
  }

  private dictionary(object: object, count: number): object {
    for (let i = 0; i < count; i++) {
      const end = this.skipKey();
      const key = readText(this.bytes, this.keyStart, end);
      setMember(object, key, this.value());
    }
    return object;
  }

  /** Where the text of the key that `skipKey` stepped over begins. */
  private keyStart = 0;

  /** Steps over a key and returns its end. */
  private skipKey(): number {
    const type = this.bytes[this.at++]!;
    let size: number;
    if (type >= format.FIXSTR && type < format.NIL) size = type & 0x1f;
    else if (type === format.STR8) size = this.bytes[this.at++]!;
    else if (type === format.STR16) size = this.uint16();
    else if (type === format.STR32) size = this.uint32();
    else throw damaged("the key of a member is not text");
    this.keyStart = this.skip(size);
    return this.at;
  }

  private extension(type: number): unknown {
    let size: number;
    if (type >= format.FIXEXT1 && type <= format.FIXEXT16) size = 1 << (type - format.FIXEXT1);
    else if (type === format.EXT8) size = this.bytes[this.at++]!;
    else if (type === format.EXT16) size = this.uint16();
    else if (type === format.EXT32) size = this.uint32();
    else throw damaged("it holds a type we do not write");
    const kind = this.bytes[this.at++]!;
    const start = this.skip(size);
    switch (kind) {
      case format.EXT_TIMESTAMP:
        return readDate(this.bytes, start, size);
      case format.EXT_BIGINT:
        return readBigInt(this.bytes, start, size);
      case format.EXT_SET:
        return new Set(this.items(start));
      case format.EXT_MAP:
        return this.mapOf(this.items(start));
      default:
        throw damaged("it holds an extension we do not write");
    }
  }

  /** The array inside an extension. */
  private items(start: number): unknown[] {
    const end = this.at;
    this.at = start;
    const items = this.value();
    if (!Array.isArray(items) || this.at !== end) throw damaged("a Map or Set is not whole");
    return items;
  }

  private mapOf(items: readonly unknown[]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
    return map;
  }
}

/** Reading calls no code of the user's, so that one reader is never in use twice. */
const reader = new VariantReader();

export function readVariant(bytes: Uint8Array, start: number, end: number): unknown {
  return reader.read(bytes, start, end);
}
