import { Buffer } from "node:buffer";
import type { ColumnVector } from "../../contract/vector.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { entryCount, isVector } from "../column.js";
import type { Column } from "../operator.js";
import { BytesTable } from "./bytes-table.js";
import { MISSING_ID, NULL_ID } from "./number-table.js";
import type { KeyRows, ValueTable } from "./value-table.js";

/** An entry of a dictionary that no row has asked for yet. */
const UNRESOLVED = -3;
/** Longest form of a UTF-16 unit in UTF-8. */
const BYTES_PER_UNIT = 3;

/** Texts, byte strings and UUIDs by their bytes, so that vectors need no strings made. */
export class BytesValueTable implements ValueTable {
  private readonly isUuid: boolean;
  private readonly nullsEqual: boolean;
  private readonly table = new BytesTable();
  private nullId = NULL_ID;
  private scratch = Buffer.alloc(1024);
  /** Ids of the entries of a dictionary. */
  private known = new Int32Array(0);
  private dictionary: object | null = null;

  constructor(type: SqlType, nullsEqual: boolean) {
    this.isUuid = type.name === "uuid";
    this.nullsEqual = nullsEqual;
  }

  get size(): number {
    return this.table.size;
  }

  get bytes(): number {
    return this.table.bytes + this.scratch.length + this.known.byteLength;
  }

  resolve(column: Column, at: KeyRows, ids: Int32Array, insert: boolean): void {
    const { rows, count } = at;
    if (!isVector(column)) {
      for (let j = 0; j < count; j++) ids[j] = this.idOfDatum(column[rows[j]!]!, insert);
    } else if (column.codes === null) this.resolveBytes(column, at, ids, insert);
    else this.resolveCodes(column, column.codes, at, ids, insert);
  }

  freeze(): void {
    // Byte strings have no denser form.
  }

  private resolveBytes(
    { bytes, starts, ends, nulls }: ColumnVector,
    { rows, count }: KeyRows,
    ids: Int32Array,
    insert: boolean,
  ): void {
    if (insert && nulls === null) {
      this.table.internAll(bytes!, { starts: starts!, ends: ends! }, rows, count, ids);
      return;
    }
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) ids[j] = this.idOfNull(insert);
      else ids[j] = this.idOf(bytes!, starts![row]!, ends![row]!, insert);
    }
  }

  /** Each entry of the dictionary is looked up once, also over batches where it stays the same. */
  private resolveCodes(
    vector: ColumnVector,
    codes: Int32Array,
    { rows, count }: KeyRows,
    ids: Int32Array,
    insert: boolean,
  ): void {
    const { bytes, starts, ends, nulls } = vector;
    const known = this.knownOf(vector);
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) {
        ids[j] = this.idOfNull(insert);
        continue;
      }
      const code = codes[row]!;
      let id = known[code]!;
      if (id === UNRESOLVED || (insert && id === MISSING_ID)) {
        id = this.idOf(bytes!, starts![code]!, ends![code]!, insert);
        known[code] = id;
      }
      ids[j] = id;
    }
  }

  private knownOf(vector: ColumnVector): Int32Array {
    const { dictionary } = vector;
    const entries = entryCount(vector);
    if (dictionary !== null && dictionary === this.dictionary) return this.known;
    this.dictionary = dictionary;
    if (this.known.length < entries) this.known = new Int32Array(entries);
    return this.known.fill(UNRESOLVED, 0, entries);
  }

  private idOf(bytes: Uint8Array, start: number, end: number, insert: boolean): number {
    return insert ? this.table.intern(bytes, start, end) : this.table.find(bytes, start, end);
  }

  private idOfDatum(datum: Datum, insert: boolean): number {
    if (datum === null) return this.idOfNull(insert);
    if (typeof datum !== "string") {
      const bytes = datum as Uint8Array;
      return this.idOf(bytes, 0, bytes.length, insert);
    }
    // First of all, for a long text takes a new buffer.
    const end = this.encode(datum);
    return this.idOf(this.scratch, 0, end, insert);
  }

  /** Writes a text to the scratch buffer; gives its length there. */
  private encode(text: string): number {
    if (this.isUuid) return this.scratch.write(text.replaceAll("-", ""), "hex");
    if (this.scratch.length < BYTES_PER_UNIT * text.length) {
      this.scratch = Buffer.alloc(2 * BYTES_PER_UNIT * text.length);
    }
    const { scratch } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return scratch.write(text);
      scratch[i] = unit;
    }
    return text.length;
  }

  private idOfNull(insert: boolean): number {
    if (!this.nullsEqual) return NULL_ID;
    if (this.nullId === NULL_ID) {
      if (!insert) return MISSING_ID;
      this.nullId = this.table.reserve();
    }
    return this.nullId;
  }
}
