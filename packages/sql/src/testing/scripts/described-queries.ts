/** Queries of which names and types of columns and parameters must be PostgreSQL's. */
export const DESCRIBED: Readonly<Record<string, string>> = {
  "common tables and recursion": `
    with x as (select 1 as a) select * from x
    with x(p) as (select 1 as a) select * from x
    with x as (select 1 as a), y as (select a + 1 as b from x) select * from x, y
    with recursive y as (select * from x), x as (select 1) select * from y
    with recursive r(n) as (select 1 union all select n + 1 from r where n < 10) select * from r
    with recursive r as (select 1 as n union select n + 1 from r) select n from r
    with recursive r(n) as (select 1 union all select 2 from r left join w on true) select * from r
    with recursive r(n) as (select 'a' union all select n || 'b' from r) select * from r
    with recursive r(n) as (select 1 union all (select n from r union all select 2)) select * from r
    with recursive r(n) as (select 1 union all (select n from r except select 2)) select * from r`,
  parameters: `
    select $1
    select $1::int
    select $1 + 1
    select $1 || 'a'
    select a from t where a = $1 and b = $2
    select a from t where a in ($1, $2)
    select a from t where a = any($1)
    select a from t where a between $1 and $2
    select a from t limit $1 offset $2
    select coalesce($1, 1), coalesce($2, $3, b) from t
    select case when $1 then 1 else $2 end
    select $1 = $2
    select lower($1), abs($2)
    select $1::int + $1::text::int
    select j ->> $1, j -> $2 from t
    select * from t where b like $1
    select * from t where (a, b) = ($1, $2)
    values ($1, $2)
    values ($1::int), ($2)`,
  "set operations and VALUES": `
    values (1, 'a'), (2, null)
    values (1), (2.5), (null)
    values (1), (2) order by column1 desc limit 1
    select * from (values (1, 'a')) v(x, y)
    select 1 union select 2.5
    select '1' union select 2
    select null union select 1
    select a from t union select big from t order by a
    select a as x from t union select a from t order by x
    select a as x from t union select a from t order by 1 limit 2
    (select a from t order by a limit 1) union all (select 2) order by 1
    select a from t intersect select id from u except select 1`,
  "grouping and windows": `
    select cast(a as bigint), cast('1' as smallint), a::text, (a+1)::text, (case when true then 1 end)::text, count(*)::int from t group by a
    select t.*, count(u.id) from t left join u on u.t_id = t.id group by t.id
    select a, (select count(*) from u where u.t_id = t.a) from t group by a
    select a + 1 from t group by a + 1
    select a + 1 as x, count(*) from t group by x
    select a from t group by 1
    select 1 having true
    select sum(sum(a)) over () from t group by b
    select sum(a) over (), row_number() over (order by a), rank() over w from t window w as (partition by b order by a)
    select count(*) filter (where a > 1), sum(a) filter (where ok) from t
    select string_agg(b, ',' order by a), array_agg(distinct a), json_agg(t), jsonb_object_agg(b, a) from t
    select percentile_cont(0.5) within group (order by a), mode() within group (order by b) from t
    select a, b, grouping(a), count(*) from t group by rollup (a, b)
    select a, b from t group by grouping sets ((a), (b))
    select a, sum(n) from t group by cube (a, b)
    select id, a from t group by grouping sets ((id), (id, b))
    select sum(a) over (order by d range between '1 day' preceding and current row) from t
    select sum(a) over (order by a rows between 1 preceding and 1 following) from t
    select sum(a) over (order by a range between 1 preceding and 1 following) from t
    select sum(a) over (w rows 1 preceding) from t window w as (order by a)
    select lag(a) over (order by id), lead(b, 1, 'x') over (order by id), first_value(a) over w, ntile(4) over w from t window w as (order by id)
    select count(*) from (select distinct a from t) x
    select count(distinct a), count(distinct (a, b)) from t
    select count(t), count(t.*) from t
    select 'a' as x, 'b' as y from t group by x order by y
    select 'x' as k, count(*) from t group by k`,
  "joins and FROM": `
    select * from t join u using (id)
    select * from t natural join u
    select id from t join u using (id)
    select t.id, u.id, id from t full join u using (id)
    select * from w full join w2 using (x)
    select x from w left join w2 using (x)
    select x from w right join w2 using (x)
    select x from w join w2 using (x)
    select * from (w join w2 using (x)) as k
    select * from (w join w2 using (x)) as k(m, n, o)
    select generate_series(1, 3), a from t
    select generate_series(1, 3) + 1
    select * from generate_series(1, 3)
    select * from generate_series(1, 3) g
    select * from generate_series(1, 3) g(x)
    select g from generate_series(1, 3) g
    select g.g, g.* from generate_series(1, 3) g
    select * from generate_series(1, 3) with ordinality
    select * from generate_series(1, 3) with ordinality as x(a, n)
    select * from unnest(array[1,2], array['a','b'])
    select * from unnest(array[1,2]) u
    select u from unnest(array[1,2]) u
    select unnest(arr) from t
    select * from json_each('{"a":1}')
    select * from jsonb_array_elements('[1]') e
    select e from jsonb_array_elements('[1]') e
    select e.value from jsonb_array_elements('[1]') e
    select e->'x' from jsonb_array_elements('[1]') e
    select value from t, jsonb_array_elements(t.j)
    select * from jsonb_to_recordset('[]') as x(a int, b text)
    select * from t, lateral (select * from u where u.t_id = t.id) x
    select * from t left join lateral (select c from u where u.t_id = t.id) x on true
    select u.c from t left join u on u.t_id = t.id and t.a = 1 where u.id is null
    select * from t cross join u left join w on w.x = t.a`,
  "DISTINCT, ORDER BY and LIMIT": `
    select exists (select 1), array(select a from t), (select 1), (select a from t limit 1), (select a as foo from t), array[1,2], array[1, 2.5], array['a','b'], array[[1,2],[3,4]]
    select a as x, a as x from t order by x
    select a from t order by 1
    select a from t order by b, a + 1
    select distinct a, b from t order by b
    select distinct on (a) a, b from t order by a, b
    select distinct on (a, b) a, b from t order by b
    select distinct on (1) a, b from t
    select a is distinct from 1, a is not distinct from null, b is distinct from a::text from t
    select a from t limit 1.5
    select a from t limit (select 1)
    select a from t limit null
    select a from t order by a fetch first 2 rows with ties
    select a from t for update
    select upper(b) u, lower(b) from t order by u`,
  "literals, casts and operators": `
    select '5'::int, 5::text, '1'::int8, '1'::varchar(3), 'a'::char(3), '1.5'::decimal(10,2), 1::float, 1::real, true::int, '{1,2}'::int[], now()::date
    select date '2024-01-01', interval '1 day', timestamp '2024-01-01', timestamptz '2024-01-01 00:00:00Z', time '10:00', interval '3' day
    select array[]::int[]
    select array['1','2']::int[]
    select 1 + '2'
    select 1 || 'a'
    select int4('5'), text(5), date('2024-01-01'), float8(1)
    select make_interval(days => 1)
    select format('%s', 1), concat('a', 1, null), concat_ws(',', 'a', 2)
    select num_nulls(1, null), quote_ident('x'), to_char(1, '9'), to_char(now(), 'YYYY'), round(1.5), round(1.5, 1), ceil(1.2), trunc(5.5), power(2, 3), sqrt(4), mod(5, 2)`,
  "columns and expressions": `
    select 1, 'a', null, true, 1.5, -5, - 5, +3, -a from t
    select * from t
    select t from t
    select t.* from t
    select t.*, u.* from t, u
    select (t).a, (t).* from t
    select row(1,'a'), row(t.*) from t
    select case when a > 1 then 'x' else 'y' end from t
    select case a when 1 then 'x' else b end from t
    select case when ok then 1 else 2.5 end, case when ok then a else n end, case when ok then 'a' end from t
    select coalesce(a, 1), coalesce(null, 1), coalesce('a', null), coalesce(a, n), nullif(a, 1), greatest(1, 2.5), least(a, 3) from t
    select a from t where a = '5'
    select a from t where ok or 'true'
    select * from w x(p, q)
    select p, q, z from w x(p, q)
    select 'a' || 'b', 'a' || 1, b || a from t
    select ts - ts, d - d, d + 1, ts + interval '1 day', ts - interval '1 day', d - ts from t
    select a / 2, n / 2, f / 2, a % 2, a ^ 2, big * a, a + n, f + n, a + f from t
    select a = 1.5, f = n, b = v, d = ts from t
    select a in (1, 2), a in (1, 2.5), b in ('x', 'y'), a in ('1', '2') from t
    select (a, b) in (select id, c from u) from t
    select (a, b) in ((1, 'x'), (2, 'y')) from t
    select (a, b) = (1, 'x'), (a, b) < (1, 'x'), row(a, b) is null from t
    select a between 1 and 2, a between symmetric 5 and 1, b between 'a' and 'z', d between '2024-01-01' and '2024-02-01' from t
    select ok is true, ok is not unknown, null is null, 'x' is null from t
    select a = any(array[1,2]), a = any('{1,2}'), a > all(arr), 'x' = any(array['a']) from t
    select b like 'a%', b not like 'a', b ilike 'x', b similar to 'x', b like 'a' escape '!', b ~ 'x', b !~* 'y' from t
    select arr[1], arr[1:2], arr[:2], (array[1,2])[1], j['a'] from t
    select j -> 'a', j ->> 'a', j #> '{a,b}', j @> '{}', j ? 'x', js -> 0 from t
    select extract(year from d), extract(epoch from ts), date_trunc('month', ts), age(ts), ts at time zone 'UTC' from t
    select substring(b from 1 for 2), substring(b, 1), trim(b), trim(both 'x' from b), position('a' in b), overlay(b placing 'x' from 1) from t
    select * from lower('X')
    select * from lower('X') as l
    select * from current_date
    select * from (select 1)
    select * from (select 1) x
    select * from (select 1, 2) x(a)
    select * from (select 1 as a, 2 as a) x
    select * from vw
    select k, cnt from vw where cnt > 1
    select vw.* from vw
    select public.t.a from public.t
    select public.t.a from t
    select * from public.t
    select max(b), min(d), avg(a), avg(n), avg(f), sum(a), sum(big), sum(n), sum(f), stddev(a), bool_and(ok), every(ok) from t
    select (select sum(x.a) from u) from t x
    select (select sum(x.a + u.id) from u) from t x
    select to_json(t), row_to_json(t), to_jsonb(a) from t
    select x from (select a, b from t) x
    select (x).a from (select a, b from t) x
    select a from t as "T"
    select "T".a from t as "T"
    select not ok, not 'true', 1 < 2 and 2 < 3, 'x' is not null, (1), ((a)) from t`,
};
