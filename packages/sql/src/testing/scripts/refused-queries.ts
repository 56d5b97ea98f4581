/** Queries that PostgreSQL refuses: SQLSTATE and message must be the same. */
export const REFUSED: Readonly<Record<string, string>> = {
  "refused: common tables and recursion": `
    with x(p, q) as (select 1 as a) select * from x
    with x as (select 1), x as (select 2) select * from x
    with y as (select * from x), x as (select 1) select * from y
    with recursive r(n) as (select 1 union all select n + 1.5 from r) select * from r
    with recursive r(n) as (select n from r) select * from r
    with recursive r(n) as (select n + 1 from r union all select 1) select * from r
    with recursive r(n) as (select 1 union all select a.n from r a, r b) select * from r
    with recursive r(n) as (select 1 union all select sum(n) from r) select * from r
    with recursive r(n) as (select 1 union all select n from r order by 1) select * from r
    with recursive r(n) as (select 1 union all select n from r limit 1) select * from r
    with recursive r(n) as (select 1 union all select 2 from w left join r on true) select * from r
    with recursive r(n) as (select 1 union all select 2 where exists (select 1 from r)) select * from r
    with recursive r(n) as (select 1 intersect select n from r) select * from r
    with recursive r(n) as ((select 1 union all select n from r) union all select 5) select * from r`,
  "refused: parameters": `
    select a from t where a = $2
    select d + $1, ts - $2 from t`,
  "refused: set operations and VALUES": `
    values (1), ('x')
    values (1, 2), (3)
    select 1 union select 'a'
    select null union select null union select 1
    select 1, 2 union select 3
    select a from t union select b from t
    select a as x from t union select a as y from t order by y
    select a as x from t union select a from t order by a + 1
    select js from t union select js from t`,
  "refused: grouping and windows": `
    select a, count(*) from t
    select a, count(*) from t group by b
    select b from t group by a
    select t.*, u.c, count(u.id) from t left join u on u.t_id = t.id group by t.id
    select a, (select count(*) from u where u.t_id = t.id) from t group by a
    select a + 2 from t group by a + 1
    select a as b from t group by b
    select b as a, count(*) from t group by a
    select a from t group by 2
    select a from t group by 'x'
    select a from t group by 1.5
    select count(*) from t group by count(*)
    select count(*) as c from t group by c
    select count(*) from t group by 1
    select a from t where count(*) > 1
    select a from t where sum(a) over () > 1
    select count(count(*)) from t
    select sum(a) from t having a > 1
    select a from t having true
    select rank() over nope from t
    select lower('a') over () from t
    select sum(distinct a) over () from t
    select lower('a') filter (where true)
    select string_agg(distinct b, ',' order by a) from t
    select count(*) within group (order by a) from t
    select count(*) from t for update
    select a, grouping(b) from t group by a
    select grouping(a) from t
    select a, b, n from t group by grouping sets ((a), (b))
    select id, a from t group by grouping sets ((id), (b))
    select sum(a) over (rows between unbounded following and current row) from t
    select sum(a) over (rows between current row and 1 preceding) from t
    select sum(a) over (groups between 1 preceding and current row) from t
    select sum(a) over (w order by b) from t window w as (order by a)
    select sum(a) over (w partition by b) from t window w as (order by a)
    select sum(row_number() over ()) over () from t
    select js from t group by js
    select array_agg(a), array_agg(b), array_length(arr, 1), cardinality(arr), arr || 1, arr || arr, 1 || arr from t`,
  "refused: joins and FROM": `
    select * from t join t on true
    select * from t join u using (nope)
    select * from w join w2 using (x, x)
    select k.x, w.y from (w join w2 using (x)) as k
    select * from t where generate_series(1,2) = 1
    select case when true then generate_series(1,2) end
    select coalesce(generate_series(1,2))
    select sum(generate_series(1,2))
    select * from jsonb_to_recordset('[]')
    select * from generate_series(1,2) as x(a int)
    select * from t, u left join w on w.x = t.a
    select * from t join u on t.id`,
  "refused: DISTINCT, ORDER BY and LIMIT": `
    select a as x, b as x from t order by x
    select a from t order by 2
    select a from t order by 0
    select a from t order by -1
    select a from t order by 'x'
    select a from t order by null
    select a as b from t order by b + 1
    select distinct a from t order by b
    select distinct a from t order by a + 1
    select distinct on (a) a, b from t order by b
    select distinct on (a, b) a, b from t order by b, n
    select distinct on (nope) a from t
    select lower(distinct 'a')
    select a is distinct from b from t
    select a from t limit 'x'
    select a from t limit a
    select a from t fetch first 2 rows with ties
    select distinct a from t for update
    select a from t for update of nope
    select distinct js from t
    select js from t order by js
    select t.id from t order by t.id, u.id`,
  "refused: literals, casts and operators": `
    select case when 1 then 2 end
    select array[]
    select (select 1, 2)
    select sum('x')
    select foo(1)
    select lower(1)
    select lower(1, 2)
    select 1 + 'a'
    select (1, 2) overlaps (3, 4)
    select (1, 2) overlaps (1, 2, 3)
    select e'\\x80'
    select 'a' + 'b'
    select * 
    select *`,
  "refused: columns and expressions": `
    select (t).nope from t
    select case when ok then 1 else 'x' end from t
    select case when ok then 1 else 'x'::text end from t
    select coalesce(a, 'x') from t
    select a from t where b
    select a from t where a
    select a from t where a = 'x'
    select a from t where a + 1
    select a from t where not a
    select a from t where ok and a
    select a from t where ok or 'x'
    select nme from t
    select date(1), concat() over ()
    select nofunction(*), 1
    select nofunction(distinct 1) from t
    select 1::decimal(3.2)
    select * from t right join lateral (select t.a) x on true
    select * from t join u on t.b = u.c full join lateral (select t.a) x on true
    select count(*) over (order by a rows between a preceding and current row) from t
    select * from w join (select 'x'::text as x) v using (x)
    select t.nme from t
    select x.a from t
    select t.a from t as x
    select a from tt
    select id from t, u
    select t.id from t, t
    select * from w x(p, q, r, s)
    select row_number() from t
    select percentile_cont(0.5) from t
    select sum(b) from t
    select b + 1 from t
    select a + b from t
    select - b from t
    select a = b from t
    select a in ('x') from t
    select a in ('x'::text) from t
    select a in (1, 'x'::text) from t
    select a in (select id from u), a in (select c from u) from t
    select a in (select id, t_id from u) from t
    select (a, b) in (select id from u) from t
    select (a, b) = (1, 'x', 3) from t
    select a is true from t
    select a = any(b) from t
    select a = any(1) from t
    select a like 'x' from t
    select a[1] from t
    select b collate "C", b collate nope from t
    select a collate "C" from t
    select * from t, (select * from u where u.t_id = t.id) x
    select a from (select 1 as a, 2 as a) x
    select t.* from u
    select js = js from t
    select t.a.b from t
    select other.t.a from t
    select * from other.t
    select * from nope.x
    select (select a from t x where x.id = t.id), (select max(x.a) from u) from t x, t
    select 1 from t x where (select sum(x.a) from u) > 1
    select a::int::text, (a::int)::bigint, arr[1]::text, -a::text from t`,
};
