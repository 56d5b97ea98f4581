/** Questions one would ask of the Chinook database; `ordered` where the text fixes the order. */
export interface NamedQuery {
  readonly name: string;
  readonly sql: string;
  readonly ordered: boolean;
}

function ordered(name: string, sql: string): NamedQuery {
  return { name, sql, ordered: true };
}

function unordered(name: string, sql: string): NamedQuery {
  return { name, sql, ordered: false };
}

export const chinookQueries: readonly NamedQuery[] = [
  ordered(
    "revenue of genres through four joins",
    `SELECT g.name, sum(il.unit_price * il.quantity) AS revenue, count(DISTINCT i.customer_id) AS buyers
     FROM invoice_line il JOIN invoice i ON i.invoice_id = il.invoice_id
     JOIN track t ON t.track_id = il.track_id JOIN genre g ON g.genre_id = t.genre_id
     GROUP BY g.name ORDER BY revenue DESC, g.name`,
  ),
  ordered(
    "best-selling artists through five joins",
    `SELECT ar.name, count(*) AS sold FROM artist ar JOIN album al USING (artist_id)
     JOIN track t USING (album_id) JOIN invoice_line il USING (track_id)
     JOIN invoice i USING (invoice_id) WHERE i.billing_country IN ('USA', 'Canada', 'Brazil')
     GROUP BY ar.artist_id, ar.name ORDER BY sold DESC, ar.name LIMIT 15`,
  ),
  ordered(
    "what each support agent sells, seven tables",
    `SELECT e.last_name, mt.name AS media, g.name AS genre, count(*) AS lines
     FROM employee e, customer c, invoice i, invoice_line il, track t, media_type mt, genre g
     WHERE c.support_rep_id = e.employee_id AND i.customer_id = c.customer_id
       AND il.invoice_id = i.invoice_id AND t.track_id = il.track_id
       AND mt.media_type_id = t.media_type_id AND g.genre_id = t.genre_id
     GROUP BY 1, 2, 3 HAVING count(*) > 5 ORDER BY lines DESC, 1, 2, 3`,
  ),
  ordered(
    "artists without albums",
    `SELECT a.name FROM artist a LEFT JOIN album b ON a.artist_id = b.artist_id
     WHERE b.album_id IS NULL ORDER BY a.name LIMIT 20`,
  ),
  unordered(
    "tracks never sold, by NOT EXISTS",
    `SELECT t.name FROM track t WHERE NOT EXISTS
       (SELECT 1 FROM invoice_line il WHERE il.track_id = t.track_id)
     AND t.genre_id = 1`,
  ),
  unordered(
    "tracks never sold, by NOT IN",
    `SELECT count(*) FROM track WHERE track_id NOT IN (SELECT track_id FROM invoice_line)`,
  ),
  ordered(
    "customers above the average of their country",
    `SELECT c.country, c.last_name, s.total FROM customer c
     JOIN (SELECT customer_id, sum(total) AS total FROM invoice GROUP BY customer_id) s
       USING (customer_id)
     WHERE s.total > (SELECT avg(x.total) FROM
       (SELECT c2.country, sum(i.total) AS total FROM customer c2 JOIN invoice i USING (customer_id)
        GROUP BY c2.customer_id, c2.country) x WHERE x.country = c.country)
     ORDER BY 1, 2`,
  ),
  ordered(
    "longest track of each album, by a correlated maximum",
    `SELECT al.title, t.name, t.milliseconds FROM album al JOIN track t USING (album_id)
     WHERE t.milliseconds = (SELECT max(u.milliseconds) FROM track u WHERE u.album_id = al.album_id)
     ORDER BY t.milliseconds DESC, al.title LIMIT 25`,
  ),
  ordered(
    "the chain of command, recursively",
    `WITH RECURSIVE chain AS (
       SELECT employee_id, last_name, 0 AS depth, last_name::text AS path FROM employee
       WHERE reports_to IS NULL
       UNION ALL
       SELECT e.employee_id, e.last_name, depth + 1, path || ' > ' || e.last_name
       FROM employee e JOIN chain c ON e.reports_to = c.employee_id)
     SELECT depth, path FROM chain ORDER BY path`,
  ),
  ordered(
    "months with and without sales, from a recursive calendar",
    `WITH RECURSIVE months(m) AS (
       SELECT TIMESTAMP '2021-01-01' UNION ALL
       SELECT m + INTERVAL '1 month' FROM months WHERE m < TIMESTAMP '2021-12-01')
     SELECT to_char(m, 'YYYY-MM') AS month, count(i.invoice_id) AS invoices, coalesce(sum(i.total), 0) AS total
     FROM months LEFT JOIN invoice i ON date_trunc('month', i.invoice_date) = m
     GROUP BY m ORDER BY m`,
  ),
  ordered(
    "running total of sales",
    `SELECT invoice_date::date AS day, total,
       sum(total) OVER (ORDER BY invoice_date, invoice_id) AS running
     FROM invoice ORDER BY invoice_date, invoice_id LIMIT 50`,
  ),
  ordered(
    "top three tracks of each genre",
    `SELECT genre, name, sold FROM (
       SELECT g.name AS genre, t.name, count(*) AS sold,
         row_number() OVER (PARTITION BY g.genre_id ORDER BY count(*) DESC, t.track_id) AS place
       FROM genre g JOIN track t USING (genre_id) JOIN invoice_line il USING (track_id)
       GROUP BY g.genre_id, g.name, t.track_id, t.name) ranked
     WHERE place <= 3 ORDER BY genre, place`,
  ),
  ordered(
    "days between a customer's purchases",
    `SELECT customer_id, invoice_date::date AS day,
       invoice_date::date - lag(invoice_date::date) OVER w AS since, rank() OVER w AS nth
     FROM invoice WINDOW w AS (PARTITION BY customer_id ORDER BY invoice_date)
     ORDER BY customer_id, invoice_date LIMIT 60`,
  ),
  ordered(
    "moving average over three invoices",
    `SELECT invoice_id, round(avg(total) OVER (ORDER BY invoice_id
       ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), 4) AS smooth
     FROM invoice ORDER BY invoice_id LIMIT 40`,
  ),
  ordered(
    "share of each country",
    `SELECT billing_country, round(100 * sum(total) / sum(sum(total)) OVER (), 2) AS percent,
       ntile(4) OVER (ORDER BY sum(total) DESC, billing_country) AS quarter
     FROM invoice GROUP BY billing_country ORDER BY percent DESC, billing_country`,
  ),
  ordered(
    "totals with subtotals",
    `SELECT coalesce(billing_country, 'all') AS country, extract(year FROM invoice_date) AS year,
       sum(total), grouping(billing_country, extract(year FROM invoice_date)) AS level
     FROM invoice WHERE billing_country IN ('France', 'Germany', 'India')
     GROUP BY ROLLUP (billing_country, extract(year FROM invoice_date))
     ORDER BY level, country, year`,
  ),
  ordered(
    "sales by quarter, pivoted with FILTER",
    `SELECT extract(year FROM invoice_date)::int AS year,
       sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 1) AS q1,
       sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 2) AS q2,
       sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 3) AS q3,
       sum(total) FILTER (WHERE extract(quarter FROM invoice_date) = 4) AS q4
     FROM invoice GROUP BY 1 ORDER BY 1`,
  ),
  ordered(
    "albums as lists of tracks",
    `SELECT al.title, string_agg(t.name, '; ' ORDER BY t.track_id) AS tracks, count(*)
     FROM album al JOIN track t USING (album_id) GROUP BY al.album_id, al.title
     HAVING count(*) BETWEEN 2 AND 4 ORDER BY al.title LIMIT 10`,
  ),
  unordered(
    "cities of customers and of employees",
    `SELECT city, country FROM customer UNION SELECT city, country FROM employee`,
  ),
  unordered("cities of both", `SELECT city FROM customer INTERSECT SELECT city FROM employee`),
  unordered(
    "playlists' tracks that another playlist does not have",
    `SELECT track_id FROM playlist_track WHERE playlist_id = 1
     EXCEPT SELECT track_id FROM playlist_track WHERE playlist_id = 5`,
  ),
  ordered(
    "people by the length of their names",
    `SELECT first_name || ' ' || upper(last_name) AS person, length(first_name) AS n,
       CASE WHEN company IS NULL THEN 'private' ELSE company END AS kind
     FROM customer WHERE email LIKE '%.com' OR phone ILIKE '+1%'
     ORDER BY n DESC, person LIMIT 20`,
  ),
  ordered(
    "colleagues who report to the same person",
    `SELECT a.last_name AS a, b.last_name AS b, m.last_name AS boss
     FROM employee a JOIN employee b ON a.reports_to = b.reports_to AND a.employee_id < b.employee_id
     JOIN employee m ON m.employee_id = a.reports_to ORDER BY 1, 2`,
  ),
  ordered(
    "latest invoice of each customer, laterally",
    `SELECT c.last_name, l.invoice_id, l.total FROM customer c
     LEFT JOIN LATERAL (SELECT invoice_id, total FROM invoice i WHERE i.customer_id = c.customer_id
       ORDER BY invoice_date DESC, invoice_id DESC LIMIT 1) l ON true ORDER BY c.customer_id LIMIT 20`,
  ),
  ordered(
    "first track of each album, by DISTINCT ON",
    `SELECT DISTINCT ON (album_id) album_id, name FROM track ORDER BY album_id, track_id LIMIT 20`,
  ),
  ordered(
    "customers who bought from every price",
    `SELECT c.customer_id FROM customer c WHERE NOT EXISTS (
       SELECT p.unit_price FROM (SELECT DISTINCT unit_price FROM track) p WHERE NOT EXISTS (
         SELECT 1 FROM invoice i JOIN invoice_line il USING (invoice_id)
         WHERE i.customer_id = c.customer_id AND il.unit_price = p.unit_price))
     ORDER BY 1`,
  ),
  ordered(
    "several CTEs",
    `WITH sales AS (SELECT track_id, sum(quantity) AS n FROM invoice_line GROUP BY track_id),
       per_album AS (SELECT album_id, sum(n) AS n FROM track JOIN sales USING (track_id) GROUP BY album_id)
     SELECT title, n FROM per_album JOIN album USING (album_id)
     WHERE n >= ALL (SELECT n FROM per_album) OR n = (SELECT min(n) FROM per_album WHERE n > 5)
     ORDER BY n DESC, title LIMIT 30`,
  ),
  ordered(
    "median and spread of invoices",
    `SELECT billing_country, percentile_cont(0.5) WITHIN GROUP (ORDER BY total) AS median,
       max(total) - min(total) AS spread, round(stddev(total), 3) AS deviation
     FROM invoice GROUP BY billing_country HAVING count(*) > 10 ORDER BY 1`,
  ),
  ordered(
    "an invoice as JSON",
    `SELECT jsonb_build_object('id', i.invoice_id, 'lines',
       jsonb_agg(jsonb_build_object('track', t.name, 'price', il.unit_price) ORDER BY il.invoice_line_id))
     FROM invoice i JOIN invoice_line il USING (invoice_id) JOIN track t USING (track_id)
     WHERE i.invoice_id <= 5 GROUP BY i.invoice_id ORDER BY i.invoice_id`,
  ),
  ordered(
    "all pairs of genres sold together",
    `SELECT a.name AS one, b.name AS other, count(*) AS together
     FROM (SELECT DISTINCT il.invoice_id, t.genre_id FROM invoice_line il JOIN track t USING (track_id)) x
     JOIN (SELECT DISTINCT il.invoice_id, t.genre_id FROM invoice_line il JOIN track t USING (track_id)) y
       ON x.invoice_id = y.invoice_id AND x.genre_id < y.genre_id
     JOIN genre a ON a.genre_id = x.genre_id JOIN genre b ON b.genre_id = y.genre_id
     GROUP BY 1, 2 HAVING count(*) > 3 ORDER BY together DESC, 1, 2`,
  ),
  ordered(
    "full join of agents and customers",
    `SELECT e.last_name, count(c.customer_id) AS customers, min(c.country) AS first_country
     FROM employee e FULL JOIN customer c ON c.support_rep_id = e.employee_id
     GROUP BY e.employee_id, e.last_name ORDER BY customers DESC, e.last_name`,
  ),
  ordered(
    "values joined with a table",
    `SELECT v.label, count(t.track_id) AS tracks FROM (VALUES ('short', 0, 120000), ('usual', 120000, 400000),
       ('long', 400000, NULL)) AS v(label, low, high)
     LEFT JOIN track t ON t.milliseconds >= v.low AND (v.high IS NULL OR t.milliseconds < v.high)
     GROUP BY v.label ORDER BY tracks DESC`,
  ),
];
