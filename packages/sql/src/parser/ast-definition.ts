import type { ExpressionNode, Positioned, SortItem, TypeName } from "./ast-expression.js";
import type { ObjectName, QueryNode } from "./ast-query.js";

export type ReferentialAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

export interface References extends Positioned {
  readonly table: ObjectName;
  /** Empty: the primary key of that table. */
  readonly columns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly match: "simple" | "full";
}

interface ConstraintBase extends Positioned {
  readonly name?: string;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  /** NOT VALID: the rows that are there need not keep it. */
  readonly notValid?: boolean;
}

export type ColumnConstraint = ConstraintBase &
  (
    | { readonly kind: "notNull" | "null" }
    | { readonly kind: "primaryKey" }
    | { readonly kind: "unique"; readonly nullsNotDistinct: boolean }
    | { readonly kind: "default"; readonly expression: ExpressionNode; readonly text: string }
    | { readonly kind: "check"; readonly expression: ExpressionNode; readonly text: string }
    | { readonly kind: "references"; readonly references: References }
    | { readonly kind: "generated"; readonly expression: ExpressionNode; readonly text: string }
    | {
        readonly kind: "identity";
        readonly always: boolean;
        readonly options: SequenceOptions;
      }
  );

export type TableConstraint = ConstraintBase &
  (
    | { readonly kind: "primaryKey"; readonly columns: readonly string[] }
    | {
        readonly kind: "unique";
        readonly columns: readonly string[];
        readonly nullsNotDistinct: boolean;
      }
    | { readonly kind: "check"; readonly expression: ExpressionNode; readonly text: string }
    | {
        readonly kind: "foreignKey";
        readonly columns: readonly string[];
        readonly references: References;
      }
  );

export interface ColumnDefinition extends Positioned {
  readonly name: string;
  readonly type: TypeName;
  readonly collation?: readonly string[];
  readonly constraints: readonly ColumnConstraint[];
}

export interface CreateTableStatement extends Positioned {
  readonly kind: "createTable";
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly likes: readonly TableLike[];
  readonly constraints: readonly TableConstraint[];
}

/** What LIKE takes over besides names, types and NOT NULL. */
export type LikeOption = "constraints" | "defaults" | "generated" | "identity" | "indexes";

/** `LIKE t INCLUDING …` among the columns of a table. */
export interface TableLike extends Positioned {
  readonly table: ObjectName;
  /** How many of the table's own columns stand before it. */
  readonly at: number;
  readonly including: ReadonlySet<LikeOption>;
}

export interface CreateTableAsStatement extends Positioned {
  readonly kind: "createTableAs";
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly columns: readonly string[];
  readonly query: QueryNode;
  readonly withData: boolean;
}

export interface CreateIndexStatement extends Positioned {
  readonly kind: "createIndex";
  /** Undefined: a name is made from table and columns. */
  readonly name?: string;
  readonly ifNotExists: boolean;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly table: ObjectName;
  readonly method?: string;
  readonly items: readonly SortItem[];
  readonly include: readonly string[];
  readonly where?: ExpressionNode;
}

export interface CreateViewStatement extends Positioned {
  readonly kind: "createView";
  readonly view: ObjectName;
  readonly replace: boolean;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly materialized: boolean;
  readonly columns: readonly string[];
  readonly query: QueryNode;
  /** The text of the query, to be kept and parsed again. */
  readonly text: string;
}

/** Undefined: not said. `null`: NO MINVALUE, NO MAXVALUE. */
export interface SequenceOptions {
  readonly type?: TypeName;
  readonly increment?: bigint;
  readonly minValue?: bigint | null;
  readonly maxValue?: bigint | null;
  readonly start?: bigint;
  /** RESTART without a value is "restart". */
  readonly restart?: bigint | "start";
  readonly cache?: bigint;
  readonly cycle?: boolean;
  /** SEQUENCE NAME of an identity column, as dumps have it. */
  readonly sequenceName?: readonly string[];
  /** A column, or "none". */
  readonly ownedBy?: readonly string[];
}

export interface SequenceStatement extends Positioned {
  readonly kind: "createSequence" | "alterSequence";
  readonly sequence: ObjectName;
  /** IF NOT EXISTS of CREATE, IF EXISTS of ALTER. */
  readonly ifExistence: boolean;
  readonly options: SequenceOptions;
}

export interface CreateSchemaStatement extends Positioned {
  readonly kind: "createSchema";
  readonly name: string;
  readonly ifNotExists: boolean;
}

export type AlterAction = Positioned &
  (
    | {
        readonly kind: "addColumn";
        readonly column: ColumnDefinition;
        readonly ifNotExists: boolean;
      }
    | {
        readonly kind: "dropColumn" | "dropConstraint";
        readonly name: string;
        readonly ifExists: boolean;
        readonly cascade: boolean;
      }
    | {
        readonly kind: "setType";
        readonly column: string;
        readonly type: TypeName;
        readonly using?: ExpressionNode;
      }
    | {
        readonly kind: "setDefault";
        readonly column: string;
        readonly expression: ExpressionNode;
        readonly text: string;
      }
    | {
        readonly kind: "dropDefault" | "setNotNull" | "dropNotNull";
        readonly column: string;
      }
    | {
        readonly kind: "addIdentity" | "setIdentity";
        readonly column: string;
        /** Undefined: SET changes only the sequence. */
        readonly always?: boolean;
        readonly options: SequenceOptions;
      }
    /** DROP IDENTITY, and DROP EXPRESSION of a generated column. */
    | {
        readonly kind: "dropIdentity" | "dropExpression";
        readonly column: string;
        readonly ifExists: boolean;
      }
    | { readonly kind: "addConstraint"; readonly constraint: TableConstraint }
    | { readonly kind: "validateConstraint"; readonly name: string }
    | {
        readonly kind: "renameColumn" | "renameConstraint";
        readonly name: string;
        readonly newName: string;
      }
    | { readonly kind: "rename"; readonly newName: string }
    | { readonly kind: "setSchema"; readonly schema: string }
    | { readonly kind: "owner"; readonly role: string }
    /** What changes nothing here, of a column or of the whole. */
    | { readonly kind: "nothing"; readonly column?: string }
  );

export type ObjectType =
  "table" | "view" | "materialized view" | "index" | "sequence" | "schema" | "column";

export interface AlterStatement extends Positioned {
  readonly kind: "alter";
  readonly objectType: ObjectType;
  readonly object: ObjectName;
  readonly ifExists: boolean;
  readonly actions: readonly AlterAction[];
}

export interface DropStatement extends Positioned {
  readonly kind: "drop";
  readonly objectType: ObjectType;
  readonly objects: readonly ObjectName[];
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

/** REFRESH MATERIALIZED VIEW. */
export interface RefreshStatement extends Positioned {
  readonly kind: "refresh";
  readonly view: ObjectName;
}

export interface TruncateStatement extends Positioned {
  readonly kind: "truncate";
  readonly tables: readonly ObjectName[];
  readonly restartIdentity: boolean;
  readonly cascade: boolean;
}

export interface CommentStatement extends Positioned {
  readonly kind: "comment";
  readonly objectType: ObjectType;
  readonly object: ObjectName;
  /** Undefined removes it. */
  readonly text?: string;
}

export type DefinitionStatement =
  | CreateTableStatement
  | CreateTableAsStatement
  | CreateIndexStatement
  | CreateViewStatement
  | SequenceStatement
  | CreateSchemaStatement
  | AlterStatement
  | DropStatement
  | RefreshStatement
  | TruncateStatement
  | CommentStatement;
