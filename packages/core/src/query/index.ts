export { checkDatabase } from "./check.js";
export {
  describeTable,
  describeTables,
  type ColumnDescription,
  type ConstraintDescription,
  type IndexDescription,
  type TableDescription,
} from "./describe.js";
