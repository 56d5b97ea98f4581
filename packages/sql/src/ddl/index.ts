import { AegisError, unreachable } from "../contract/errors.js";
import type { CreateSchemaStatement, DefinitionStatement } from "../parser/ast.js";
import { alter } from "./alter.js";
import { comment } from "./comment.js";
import type { DefinitionContext } from "./context.js";
import { createIndex } from "./create-index.js";
import { createTableAs } from "./create-table-as.js";
import { createTable } from "./create-table.js";
import { createView, refreshView } from "./create-view.js";
import { drop } from "./drop.js";
import { alterSequence, createSequence } from "./sequences.js";
import { truncate } from "./truncate.js";

export type { DefinitionContext } from "./context.js";

/** Those that depend on no definition but the ones they name. */
const SELF_CONTAINED: ReadonlySet<DefinitionStatement["kind"]> = new Set([
  "createTable",
  "createTableAs",
  "createView",
  "createSequence",
  "createSchema",
  "comment",
  "refresh",
]);

/**
 * Carries out one definition and gives how many rows CREATE TABLE AS made, else 0. A throw may
 * leave part of it done: the caller takes the transaction back.
 */
export function runDefinition(statement: DefinitionStatement, context: DefinitionContext): number {
  return context.sink.defining(
    () => carryOut(statement, context),
    !SELF_CONTAINED.has(statement.kind),
  );
}

function carryOut(statement: DefinitionStatement, context: DefinitionContext): number {
  switch (statement.kind) {
    case "createTable":
      createTable(statement, context);
      return 0;
    case "createTableAs":
      return createTableAs(statement, context);
    case "createIndex":
      createIndex(statement, context);
      return 0;
    case "createView":
      createView(statement, context);
      return 0;
    case "createSequence":
      createSequence(statement, context);
      return 0;
    case "alterSequence":
      alterSequence(statement, context);
      return 0;
    case "createSchema":
      createSchema(statement, context);
      return 0;
    case "alter":
      alter(statement, context);
      return 0;
    case "drop":
      drop(statement, context);
      return 0;
    case "refresh":
      refreshView(statement, context);
      return 0;
    case "truncate":
      truncate(statement, context);
      return 0;
    case "comment":
      comment(statement, context);
      return 0;
    default:
      return unreachable(statement);
  }
}

function createSchema(
  { name, ifNotExists, position }: CreateSchemaStatement,
  { sink, notice }: DefinitionContext,
): void {
  if (name.startsWith("pg_")) {
    throw new AegisError("INVALID_DEFINITION", `unacceptable schema name "${name}"`, {
      detail: 'The prefix "pg_" is reserved for system schemas.',
      sqlState: "42939",
      position,
    });
  }
  if (!sink.schemas().includes(name)) {
    sink.createSchema(name);
    return;
  }
  const message = `schema "${name}" already exists`;
  if (!ifNotExists) {
    throw new AegisError("OBJECT_EXISTS", message, { sqlState: "42P06", position });
  }
  notice(`${message}, skipping`);
}
