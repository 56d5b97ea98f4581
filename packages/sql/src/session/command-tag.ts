import type { Statement } from "../parser/index.js";

/** The first words of PostgreSQL's command tag: "SELECT", "INSERT", "CREATE TABLE". */
export function commandTag(statement: Statement): string {
  switch (statement.kind) {
    case "query":
      return "SELECT";
    case "createTableAs":
      return statement.query === undefined ? "CREATE TABLE" : "CREATE TABLE AS";
    case "createView":
      return statement.materialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW";
    case "drop":
    case "alter":
      return `${statement.kind} ${statement.objectType}`.toUpperCase();
    case "refresh":
      return "REFRESH MATERIALIZED VIEW";
    case "truncate":
      return "TRUNCATE TABLE";
    case "maintenance":
      return statement.command.toUpperCase();
    case "setTransaction":
      return "SET";
    case "rollbackTo":
      return "ROLLBACK";
    case "discard":
      return `DISCARD ${statement.what}`.toUpperCase();
    case "deallocate":
      return statement.name === undefined ? "DEALLOCATE ALL" : "DEALLOCATE";
    default:
      // "createTable" and its like are two words.
      return statement.kind.replace(/(?=[A-Z])/, " ").toUpperCase();
  }
}
