/** Answers of conditions as small numbers, for tables of them; 0 is none yet. */
export const ANSWER_FALSE = 1;
export const ANSWER_TRUE = 2;
export const ANSWER_NULL = 3;

/** Answers a test for an entry of a vector: a row, or an entry of its dictionary; -1 is NULL. */
export type EntryTest = (entry: number) => number;
