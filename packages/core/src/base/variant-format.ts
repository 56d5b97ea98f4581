/** What the reader and the writer of variants share: MessagePack's type bytes and our extensions. */

export const FIXMAP = 0x80;
export const FIXARRAY = 0x90;
export const FIXSTR = 0xa0;
export const NIL = 0xc0;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
export const BIN8 = 0xc4;
export const BIN16 = 0xc5;
export const BIN32 = 0xc6;
export const EXT8 = 0xc7;
export const EXT16 = 0xc8;
export const EXT32 = 0xc9;
export const FLOAT32 = 0xca;
export const FLOAT64 = 0xcb;
export const UINT8 = 0xcc;
export const UINT16 = 0xcd;
export const UINT32 = 0xce;
export const UINT64 = 0xcf;
export const INT8 = 0xd0;
export const INT16 = 0xd1;
export const INT32 = 0xd2;
export const INT64 = 0xd3;
export const FIXEXT1 = 0xd4;
export const FIXEXT4 = 0xd6;
export const FIXEXT8 = 0xd7;
export const FIXEXT16 = 0xd8;
export const STR8 = 0xd9;
export const STR16 = 0xda;
export const STR32 = 0xdb;
export const ARRAY16 = 0xdc;
export const ARRAY32 = 0xdd;
export const MAP16 = 0xde;
export const MAP32 = 0xdf;
export const NEGATIVE_FIXINT = 0xe0;

/** Extension -1, as MessagePack defines it. */
export const EXT_TIMESTAMP = 0xff;
/** Big-endian two's complement of any length; as msgpackr writes it. */
export const EXT_BIGINT = 0x42;
/** An array of the members; as msgpackr writes it. */
export const EXT_SET = 0x73;
/** An array of key, value, key, value, … */
export const EXT_MAP = 0x6d;

/** MessagePack is big-endian; the scratch arrays are as the machine is. */
export const scratch64: Float64Array = new Float64Array(1);
export const scratch32: Float32Array = new Float32Array(scratch64.buffer, 0, 1);
export const scratchBytes: Uint8Array = new Uint8Array(scratch64.buffer);
export const LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
