export type { SqlType, SqlTypeName } from "../contract/sql-type.js";
