-- ok: row numbers
select id, row_number() over (partition by customer_id order by placed_at) as n from {{ ref "orders" }}

-- ok: lag and lead with defaults
select lag(amount) over (order by id) as before, lead(amount, 2, 0) over (order by id) as after from {{ ref "orders" }}

-- ok: running totals with frames
select sum(amount) over (order by day rows between unbounded preceding and current row) as a, avg(amount) over (order by day range between interval 7 days preceding and current row) as b from {{ ref "orders" }}

-- ok: a named window
select rank() over w as r, dense_rank() over w as d, ntile(4) over w as q, percent_rank() over w as p, cume_dist() over w as c from {{ ref "orders" }} window w as (partition by status order by amount)

-- ok: a window over a named one
select sum(amount) over (w rows 2 preceding) as s from {{ ref "orders" }} window w as (order by id)

-- ok: first and last values
select first_value(status) over w as f, last_value(status ignore nulls) over w as l, nth_value(status, 2) over w as n from {{ ref "orders" }} window w as (order by id)

-- ok: exclude in a frame
select sum(amount) over (order by id rows between 1 preceding and 1 following exclude current row) as around from {{ ref "orders" }}

-- ok: a window over groups
select status, sum(sum(amount)) over (order by status) as running from {{ ref "orders" }} group by status

-- ok: a filter in a window
select count(*) filter (where status = 'paid') over (partition by customer_id) as paid from {{ ref "orders" }}

-- ok: distinct in a window
select count(distinct status) over (partition by customer_id) as statuses from {{ ref "orders" }}

-- ok: qualify
select id from {{ ref "orders" }} qualify row_number() over (partition by customer_id order by placed_at desc) = 1

-- ok: qualify by an alias
select id, rank() over (order by amount) as r from {{ ref "orders" }} qualify r < 3

-- ok: qualify over groups
select status, sum(amount) as total from {{ ref "orders" }} group by status qualify rank() over (order by total desc) = 1

-- ok: groups frames
select sum(amount) over (order by day groups between 1 preceding and current row) as s from {{ ref "orders" }}

-- ok: a window function in order by
select id from {{ ref "orders" }} order by row_number() over (order by amount)

-- ok: aggregates as windows without anything
select amount / sum(amount) over () as share from {{ ref "orders" }}

-- no: a window function in where
select id from {{ ref "orders" }} where «row_number»() over () = 1

-- no: a window function in having
select status from {{ ref "orders" }} group by status having «rank»() over () = 1

-- no: a window function in group by
select count(*) from {{ ref "orders" }} group by «row_number»() over ()

-- no: a window function in a window function
select sum(«row_number»() over ()) over () from {{ ref "orders" }}

-- no: qualify without a window function
select id from {{ ref "orders" }} «qualify» id = 1

-- no: an unknown column in partition by
select row_number() over (partition by «customer») from {{ ref "orders" }}

-- no: an unknown column in a window's order
select row_number() over (order by «amout») from {{ ref "orders" }}

-- no: an unknown window
select sum(amount) over «w» from {{ ref "orders" }}

-- no: a window defined twice
select sum(amount) over «w» from {{ ref "orders" }} window w as (order by id), w as (order by day)

-- no: row_number without over
select «row_number»() from {{ ref "orders" }}

-- no: a plain function with over
select «upper»(status) over () from {{ ref "orders" }}

-- no: range with an interval over text
select sum(amount) over (order by status range between «interval» 1 day preceding and current row) from {{ ref "orders" }}

-- no: range with two orders
select «sum»(amount) over (order by id, day range between 1 preceding and current row) from {{ ref "orders" }}

-- no: a frame that ends before it starts
select sum(amount) over (order by id rows between current row and «1» preceding) from {{ ref "orders" }}

-- no: an unknown window function
select «row_nmber»() over () from {{ ref "orders" }}

-- no: too many arguments of ntile
select «ntile»(1, 2) over () from {{ ref "orders" }}

-- no: an ungrouped column in a window
select status, sum(«amount») over () from {{ ref "orders" }} group by status

-- no: an unknown column in qualify
select id from {{ ref "orders" }} qualify row_number() over (order by id) = «nobody»

-- no: a frame without a bound
select sum(amount) over (order by id rows«)» from {{ ref "orders" }}
