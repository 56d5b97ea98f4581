export {
  type Columns,
  compilePredicate,
  compileRow,
  compileRows,
  type RowFunction,
  type RowPredicate,
} from "./compile-row.js";
