import { AegisError } from "../contract/errors.js";
import type { CommentStatement } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { findRelation, missingRelation, requireColumn, requireTable, wrongKind } from "./lookup.js";
import { requireSchema } from "./names.js";

/** Nobody can ask for comments, so they are not kept; what they are about has to exist. */
export function comment(statement: CommentStatement, context: DefinitionContext): void {
  const { object, objectType, position } = statement;
  if (objectType === "schema") {
    requireSchema(context.sink, object.path.at(-1)!, position);
    return;
  }
  if (objectType === "column") {
    if (object.path.length < 2) {
      throw new AegisError("PARSE_ERROR", "column name must be qualified", { position });
    }
    const table = { path: object.path.slice(0, -1), position };
    const owner = findRelation(table, context);
    if (owner?.kind === "view") return;
    requireColumn(requireTable(table, context), object.path.at(-1)!, position);
    return;
  }
  const relation = findRelation(object, context);
  if (relation === undefined) throw missingRelation(object);
  const kind = objectType === "materialized view" ? "view" : objectType;
  if (relation.kind !== kind) throw wrongKind(object, relation.kind, kind);
}
