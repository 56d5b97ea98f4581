import { AegisError } from "../contract/errors.js";
import type { ColumnInfo, SequenceInfo, TableInfo, ViewInfo } from "../contract/source.js";
import type { LikeOption, SequenceOptions, TableConstraint, TableLike } from "../parser/ast.js";
import { addConstraint } from "./constraints.js";
import { type ColumnSequence, columnSequenceOptions } from "./columns.js";
import type { DefinitionContext } from "./context.js";
import type { TableDraft } from "./draft.js";
import { findRelation, missingRelation, wrongKind } from "./lookup.js";
import { sequenceKey } from "./names.js";
import { ownedSequences, nextvalSql } from "./sequences.js";
import { withQualifierRenamed } from "./stored-text.js";

export function assertNewColumn(draft: TableDraft, name: string, position: number): void {
  if (!draft.columns.some((column) => column.name === name)) return;
  const message = `column "${name}" specified more than once`;
  throw new AegisError("COLUMN_EXISTS", message, { position, column: name });
}

/** The table that a new one is LIKE, whose parts are added to the draft of the new one. */
export class LikeSource {
  readonly at: number;
  readonly #like: TableLike;
  readonly #from: TableInfo | ViewInfo;
  readonly #draft: TableDraft;
  readonly #context: DefinitionContext;

  constructor(like: TableLike, draft: TableDraft, context: DefinitionContext) {
    const relation = findRelation(like.table, context);
    if (relation === undefined) throw missingRelation(like.table);
    if (relation.kind !== "table" && relation.kind !== "view") {
      throw wrongKind(like.table, relation.kind, "table");
    }
    this.at = like.at;
    this.#like = like;
    this.#from = relation.kind === "table" ? relation.table : relation.view;
    this.#draft = draft;
    this.#context = context;
  }

  /** Gives the sequences that the new table's own identity columns need. */
  addColumns(): readonly ColumnSequence[] {
    const sequences: ColumnSequence[] = [];
    for (const column of this.#from.columns) {
      assertNewColumn(this.#draft, column.name, this.#like.position);
      const sequence = "notNull" in column ? this.#identitySequence(column) : undefined;
      if (sequence !== undefined) sequences.push(sequence);
      this.#draft.columns.push(this.#columnLike(column, sequence));
    }
    return sequences;
  }

  addChecks(): void {
    if (!this.#takes("constraints") || !("checks" in this.#from)) return;
    for (const { name, sql } of this.#from.checks) {
      this.#draft.assertNewConstraint(name);
      this.#draft.checks.push({ name: this.#draft.names.take(name), sql: this.#own(sql) });
    }
  }

  /** Under names of their own, as indexes share the names of tables. */
  addIndexes(): void {
    if (!this.#takes("indexes") || !("indexes" in this.#from)) return;
    const draft = this.#draft;
    for (const index of this.#from.indexes) {
      const columns = index.columns.map(({ column }) => this.#from.columns[column]!.name);
      if (index.constraint === undefined) {
        const name = draft.names.choose(draft.name, columns.join("_"), "idx");
        const positions = columns.map((column) =>
          draft.columns.findIndex((candidate) => candidate.name === column),
        );
        const own = index.columns.map((part, i) => ({ ...part, column: positions[i]! }));
        draft.indexes.push({ ...index, name, columns: own });
      } else addConstraint(draft, this.#keyLike(index, columns), this.#context);
    }
  }

  #takes(option: LikeOption): boolean {
    return this.#like.including.has(option);
  }

  /** The text of an expression over the new table. */
  #own(sql: string): string {
    return withQualifierRenamed(sql, this.#from.name, this.#draft.name);
  }

  #columnLike(
    column: ColumnInfo | ViewInfo["columns"][number],
    sequence: ColumnSequence | undefined,
  ): ColumnInfo {
    const { name, type } = column;
    const plain = {
      name,
      type,
      notNull: false,
      defaultSql: undefined,
      identity: undefined,
      generatedSql: undefined,
    };
    if (!("notNull" in column)) return plain;
    const { notNull, identity, defaultSql, generatedSql } = column;
    if (sequence !== undefined) {
      return { ...plain, notNull, identity, defaultSql: nextvalSql(sequence.name) };
    }
    if (identity !== undefined) return { ...plain, notNull };
    if (generatedSql !== undefined) {
      const isKept = this.#takes("generated");
      return { ...plain, notNull, generatedSql: isKept ? this.#own(generatedSql) : undefined };
    }
    return { ...plain, notNull, defaultSql: this.#takes("defaults") ? defaultSql : undefined };
  }

  #identitySequence(column: ColumnInfo): ColumnSequence | undefined {
    if (column.identity === undefined || !this.#takes("identity")) return undefined;
    const { schema, name: table, names } = this.#draft;
    const [like] = ownedSequences(this.#from as TableInfo, column.name, this.#context);
    const name = names.choose(table, column.name, "seq");
    return {
      name: sequenceKey({ schema, name }),
      column: column.name,
      options: { ...columnSequenceOptions(column.type), ...(like && optionsOf(like)) },
    };
  }

  #keyLike(
    { constraint, nullsNotDistinct }: TableInfo["indexes"][number],
    columns: readonly string[],
  ): TableConstraint {
    const { position } = this.#like;
    const base = { columns, deferrable: false, initiallyDeferred: false, position };
    return constraint === "primary"
      ? { kind: "primaryKey", ...base }
      : { kind: "unique", nullsNotDistinct, ...base };
  }
}

function optionsOf({ start, increment, min, max, cycle }: SequenceInfo): SequenceOptions {
  return { start, increment, minValue: min, maxValue: max, cycle };
}
