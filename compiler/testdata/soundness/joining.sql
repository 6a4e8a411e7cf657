-- ok: an inner join
select o.id, c.name from {{ ref "orders" }} o join {{ ref "customers" }} c on c.id = o.customer_id

-- ok: names of the relations instead of aliases
select orders.id, customers.name from {{ ref "orders" }} join {{ ref "customers" }} on customers.id = orders.customer_id

-- ok: a left join with a view of a view
select o.id, s.name from {{ ref "orders" }} o left join {{ ref "swedes" }} s on s.id = o.customer_id

-- ok: a right join
select o.id, c.name from {{ ref "orders" }} o right join {{ ref "customers" }} c on c.id = o.customer_id

-- ok: a full join with using merges the column
select id, o.amount, r.refunded_on from {{ ref "orders" }} o full join (select order_id as id, * from {{ ref "refunds" }}) r using (id)

-- ok: a star over using
select * from (select id as customer_id, name from {{ ref "customers" }}) c join {{ ref "orders" }} o using (customer_id)

-- ok: a star over using of two columns
select * from {{ ref "rates" }} a join {{ ref "rates" }} b using (currency, day)

-- ok: a natural join
select * from {{ ref "trades" }} natural join (select symbol, price from {{ source "landing" "prices" }}) p

-- ok: a cross join
select a.region, b.symbol from {{ ref "quarters" }} a cross join {{ ref "trades" }} b

-- ok: a comma join
select a.region, b.symbol from {{ ref "quarters" }} a, {{ ref "trades" }} b where a.q1 = b.quantity

-- ok: a semi join
select * from {{ ref "orders" }} o semi join {{ ref "customers" }} c on c.id = o.customer_id

-- ok: an anti join
select o.id from {{ ref "orders" }} o anti join {{ ref "refunds" }} r on r.order_id = o.id

-- ok: an asof join
select t.*, p.price from {{ ref "trades" }} t asof join {{ source "landing" "prices" }} p on p.symbol = t.symbol and p."at" <= t.traded_at

-- ok: an asof left join with using
select * from (select symbol, traded_at as "at", quantity from {{ ref "trades" }}) t asof left join {{ source "landing" "prices" }} p using (symbol, "at")

-- ok: a positional join
select * from {{ ref "quarters" }} positional join {{ ref "trades" }}

-- ok: a lateral subquery
select o.id, l.half from {{ ref "orders" }} o, lateral (select o.amount / 2 as half) l

-- ok: a lateral subquery without the word
select o.id, l.half from {{ ref "orders" }} o, (select o.amount / 2 as half) l

-- ok: a left join lateral
select c.name, last.day from {{ ref "customers" }} c left join lateral (select max(day) as day from {{ ref "orders" }} o where o.customer_id = c.id) last on true

-- ok: a self join
select e.name, b.name as boss from {{ ref "employees" }} e left join {{ ref "employees" }} b on b.id = e.boss_id

-- ok: a join with an ephemeral model by its own alias
select o.id, r.amount from {{ ref "orders" }} o join {{ ref "refunds" }} r on r.order_id = o.id

-- ok: joins in parentheses
select o.id, c.name, r.amount from {{ ref "orders" }} o left join ({{ ref "customers" }} c join {{ ref "refunds" }} r on r.order_id > c.id) on c.id = o.customer_id

-- ok: an inequality join
select a.id, b.id as later from {{ ref "orders" }} a join {{ ref "orders" }} b on b.placed_at > a.placed_at

-- ok: a join on an expression
select o.id from {{ ref "orders" }} o join {{ ref "rates" }} r on r.day = date_trunc('month', o.day)::date

-- ok: a column that both sides have, qualified
select o.id as order_id, c.id as customer_id from {{ ref "orders" }} o join {{ ref "customers" }} c on true

-- ok: both sides' stars
select o.*, c.* from {{ ref "orders" }} o join {{ ref "customers" }} c on c.id = o.customer_id

-- ok: a table source
select p.paid, p.method, o.status from {{ source "raw" "payments" }} p join {{ ref "orders" }} o on o.id = p.order_id

-- ok: a locked source
select l.amount, l.booked_on + 1 as after from {{ source "raw" "ledger" }} l

-- ok: file sources joined by the name of their function
select visits.page, o.id from {{ source "landing" "visits" }} visits join {{ ref "orders" }} o on o.id = visits.visitor

-- ok: a table with the schema in its name
select raw.payments.id from {{ source "raw" "payments" }}

-- ok: an implicit cast in the join's condition
select o.id from {{ ref "orders" }} o join {{ source "raw" "ledger" }} l on l.amount = o.amount

-- ok: a subquery with renamed columns
select x, y from (select id, amount from {{ ref "orders" }}) t(x, y)

-- ok: a values list joined
select o.id, v.label from {{ ref "orders" }} o join (values ('paid', 'done'), ('open', 'due')) v(status, label) on v.status = o.status

-- no: an ambiguous column
select «id» from {{ ref "orders" }} o join {{ ref "customers" }} c on c.id = o.customer_id

-- no: an ambiguous column in on
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on «id» = customer_id

-- no: an unknown column in on
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on «c.customer_id» = o.customer_id

-- no: using of a column of one side only
select * from {{ ref "orders" }} join {{ ref "customers" }} using («customer_id»)

-- no: using of an unknown column
select * from {{ ref "orders" }} join {{ ref "customers" }} using («nothing»)

-- no: a join without a condition
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} «c»

-- no: a natural join without common columns
select * from {{ ref "quarters" }} «natural» join {{ ref "trades" }}

-- no: an alias twice
select 1 as a from {{ ref "orders" }} t join {{ ref "customers" }} «t» on t.id = t.customer_id

-- no: a self join without aliases reads an ambiguous name
select employees.name from {{ ref "employees" }} join «{{ ref "employees" }}» on true

-- no: the right side of a semi join is not visible
select «c.name» from {{ ref "orders" }} o semi join {{ ref "customers" }} c on c.id = o.customer_id

-- no: the right side of an anti join is not visible
select «r.amount» from {{ ref "orders" }} o anti join {{ ref "refunds" }} r on r.order_id = o.id

-- no: an asof join without an inequality
select t.symbol from {{ ref "trades" }} t «asof» join {{ source "landing" "prices" }} p on p.symbol = t.symbol

-- no: an asof join with two inequalities
select t.symbol from {{ ref "trades" }} t «asof» join {{ source "landing" "prices" }} p on p."at" <= t.traded_at and p.price < t.quantity

-- no: a comma join does not see what follows it
select o.id from {{ ref "orders" }} o join {{ ref "refunds" }} r on r.order_id = «c.id», {{ ref "customers" }} c

-- no: a lateral subquery that reads an unknown column
select l.half from {{ ref "orders" }} o, lateral (select «o.amout» / 2 as half) l

-- late: a condition of mixed types
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on c.joined = o.amount

-- late: a struct compared with a number in on
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on c.address = o.id

-- no: an aggregate in on
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on «sum»(o.amount) = c.id

-- no: a window function in on
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on «row_number»() over () = c.id

-- no: an inner column from outside a subquery
select «t.customer_id» from (select id from {{ ref "orders" }}) t

-- no: a cross join with a condition
select 1 as a from {{ ref "orders" }} o cross join {{ ref "customers" }} c «on» true

-- no: an unknown column of a table source
select «amount» from {{ source "raw" "payments" }}

-- no: an unknown column of a locked source
select «paid» from {{ source "raw" "ledger" }}

-- no: on twice
select o.id from {{ ref "orders" }} o join {{ ref "customers" }} c on true «on» true

-- no: join written wrongly
select o.id from {{ ref "orders" }} o «outer» jion {{ ref "customers" }} c on true

-- no: a full lateral join
select o.id from {{ ref "orders" }} o full join «lateral» (select o.id as x) l on true
