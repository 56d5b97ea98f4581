/**
 * What the parser gives: readonly nodes told apart by `kind`. Names are folded as PostgreSQL folds
 * them (lower case unless quoted), nothing is resolved, and a part that was not written is absent.
 */
export type * from "./ast-definition.js";
export type * from "./ast-expression.js";
export type * from "./ast-query.js";
export type * from "./ast-statement.js";
