-- ok: a common table expression
with paid as (select * from {{ ref "orders" }} where status = 'paid') select id, amount from paid

-- ok: one that reads another
with a as (select id, amount from {{ ref "orders" }}), b as (select id, amount * 2 as twice from a) select * from b join a using (id)

-- ok: renamed columns
with t(a, b) as (select id, amount from {{ ref "orders" }}) select a, b from t

-- ok: materialized
with t as materialized (select id from {{ ref "orders" }}) select a.id from t a, t b

-- ok: not materialized
with t as not materialized (select id from {{ ref "orders" }}) select id from t

-- ok: a common table expression that nobody reads
with unused as (select 1 as x) select id from {{ ref "orders" }}

-- ok: one with the name of a model
with orders as (select id from {{ ref "orders" }}) select id from orders

-- ok: nested
with a as (with b as (select id from {{ ref "orders" }}) select id as x from b) select x from a

-- ok: recursion
with recursive up(id, boss_id, depth) as (
    select id, boss_id, 0 from {{ ref "employees" }}
    union all
    select e.id, e.boss_id, up.depth + 1 from up join {{ ref "employees" }} e on e.id = up.boss_id where up.depth < 9
) select * from up

-- ok: recursion over numbers
with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select i, i * i as square from n

-- ok: recursion with a key
with recursive t(id, level) using key (id) as (
    select id, 1 from {{ ref "employees" }}
    union
    select id, level + 1 from t where level < 3
) select * from t

-- ok: a values list in a common table expression
with v(a, b) as (values (1, 'x'), (2, 'y')) select b, a from v

-- ok: a scalar subquery
select id, (select max(rate) from {{ ref "rates" }}) as best from {{ ref "orders" }}

-- ok: a correlated scalar subquery
select id, (select name from {{ ref "customers" }} c where c.id = o.customer_id) as name from {{ ref "orders" }} o

-- ok: exists
select id from {{ ref "orders" }} o where exists (select 1 from {{ ref "refunds" }} r where r.order_id = o.id)

-- ok: in a subquery
select id from {{ ref "orders" }} where customer_id in (select id from {{ ref "swedes" }})

-- ok: not in a subquery of two columns
select id from {{ ref "orders" }} where (id, amount) not in (select order_id, amount from {{ ref "refunds" }})

-- ok: any and all
select id from {{ ref "orders" }} where amount > any (select rate from {{ ref "rates" }}) and amount >= all (select rate from {{ ref "rates" }})

-- ok: an array subquery
select array(select symbol from {{ ref "trades" }} order by 1) as symbols

-- ok: a subquery as a column without a name for the table
select x from (select id as x from {{ ref "orders" }})

-- ok: a subquery with from first
select * from (from {{ ref "orders" }} select id, status)

-- ok: a column from outside wins where the inside has none
select id from {{ ref "orders" }} where exists (select amount from {{ ref "customers" }} where customer_id = customers.id)

-- ok: nested correlation
select o.id, (select (select max(p.paid) from {{ source "raw" "payments" }} p where p.order_id = o.id and c.id > 0) from {{ ref "customers" }} c where c.id = o.customer_id) as paid from {{ ref "orders" }} o

-- ok: a subquery in a case
select case when (select count(*) from {{ ref "rates" }}) > 1 then 'many' else 'few' end as word, id from {{ ref "orders" }}

-- ok: a subquery in from with a window
select * from (select *, row_number() over (order by id) as rn from {{ ref "orders" }}) where rn = 1

-- ok: union
select id, amount from {{ ref "orders" }} union select order_id, amount from {{ ref "refunds" }}

-- ok: union all of wider types
select t as x from {{ ref "kinds" }} union all select d from {{ ref "kinds" }} union all select f from {{ ref "kinds" }}

-- ok: union by name
select id, amount from {{ ref "orders" }} union all by name select amount, day, id from {{ ref "orders" }}

-- ok: intersect and except
select customer_id from {{ ref "orders" }} intersect select id from {{ ref "customers" }} except select 10

-- ok: except all
select status from {{ ref "orders" }} except all select 'paid'

-- ok: order by and limit over a union
select id as x from {{ ref "orders" }} union all select id from {{ ref "customers" }} order by x desc limit 3

-- ok: a union in parentheses
(select id from {{ ref "orders" }} limit 1) union all (select id from {{ ref "customers" }} order by id limit 1)

-- ok: text and numbers in a union
select 'a' as x union all select 1

-- ok: the names of a union are the first one's
select id as first_name from {{ ref "orders" }} union select id as second_name from {{ ref "customers" }}

-- ok: a common table expression in a subquery
select * from (with t as (select 1 as one) select one from t)

-- ok: a lambda in a subquery
select (select list_transform([1, 2], x -> x + 1)) as l from {{ ref "orders" }} o

-- no: a lambda that reads a column from outside its subquery
select (select list_transform([1, 2], x -> x + «o.id»)) as l from {{ ref "orders" }} o

-- no: a common table expression that is not there
select * from «nothing»

-- no: one that comes later
with a as (select * from «b»), b as (select id from {{ ref "orders" }}) select * from a

-- no: one used outside its query
select * from (with t as (select 1 as one) select one from t) join «t» on true

-- no: the same name twice
with t as (select 1 as a), «t» as (select 2 as b) select * from t

-- no: an unknown column of a common table expression
with t as (select id from {{ ref "orders" }}) select «amount» from t

-- no: an unknown column inside one
with t as (select «idd» from {{ ref "orders" }}) select * from t

-- ok: an unknown column inside one that nobody reads
with t as (select idd from {{ ref "orders" }}) select 1 as a

-- ok: too many names
with t(a, b, c) as (select id, amount from {{ ref "orders" }}) select * from t

-- no: the old name of a renamed column
with t(a) as (select id from {{ ref "orders" }}) select «id» from t

-- no: recursion without the word
with n as (select 1 as i union all select i + 1 from «n» where i < 5) select i from n

-- no: recursion with sides that differ
with recursive n as (select 1 as i «union» all select i + 1, 2 from n) select i from n

-- no: recursion with an aggregate over text
with recursive n as (select 1 as i union all select «upper»(i) + 1 from n) select j from n

-- no: a scalar subquery of two columns
select «(»select id, amount from {{ ref "orders" }}) as two

-- no: in a subquery of two columns
select id from {{ ref "orders" }} where id «in» (select id, amount from {{ ref "orders" }})

-- no: exists without a query
select id from {{ ref "orders" }} where exists («1»)

-- no: a subquery in from that reads its neighbour on the right
select a.x from (select «b.id» as x) a, {{ ref "orders" }} b

-- no: an unknown column in a correlated subquery
select (select c.name from {{ ref "customers" }} c where c.id = «o.customer») from {{ ref "orders" }} o

-- no: types that cannot be compared in a subquery
select id from {{ ref "orders" }} where day «in» (select amount from {{ ref "refunds" }})

-- no: a union of different widths
select id, amount from {{ ref "orders" }} «union» all select order_id from {{ ref "refunds" }}

-- no: an intersect of different widths
select id from {{ ref "orders" }} «intersect» select id, name from {{ ref "customers" }}

-- late: a union of a struct and a number
select address as x from {{ ref "customers" }} union all select id from {{ ref "orders" }}

-- late: a union of a date and a number
select day as x from {{ ref "orders" }} union all select 1

-- no: an order by over a union that names no column of it
select id as x from {{ ref "orders" }} union all select id from {{ ref "customers" }} order by «amount»

-- no: by name with positions in order by out of range
select id from {{ ref "orders" }} union all by name select id from {{ ref "customers" }} order by «2»

-- no: a limit in the middle of a union
select id from {{ ref "orders" }} limit 1 «union» all select id from {{ ref "customers" }}

-- no: a union without its second side
select id from {{ ref "orders" }} union «all»

-- no: with and nothing behind it
with t as (select id from {{ ref "orders" }}«)»

-- no: with a comma too many
with t as (select id from {{ ref "orders" }}), «select» * from t

-- no: a subquery without parentheses
select id from {{ ref "orders" }} where id = «select» 1

-- no: a subquery that is not closed
select * from (select id from «{{ ref "orders" }}»

-- no: any over a number
select id from {{ ref "orders" }} where id = «any» (1)
