import type { ColumnInfo, SqlType, Source, TableInfo, Value } from "@aegisdb/sql";

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
  /** A row gives its values by column name; those it leaves out are NULL. */
  readonly rows: (source: Source) => Iterable<VirtualRow>;

  constructor(
    id: number,
    schema: string,
    name: string,
    columns: Readonly<Record<string, SqlType>>,
    rows: (source: Source) => Iterable<VirtualRow>,
  ) {
    this.id = id;
    this.schema = schema;
    this.name = name;
    this.columns = Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      notNull: false,
      defaultSql: undefined,
      identity: undefined,
      generatedSql: undefined,
    }));
    this.rows = rows;
  }
}

export type VirtualRow = Readonly<Record<string, Value>>;
