import { AegisError } from "../contract/errors.js";
import { toInt64 } from "../types/calendar.js";
import { readText } from "./stored-text.js";

const EXT_BIGINT = 0x42;

/**
 * The value of a `variant` cell: the MessagePack that arrays are stored as (nil, booleans, numbers,
 * text, binary, arrays, maps with text keys, big integers as extension 0x42).
 */
export function readMessagePack(bytes: Uint8Array, start: number, end: number): unknown {
  return new MessagePackReader(bytes, start, end).value();
}

class MessagePackReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, end);
    this.at = start;
  }

  value(): unknown {
    const tag = this.uint(1);
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    if (tag < 0x90) return this.map(tag & 0x0f);
    if (tag < 0xa0) return this.array(tag & 0x0f);
    if (tag < 0xc0) return this.text(tag & 0x1f);
    return tag < 0xca || tag >= 0xd4 ? this.sized(tag) : this.number(tag);
  }

  private number(tag: number): unknown {
    const at = this.at;
    const width = tag === 0xca ? 4 : tag === 0xcb ? 8 : 1 << (tag & 3);
    this.at += width;
    switch (tag) {
      case 0xca:
        return this.view.getFloat32(at);
      case 0xcb:
        return this.view.getFloat64(at);
      case 0xcf:
        return toInt64(this.view.getBigUint64(at));
      case 0xd0:
        return this.view.getInt8(at);
      case 0xd1:
        return this.view.getInt16(at);
      case 0xd2:
        return this.view.getInt32(at);
      case 0xd3:
        return toInt64(this.view.getBigInt64(at));
      default:
        this.at = at;
        return this.uint(width);
    }
  }

  private sized(tag: number): unknown {
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.binary(this.uint(1 << (tag - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.uint(1 << (tag - 0xc7)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (tag - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.uint(1 << (tag - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.array(this.uint(2 << (tag - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.map(this.uint(2 << (tag - 0xde)));
      default:
        throw new AegisError("CORRUPTION", `a stored value starts with the byte ${tag}`);
    }
  }

  private uint(width: number): number {
    const at = this.at;
    this.at += width;
    if (width === 1) return this.view.getUint8(at);
    return width === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private text(length: number): string {
    const start = this.at;
    this.at += length;
    return readText(this.bytes, start, this.at);
  }

  private binary(length: number): Uint8Array {
    const start = this.at;
    this.at += length;
    return this.bytes.slice(start, this.at);
  }

  private array(length: number): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(this.value());
    return items;
  }

  private map(length: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let i = 0; i < length; i++) entries.push([this.value() as string, this.value()]);
    return Object.fromEntries(entries);
  }

  /** Big-endian two's complement of any length. */
  private extension(length: number): unknown {
    const kind = this.uint(1);
    if (kind !== EXT_BIGINT) {
      throw new AegisError("CORRUPTION", `a stored value has the unknown extension ${kind}`);
    }
    let value = 0n;
    for (const byte of this.binary(length)) value = (value << 8n) | BigInt(byte);
    return toInt64(BigInt.asIntN(length * 8, value));
  }
}
