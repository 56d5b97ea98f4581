export { compilePredicate, compileRow, compileRows, type RowFunction } from "./compile-row.js";
