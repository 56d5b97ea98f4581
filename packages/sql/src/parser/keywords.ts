/**
 * PostgreSQL's categories of keywords. Every word that is in none of them (`name`, `type`, `year`,
 * `value`, …) is a name wherever a name may stand, so that columns may be called so.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** Never a name without quotes. */
export const RESERVED: ReadonlySet<string> = words(`
  all analyse analyze and any array as asc asymmetric both case cast check collate column
  constraint create current_catalog current_date current_role current_time current_timestamp
  current_user default deferrable desc distinct do else end except false fetch for foreign from
  grant group having in initially intersect into lateral leading limit localtime localtimestamp
  not null offset on only or order placing primary references returning select session_user some
  symmetric table then to trailing true union unique user using variadic when where window with`);

/** Functions or types may be called so, columns and tables may not. */
export const FUNCTION_NAMES: ReadonlySet<string> = words(`
  authorization binary collation concurrently cross current_schema freeze full ilike inner is
  isnull join left like natural notnull outer overlaps right similar tablesample verbose`);

/** Words that begin a type in a way of their own; columns may be called so. */
export const TYPE_WORDS: ReadonlySet<string> = words(`
  bigint bit boolean char character dec decimal double float int integer interval national nchar
  numeric precision real smallint time timestamp varchar`);

/** A select item's name needs AS before one of these. */
export const NEEDS_AS: ReadonlySet<string> = words(`
  array as char character create day except fetch filter for from grant group having hour
  intersect into isnull limit minute month notnull offset on order over overlaps precision
  returning second to union varying where window with within without year`);

/** Values without parentheses. */
export const VALUE_FUNCTIONS: ReadonlySet<string> = words(`
  current_catalog current_date current_role current_schema current_time current_timestamp
  current_user localtime localtimestamp session_user user`);

/** The words a misspelt keyword is compared with, by where they may stand. */
export const STATEMENT_WORDS: readonly string[] = [
  ...words(`select insert update delete create drop alter truncate begin commit rollback savepoint
    release set show reset prepare execute deallocate explain values with table start end abort
    comment discard`),
];

export const CLAUSE_WORDS: readonly string[] = [
  ...words(`from where group having order limit offset union intersect except join inner left right
    full cross natural using on values set returning into table index view sequence schema
    distinct between like ilike similar exists primary foreign references unique default check
    constraint column and or not null as by case when then else end cast over partition rows range
    conflict do nothing update`),
];
