import { AegisError } from "../contract/errors.js";
import type { TableInfo, ViewInfo } from "../contract/source.js";
import type { ObjectName, TableRef } from "../parser/ast.js";
import { findCte } from "./cte-frame.js";
import { referToCte } from "./ctes.js";
import { renameColumns, type FromItem } from "./from.js";
import { didYouMean } from "./nearest.js";
import { scanOf } from "./plans.js";
import { addRelation, type Scope } from "./scope.js";
import type { Statement } from "./statement.js";
import { bindView } from "./views.js";

/** A name in FROM: a common table, a table or a view. */
export function bindTable(node: TableRef, scope: Scope): FromItem {
  const { statement } = scope;
  const name = node.path.at(-1)!;
  const { alias, position, columns } = node;
  const found = node.path.length === 1 ? findCte(scope.ctes, name) : undefined;
  if (found !== undefined) {
    if (found.entry.state === "binding") scope.recursive = true;
    const plan = referToCte(found.entry, found.frame, statement, position);
    const relation = addRelation(scope, plan.output, { name: alias ?? name });
    return {
      plan,
      relations: [renameColumns(relation, columns, position)],
      lateralUsed: false,
    };
  }
  const object = findTableOrView(statement, node);
  if ("sql" in object) {
    const plan = bindView(object, statement, position);
    const relation = addRelation(scope, plan.output, {
      name: alias ?? name,
      schema: alias === undefined ? object.schema : undefined,
    });
    return {
      plan,
      relations: [renameColumns(relation, columns, position)],
      lateralUsed: false,
    };
  }
  const plan = scanOf(statement, object, { alias });
  const relation = addRelation(scope, plan.output, {
    name: alias ?? name,
    schema: alias === undefined ? object.schema : undefined,
    table: object,
  });
  return { plan, relations: [renameColumns(relation, columns, position)], lateralUsed: false };
}

function findTableOrView(statement: Statement, node: ObjectName): TableInfo | ViewInfo {
  const found = lookUp(statement, node, (schema, name) => {
    const { source } = statement.context;
    return source.table(schema, name) ?? source.view(schema, name);
  });
  if (found === undefined) throw tableNotFound(statement, node);
  return found;
}

/** The table of a writing statement. TABLE_NOT_FOUND if there is none, WRONG_OBJECT_TYPE for a view. */
export function requireTable(statement: Statement, node: ObjectName): TableInfo {
  const found = findTableOrView(statement, node);
  if (!("sql" in found)) return found;
  throw new AegisError("WRONG_OBJECT_TYPE", `"${found.name}" is a view, which cannot be changed`, {
    position: node.position,
    table: found.name,
  });
}

function lookUp<T>(
  statement: Statement,
  node: ObjectName,
  find: (schema: string | undefined, name: string) => T | undefined,
): T | undefined {
  const name = node.path.at(-1)!;
  const schema = node.path.at(-2);
  const { searchPath } = statement.context;
  if (schema !== undefined || searchPath === undefined) return find(schema, name);
  for (const candidate of searchPath) {
    const found = find(candidate, name);
    if (found !== undefined) return found;
  }
  return find("pg_catalog", name);
}

function tableNotFound(statement: Statement, node: ObjectName): AegisError {
  const { source } = statement.context;
  const name = node.path.at(-1)!;
  const names = [...source.tables(), ...source.views()].map((object) => object.name);
  return new AegisError("TABLE_NOT_FOUND", `relation "${node.path.join(".")}" does not exist`, {
    position: node.position,
    table: name,
    hint: didYouMean(name, names),
  });
}
