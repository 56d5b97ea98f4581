import { AegisError, unreachable } from "../contract/errors.js";
import type { AlterAction, AlterStatement } from "../parser/ast.js";
import { addTableColumn } from "./add-column.js";
import {
  addTableConstraint,
  dropConstraint,
  renameConstraint,
  validateConstraint,
} from "./alter-constraint.js";
import { changeColumn } from "./alter-column.js";
import { addIdentity, dropExpression, dropIdentity, setIdentity } from "./alter-identity.js";
import { changeType } from "./alter-type.js";
import type { DefinitionContext } from "./context.js";
import { dropColumn } from "./drop-column.js";
import {
  currentTable,
  findRelation,
  missingRelation,
  type Relation,
  requireColumn,
  requireTable,
  wrongKind,
} from "./lookup.js";
import { renameColumn } from "./rename-column.js";
import { moveRelation } from "./rename.js";

export function alter(statement: AlterStatement, context: DefinitionContext): void {
  const { object, objectType, position } = statement;
  if (objectType === "schema") {
    throw new AegisError("UNSUPPORTED", "schemas cannot be renamed", { position });
  }
  const relation = findRelation(object, context);
  if (relation === undefined) {
    if (!statement.ifExists) throw missingRelation(object);
    context.notice(`relation "${object.path.join(".")}" does not exist, skipping`);
    return;
  }
  const kind = objectType === "materialized view" ? "view" : objectType;
  if (kind === "column") throw new AegisError("INTERNAL", "a column is altered with its table");
  // ALTER TABLE may rename whatever shares the names of tables.
  const general = statement.actions.every(({ kind: action }) => GENERAL.has(action));
  if (relation.kind !== kind && !(kind === "table" && general)) {
    throw wrongKind(object, relation.kind, kind);
  }
  for (const action of statement.actions) {
    if (action.kind === "nothing") {
      checkColumn(relation, action);
      continue;
    }
    if (GENERAL.has(action.kind) || relation.kind !== "table") {
      moveRelation(relation, action, context);
    } else alterTable(statement, relation, action, context);
  }
}

/** What changes nothing must be about a column that is there all the same. */
function checkColumn(
  relation: Relation,
  { column, position }: Extract<AlterAction, { kind: "nothing" }>,
): void {
  if (column !== undefined && relation.kind === "table") {
    requireColumn(relation.table, column, position);
  }
}

const GENERAL: ReadonlySet<AlterAction["kind"]> = new Set(["rename", "setSchema", "owner"]);

function alterTable(
  statement: AlterStatement,
  relation: Extract<Relation, { kind: "table" }>,
  action: AlterAction,
  context: DefinitionContext,
): void {
  requireTable(statement.object, context);
  const table = currentTable(relation.table, context);
  switch (action.kind) {
    case "addColumn":
      addTableColumn(table, action, context);
      return;
    case "dropColumn":
      dropColumn(table, action, context);
      return;
    case "setType":
      changeType(table, action, context);
      return;
    case "setDefault":
    case "dropDefault":
    case "setNotNull":
    case "dropNotNull":
      changeColumn(table, action, context);
      return;
    case "addIdentity":
      addIdentity(table, action, context);
      return;
    case "setIdentity":
      setIdentity(table, action, context);
      return;
    case "dropIdentity":
      dropIdentity(table, action, context);
      return;
    case "dropExpression":
      dropExpression(table, action, context);
      return;
    case "addConstraint":
      addTableConstraint(table, action.constraint, context);
      return;
    case "dropConstraint":
      dropConstraint(table, action, context);
      return;
    case "validateConstraint":
      validateConstraint(table, action, context);
      return;
    case "renameColumn":
      renameColumn(table, action, context);
      return;
    case "renameConstraint":
      renameConstraint(table, action, context);
      return;
    case "rename":
    case "setSchema":
    case "owner":
    case "nothing":
      return;
    default:
      unreachable(action);
  }
}
