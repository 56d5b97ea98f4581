import { AegisError, type ConstraintDescription, type TableDescription } from "aegisdb";
import type { AddRoutes } from "../http/app.js";
import { seenIsDurable } from "../http/durability.js";
import { lastSegment, queryParameters } from "../http/query-string.js";
import { success } from "../http/reply.js";
import { addResource } from "../http/resource.js";

/** What tables there are, and what each of them is. */
export const tableRoutes: AddRoutes = (app, { database }) => {
  addResource(app, "/api/v1/tables", {
    GET: async ({ req }) => {
      queryParameters(req.url, []);
      const tables = database.tables().map(({ schema, name, columns, rowCount, bytes }) => ({
        schema,
        name,
        columns: columns.length,
        row_count: rowCount,
        bytes,
      }));
      await seenIsDurable(database);
      return success({ tables, count: tables.length });
    },
  });
  addResource(app, "/api/v1/tables/:name", {
    GET: async ({ req }) => {
      queryParameters(req.url, []);
      const name = lastSegment(req.url);
      const table = database.table(name);
      const data = table === undefined ? undefined : tableJson(table);
      await seenIsDurable(database);
      if (data !== undefined) return success(data);
      throw new AegisError("TABLE_NOT_FOUND", `there is no table ${JSON.stringify(name)}`, {
        hint: "GET /api/v1/tables lists them.",
      });
    },
  });
};

function tableJson(table: TableDescription): Record<string, unknown> {
  return {
    schema: table.schema,
    name: table.name,
    columns: table.columns.map((column) => ({ ...column, default: column.default ?? null })),
    primary_key: table.primaryKey,
    constraints: table.constraints.map(constraintJson),
    indexes: table.indexes,
    row_count: table.rowCount,
    bytes: table.bytes,
  };
}

function constraintJson(constraint: ConstraintDescription): Record<string, unknown> {
  switch (constraint.kind) {
    case "primaryKey":
      return { ...constraint, kind: "primary_key" };
    case "foreignKey": {
      const { onDelete, onUpdate, ...rest } = constraint;
      return { ...rest, kind: "foreign_key", on_delete: onDelete, on_update: onUpdate };
    }
    case "unique":
    case "check":
      return constraint;
  }
}
