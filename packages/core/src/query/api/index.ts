export { Session } from "./session.js";
export { explain, prepare, query, sql } from "./sql-calls.js";
export { SqlDatabase } from "./sql-database.js";
export type * from "./types.js";
