import type { ColumnInfo, Source, SqlType, TableInfo, Value } from "@aegisdb/sql";

/** Values by column name; those left out are NULL. */
export type VirtualRow = Readonly<Record<string, Value>>;

/** Where a sequence stands. */
export interface SequencePosition {
  readonly last: number | bigint;
  /** False: `last` was not given out yet. */
  readonly called: boolean;
}

/** What virtual tables read: a source that also knows what no definition says. */
export interface VirtualSource extends Source {
  position(sequence: string): SequencePosition | undefined;
}

export interface VirtualSpec {
  readonly schema: string;
  readonly name: string;
  readonly columns: Readonly<Record<string, SqlType>>;
  readonly rows: (source: VirtualSource) => Iterable<VirtualRow>;
}

/** A table whose rows are made when it is scanned, of what a source says of itself. */
export class VirtualTable implements TableInfo {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly kind = "virtual" as const;
  readonly columns: readonly ColumnInfo[];
  readonly primaryKey: readonly number[] = [];
  readonly indexes: readonly [] = [];
  readonly foreignKeys: readonly [] = [];
  readonly checks: readonly [] = [];
  readonly rows: VirtualSpec["rows"];

  /** Ids are below zero, where no stored table has any. */
  constructor(id: number, { schema, name, columns, rows }: VirtualSpec) {
    this.id = id;
    this.schema = schema;
    this.name = name;
    this.rows = rows;
    this.columns = Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      notNull: false,
      defaultSql: undefined,
      identity: undefined,
      generatedSql: undefined,
    }));
  }
}
