export { createSqlHost, type EngineSqlHost, type SqlHostOptions } from "./host.js";
