import { AegisError } from "../contract/errors.js";
import type {
  CheckInfo,
  ColumnInfo,
  ForeignKeyInfo,
  IndexInfo,
  TableInfo,
} from "../contract/source.js";
import type { TableDefinition } from "../contract/table-change.js";
import type { DefinitionContext } from "./context.js";
import { NameChooser } from "./names.js";

/** A table while its definition is put together, or changed. */
export class TableDraft {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  columns: ColumnInfo[];
  primaryKey: readonly number[];
  readonly indexes: IndexInfo[];
  readonly foreignKeys: ForeignKeyInfo[];
  readonly checks: CheckInfo[];
  readonly names: NameChooser;

  constructor(from: TableDefinition & { readonly id?: number }, context: DefinitionContext) {
    this.id = from.id ?? NOT_THERE_YET;
    this.schema = from.schema;
    this.name = from.name;
    this.columns = [...from.columns];
    this.primaryKey = from.primaryKey;
    this.indexes = [...from.indexes];
    this.foreignKeys = [...from.foreignKeys];
    this.checks = [...from.checks];
    this.names = new NameChooser(context.sink, from.schema);
  }

  get isNew(): boolean {
    return this.id === NOT_THERE_YET;
  }

  /** The definition so far, for binding expressions over it. */
  get table(): TableInfo {
    return { ...this.definition, id: this.id, kind: "table" };
  }

  get definition(): TableDefinition {
    const { schema, name, columns, primaryKey, indexes, foreignKeys, checks } = this;
    return { schema, name, columns, primaryKey, indexes, foreignKeys, checks };
  }

  setColumn(at: number, part: Partial<ColumnInfo>): void {
    this.columns[at] = { ...this.columns[at]!, ...part };
  }

  /** Throws OBJECT_EXISTS where a constraint of the table has the name. */
  assertNewConstraint(name: string): void {
    const taken = [...this.indexes, ...this.foreignKeys, ...this.checks];
    if (!taken.some((constraint) => constraint.name === name)) return;
    const message = `constraint "${name}" for relation "${this.name}" already exists`;
    throw new AegisError("OBJECT_EXISTS", message, { constraint: name, table: this.name });
  }
}

const NOT_THERE_YET = -1;

export function emptyDefinition(schema: string, name: string): TableDefinition {
  return {
    schema,
    name,
    columns: [],
    primaryKey: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
  };
}
