/** Where a row would stand among others, over the tables of `bound-queries`. */
export const HYPOTHETICAL: Readonly<Record<string, string>> = {
  "hypothetical sets": `
    select rank(20) within group (order by a), dense_rank(20) within group (order by a) from t;
    select percent_rank(20) within group (order by a), cume_dist(20) within group (order by a) from t;
    select rank(20) within group (order by a desc), cume_dist(10) within group (order by a desc) from t;
    select rank(null) within group (order by a), rank(null) within group (order by a nulls first) from t;
    select dense_rank(30) within group (order by a nulls first), dense_rank(10) within group (order by a desc) from t;
    select rank(10, 'x') within group (order by a, b), dense_rank(10, null) within group (order by a desc, b nulls first) from t;
    select b, rank(2) within group (order by id) as r, cume_dist(2) within group (order by id) from t group by b order by b;
    select rank(2) within group (order by id) filter (where b = 'x') from t;
    select rank(1) within group (order by a), percent_rank(1) within group (order by a), cume_dist(1) within group (order by a) from t where false;
    select rank('2024-01-20') within group (order by d), rank(2.2) within group (order by n) from t;
    select a, count(*) from t group by a having rank(3) within group (order by id) > 1 order by a;
    select rank('x') within group (order by a) from t;
    select rank(1) within group (order by a), rank() over (order by a) from t group by a order by 2;
  `,
};
