-- ok: a star over a table
select * from {{ ref "orders" }}

-- ok: a star over a view
select * from {{ ref "customers" }}

-- ok: a star over an ephemeral model
select * from {{ ref "refunds" }}

-- ok: a star over a view of a view
select * from {{ ref "swedes" }}

-- ok: a star over a seed
select * from {{ ref "rates" }}

-- ok: from without select
from {{ ref "orders" }}

-- ok: from first, then select
from {{ ref "orders" }} select id, amount where status = 'paid'

-- ok: a prefix alias
select total: amount * 2, id from {{ ref "orders" }}

-- ok: a prefix alias of a table
select o.id from o: {{ ref "orders" }}

-- ok: exclude
select * exclude (tags, note) from {{ ref "orders" }}

-- ok: replace
select * replace (amount::double as amount, upper(status) as status) from {{ ref "orders" }}

-- ok: rename
select * rename (id as order_id, day as ordered_on) from {{ ref "orders" }}

-- ok: exclude, replace and rename together
select * exclude (tags) replace (amount * 2 as amount) rename (id as order_id) from {{ ref "orders" }}

-- ok: exclude of a qualified star
select o.* exclude (o.note), c.name from {{ ref "orders" }} o join {{ ref "customers" }} c on c.id = o.customer_id

-- ok: columns by a pattern
select columns('.*_id|id') from {{ ref "orders" }}

-- ok: columns by a lambda
select columns(c -> c like '%a%') from {{ ref "orders" }}

-- ok: columns by the new lambda
select columns(lambda c: starts_with(c, 's')) from {{ ref "orders" }}

-- ok: a function over columns
select max(columns(* exclude (tags))) from {{ ref "orders" }}

-- ok: columns with two functions and new names
select min(columns('q(\d)')) as "min_\1", max(columns('q(\d)')) as "max_\1" from {{ ref "quarters" }}

-- ok: columns spread into arguments
select coalesce(*columns(['q1', 'q2', 'q3'])) as first_quarter from {{ ref "quarters" }}

-- ok: a star filtered by like
select * like 'q%' from {{ ref "quarters" }}

-- ok: a star filtered by similar to
select * similar to 'q[12]' from {{ ref "quarters" }}

-- ok: an alias used beside its definition
select amount * 2 as double_amount, double_amount + 1 as more from {{ ref "orders" }}

-- ok: an alias used in where
select amount * 2 as double_amount from {{ ref "orders" }} where double_amount > 10

-- ok: an alias used in group by and having
select date_trunc('month', day) as month, sum(amount) as total from {{ ref "orders" }} group by month having total > 1

-- ok: an alias that hides a column is the column in where
select upper(status) as status from {{ ref "orders" }} where status = 'paid'

-- ok: distinct
select distinct status, customer_id from {{ ref "orders" }}

-- ok: distinct on
select distinct on (customer_id) customer_id, amount from {{ ref "orders" }} order by customer_id, amount desc

-- ok: limit and offset
select id from {{ ref "orders" }} order by id limit 2 offset 1

-- ok: limit of a percentage
select id from {{ ref "orders" }} limit 50%

-- ok: limit by an expression
select id from {{ ref "orders" }} limit (select count(*) / 2 from {{ ref "customers" }})

-- ok: a sample
select id from {{ ref "orders" }} using sample 50 percent (bernoulli)

-- ok: a sample of a table
select id from {{ ref "orders" }} tablesample reservoir(2 rows)

-- ok: names in another case
select ID, Amount as AMT from {{ ref "orders" }}

-- ok: names in quotes
select "Größe", "select", "two words", "a""b", upper from {{ ref "odd" }}

-- ok: a quoted name in another case
select "größe", "UPPER" from {{ ref "odd" }}

-- ok: a name in quotes that holds a bracket
select id as "a(b)", status as "{c}" from {{ ref "orders" }}

-- ok: row ids of a table
select rowid, id from {{ ref "orders" }}

-- ok: the table as a value
select orders from {{ ref "orders" }}

-- ok: an alias of a table as a value
select o from {{ ref "orders" }} as o

-- ok: columns renamed by the table's alias
select a, b from {{ ref "trades" }} as t(a, b, c)

-- ok: fewer names than columns in the alias
select a, quantity from {{ ref "trades" }} as t(a)

-- ok: the same name twice
select id, id, amount as id from {{ ref "orders" }}

-- ok: a name made by the engine, and one that is like it
select id, id, amount as id_1 from {{ ref "orders" }}

-- ok: unnamed expressions
select 1 + 1, count(*), max(amount), 'text', null from {{ ref "orders" }}

-- ok: an unnamed subquery
select (select max(rate) from {{ ref "rates" }}) as best, id from {{ ref "orders" }}

-- ok: NULL alone
select null as nothing, [] as empty, [null] as nulls from {{ ref "orders" }}

-- ok: constants without a table
select 1 as a, 'b' as b, 1.5 as c, true as d, 1e3 as e, 12345678901234567890 as f, 1_000 as g

-- ok: values
values (1, 'a'), (2, 'b')

-- ok: values with wider types below
values (1, null), (2.5, 'b')

-- ok: a table statement
table {{ ref "orders" }}

-- ok: a comment at the end
select id from {{ ref "orders" }} -- all of them

-- ok: a semicolon at the end
select id from {{ ref "orders" }};

-- ok: a comma at the end of the list
select id, amount, from {{ ref "orders" }}

-- ok: where is always false
select id from {{ ref "orders" }} where false

-- ok: a positional reference
select #1, #3 from {{ ref "orders" }}

-- ok: a string literal with dollars and one with escapes
select $$it's$$ as a, e'tab\t' as b, 'it''s' as c

-- ok: a query in parentheses
(select id from {{ ref "orders" }})

-- no: an unknown column
select id, «amout» from {{ ref "orders" }}

-- no: an unknown column of a view
select «nam» from {{ ref "customers" }}

-- no: an unknown column of an ephemeral model
select «order_idd» from {{ ref "refunds" }}

-- no: a column behind the ephemeral model that it does not give
select «status» from {{ ref "refunds" }}

-- no: an unknown column of a seed
select «currenzy» from {{ ref "rates" }}

-- no: an unknown column of an alias
select «o.amout» from {{ ref "orders" }} as o

-- no: the table's name where it has an alias
select «orders.id» from {{ ref "orders" }} as o

-- no: an unknown alias
select «x.id» from {{ ref "orders" }} as o

-- no: exclude of an unknown column
select * exclude («nothing») from {{ ref "orders" }}

-- no: replace of an unknown column
select * replace (1 as «nothing») from {{ ref "orders" }}

-- ok: rename of an unknown column
select * rename (nothing as something) from {{ ref "orders" }}

-- no: the same column excluded twice
select * exclude (id, «id») from {{ ref "orders" }}

-- no: a column excluded and replaced
select * exclude («id») replace (1 as id) from {{ ref "orders" }}

-- no: a pattern that no column fits
select «columns»('zzz.*') from {{ ref "orders" }}

-- no: a bad pattern
select «columns»('(') from {{ ref "orders" }}

-- no: columns in a list that are not there
select columns(['id', «'nothing'»]) from {{ ref "orders" }}

-- no: a star without a table
select «*»

-- no: a star of an unknown table
select «x».* from {{ ref "orders" }}

-- no: a column without a table
select «amount»

-- no: text in double quotes
select id from {{ ref "orders" }} where status = «"paid"»

-- no: an alias of an aggregate in where
select «sum»(amount) as total from {{ ref "orders" }} where total > 1

-- no: aliases that need each other
select «b» + 1 as a, a + 1 as b from {{ ref "orders" }}

-- no: an alias of a window function in where
select «row_number»() over () as rn from {{ ref "orders" }} where rn = 1

-- no: too many names in the alias
select * from «{{ ref "trades" }}» as t(a, b, c, d)

-- no: an old name behind renaming aliases
select «symbol» from {{ ref "trades" }} as t(a, b, c)

-- no: row ids of a view
select «rowid» from {{ ref "customers" }}

-- no: row ids of an ephemeral model
select «rowid» from {{ ref "refunds" }}

-- no: values of different lengths
«values» (1, 2), (3)

-- no: limit by a column
select id from {{ ref "orders" }} limit «amount»

-- no: limit by text
select id from {{ ref "orders" }} limit «'many'»

-- no: an order by term out of range
select id from {{ ref "orders" }} order by «2»

-- no: an unknown column in order by
select id from {{ ref "orders" }} order by «amout»

-- no: a negative order by term
select id from {{ ref "orders" }} order by -1 «nulls» sometimes

-- no: distinct on an unknown column
select distinct on («nobody») id from {{ ref "orders" }}

-- no: a positional reference out of range
«select» #9 from {{ ref "orders" }}

-- ok: order by a column that distinct dropped
select distinct status from {{ ref "orders" }} order by amount

-- late: where without a truth
select id from {{ ref "orders" }} where day

-- late: where of a struct
select id from {{ ref "customers" }} where address

-- no: a sample of a wrong size
«select» id from {{ ref "orders" }} using sample 150 percent (bernoulli)

-- no: two statements
select 1 as a; «select» 2 as b

-- no: no query at all
«delete» from {{ ref "orders" }}

-- no: nothing selected
«select» from {{ ref "orders" }}

-- no: a word too many
select id frm from {{ ref "orders" }} whre «id» = 1

-- no: two commas
select id,«,» amount from {{ ref "orders" }}

-- no: an open parenthesis
select (id + 1 «from» {{ ref "orders" }}

-- no: a parenthesis too many
select id«)» from {{ ref "orders" }}

-- no: an open string
select «'open from »{{ ref "orders" }}

-- no: an open quoted name
select «"open from »{{ ref "orders" }}

-- no: an open comment
«select» id from {{ ref "orders" }} /* and more

-- no: ends after from
select id «from»

-- no: ends after where
select id from {{ ref "orders" }} «where»

-- no: ends in an operator
select id + «from» {{ ref "orders" }}

-- no: clauses in the wrong order
select id from {{ ref "orders" }} order by id «where» id = 1

-- no: group by behind having
select status from {{ ref "orders" }} having count(*) > 1 «group» by status

-- ok: a reserved word as an alias
select id as id, amount as from from {{ ref "orders" }}

-- no: an equal sign too many
select id from {{ ref "orders" }} where id «===» 1
