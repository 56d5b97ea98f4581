/**
 * Levels of nesting that the binder follows, chains of operators included: what the parser takes in
 * a row fits, and neither this nor the passes behind it come near the end of the call stack.
 */
export const MAX_BIND_DEPTH = 1500;
/** Columns of a result or of a table in FROM, as in PostgreSQL. */
export const MAX_COLUMNS = 1664;
/** Grouping sets that CUBE and ROLLUP may expand to, as in PostgreSQL. */
export const MAX_GROUPING_SETS = 4096;
/** Subqueries in one another that stand for a value which is used several times. */
export const MAX_VALUE_DEPTH = 100;
/** Views that one statement may expand: each of two that stand on one expands it again. */
export const MAX_VIEWS = 1000;
/** Views that may stand on views. */
export const MAX_VIEW_DEPTH = 100;
