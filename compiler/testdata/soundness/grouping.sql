-- ok: group by a column
select status, sum(amount) as total, count(*) as orders from {{ ref "orders" }} group by status

-- ok: group by all
select status, customer_id, sum(amount) as total from {{ ref "orders" }} group by all

-- ok: group by a number
select status, count(*) from {{ ref "orders" }} group by 1

-- ok: group by an expression that is selected
select date_trunc('month', day), max(amount) from {{ ref "orders" }} group by date_trunc('month', day)

-- ok: group by a column that is not selected
select count(*) as n from {{ ref "orders" }} group by status

-- ok: an aggregate over everything
select sum(amount) as total, avg(amount) as mean, min(day) as first_day, max(tags) as last_tags from {{ ref "orders" }}

-- ok: having without group by
select count(*) as n from {{ ref "orders" }} having count(*) > 1

-- ok: grouping sets
select status, customer_id, sum(amount) as total from {{ ref "orders" }} group by grouping sets ((status), (customer_id), ())

-- ok: rollup
select status, day, count(*) as n from {{ ref "orders" }} group by rollup (status, day)

-- ok: cube with grouping
select status, day, grouping(status, day) as level, count(*) as n from {{ ref "orders" }} group by cube (status, day)

-- ok: an aggregate with a filter
select count(*) filter (where status = 'paid') as paid, sum(amount) filter (status = 'open') as due from {{ ref "orders" }}

-- ok: an aggregate with an order
select list(status order by placed_at desc) as path, string_agg(status, ', ' order by id) as words from {{ ref "orders" }}

-- ok: distinct in an aggregate
select count(distinct customer_id) as customers, list(distinct status) as statuses from {{ ref "orders" }}

-- ok: arg_max and friends
select arg_max(id, amount) as dearest, arg_min(status, day) as first_status, max_by(status, amount) as s, arg_max(id, amount, 2) as two from {{ ref "orders" }}

-- ok: quantiles
select median(amount) as m, quantile_cont(amount, 0.9) as p90, quantile_disc(amount, [0.1, 0.9]) as ps, mode(status) as common from {{ ref "orders" }}

-- ok: statistics
select stddev(amount) as sd, variance(amount) as v, corr(id, amount) as c, regr_slope(amount, id) as slope, skewness(amount) as sk, entropy(status) as e from {{ ref "orders" }}

-- ok: approximate aggregates
select approx_count_distinct(status) as a, approx_quantile(amount, 0.5) as q, histogram(status) as h from {{ ref "orders" }}

-- ok: boolean and bit aggregates
select bool_and(amount > 1) as every, bool_or(amount > 50) as some, bit_and(id) as bits, product(amount) as p from {{ ref "orders" }}

-- ok: first, last and any_value
select customer_id, first(status) as f, last(status order by id) as l, any_value(amount) as a from {{ ref "orders" }} group by customer_id

-- ok: maps and structs from aggregates
select map_from_entries(list((id, amount))) as m, list({'id': id, 'day': day}) as rows from {{ ref "orders" }}

-- ok: an aggregate in an expression
select 100 * sum(amount) / count(*) as per, coalesce(max(note), 'none') as note from {{ ref "orders" }}

-- ok: having by an alias
select status, count(*) as n from {{ ref "orders" }} group by status having n > 1

-- ok: order by an aggregate
select status from {{ ref "orders" }} group by status order by count(*) desc

-- ok: order by all
select status, count(*) as n from {{ ref "orders" }} group by all order by all

-- ok: a correlated subquery beside a group
select customer_id, (select name from {{ ref "customers" }} c where c.id = o.customer_id) as name, sum(amount) as total from {{ ref "orders" }} o group by customer_id

-- ok: within group
select percentile_cont(0.5) within group (order by amount) as p, mode() within group (order by status) as m from {{ ref "orders" }}

-- ok: grouping by a struct's field
select address.city, count(*) as n from {{ ref "customers" }} group by address.city

-- ok: an aggregate over an unnested list
select tag, count(*) as n from (select unnest(tags) as tag from {{ ref "orders" }}) group by tag

-- ok: count of nothing but rows
select count() as n from {{ ref "orders" }}

-- ok: sums keep their types
select sum(t) as t, sum(ut) as ut, sum(h) as h, sum(f) as f, sum(d) as d, avg(d) as a, sum(ub) as ub from {{ ref "kinds" }}

-- no: a column that is not grouped
select status, «amount» from {{ ref "orders" }} group by status

-- no: a column beside an aggregate
select «status», count(*) from {{ ref "orders" }}

-- no: a star beside a group
select «*» from {{ ref "orders" }} group by status

-- no: an ungrouped column in an expression
select status, sum(amount) + «id» as x from {{ ref "orders" }} group by status

-- no: an ungrouped column in having
select status from {{ ref "orders" }} group by status having «amount» > 1

-- no: an ungrouped column in order by
select status from {{ ref "orders" }} group by status order by «amount»

-- no: an aggregate in where
select status from {{ ref "orders" }} where «count»(*) > 1 group by status

-- no: an aggregate in group by
select sum(amount) as total from {{ ref "orders" }} group by «sum»(amount)

-- no: an alias of an aggregate in group by
select «sum»(amount) as total from {{ ref "orders" }} group by total

-- no: an aggregate in an aggregate
select sum(«count»(*)) from {{ ref "orders" }} group by status

-- no: group by an unknown column
select count(*) from {{ ref "orders" }} group by «statuss»

-- no: group by a term out of range
select status, count(*) from {{ ref "orders" }} «group» by 3

-- no: group by text with a number of wrong type
select «sum»(status) from {{ ref "orders" }}

-- no: an average of dates with text
select «avg»(note) from {{ ref "orders" }}

-- no: an unknown aggregate
select «summ»(amount) from {{ ref "orders" }}

-- no: an aggregate with too many arguments
select «sum»(amount, id) from {{ ref "orders" }}

-- no: a filter on a plain function
select upper(status) «filter» (where id > 1) from {{ ref "orders" }}

-- no: distinct in a plain function
select upper(«distinct» status) from {{ ref "orders" }}

-- no: an order in a plain function
select upper(status «order» by id) from {{ ref "orders" }}

-- no: having on a column without a group
select id from {{ ref "orders" }} having «amount» > 1

-- no: grouping without a group
select «grouping»(status) from {{ ref "orders" }}

-- no: grouping of a column that is not grouped
select «grouping»(day) from {{ ref "orders" }} group by status

-- no: an unknown column in a filter
select count(*) filter (where «state» = 'paid') from {{ ref "orders" }}

-- no: an unknown column in an aggregate's order
select list(status order by «plaeced_at») from {{ ref "orders" }}

-- no: an aggregate of a subquery in its filter
select sum(amount) filter (where «sum»(amount) > 1) from {{ ref "orders" }}

-- no: a quantile that is not constant
«select» quantile_cont(amount, id) from {{ ref "orders" }}

-- no: a quantile beyond one
«select» quantile_cont(amount, 1.5) from {{ ref "orders" }}

-- no: an ungrouped column in a correlated subquery
select status, (select max(c.name) from {{ ref "customers" }} c where c.id = «o.customer_id») from {{ ref "orders" }} o group by status

-- no: grouping sets with an unknown column
select status from {{ ref "orders" }} group by grouping sets ((status), («nobody»))

-- no: rollup with a number out of range
select status, count(*) from {{ ref "orders" }} «group» by rollup (5)

-- no: an aggregate in limit
select id from {{ ref "orders" }} limit «count»(*)

-- no: a group by with nothing
select status from {{ ref "orders" }} group «by»

-- no: a window function in an aggregate
select sum(«row_number»() over ()) from {{ ref "orders" }}
