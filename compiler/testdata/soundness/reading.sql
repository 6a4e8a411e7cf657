-- ok: a CSV file
select visitor, page, seconds, seen_at from {{ source "landing" "visits" }}

-- ok: a star over a CSV file
select * from {{ source "landing" "visits" }}

-- ok: a JSON file
select id, target.x, labels[1] as label from {{ source "landing" "clicks" }}

-- ok: a star over a JSON file
select * from {{ source "landing" "clicks" }}

-- ok: Parquet files
select symbol, "at", price from {{ source "landing" "prices" }}

-- ok: a star over Parquet files
select * from {{ source "landing" "prices" }}

-- ok: a file by the name of its function
select read_csv.page from {{ source "landing" "visits" }}

-- unseen: the file of a row
select filename, symbol from {{ source "landing" "prices" }}

-- unseen: the place of a file
select file_index, v.filename from {{ source "landing" "visits" }} v

-- unseen: the row of a file
select file_row_number from {{ source "landing" "prices" }}

-- no: the row of a file that does not tell it
select «rowid» from {{ source "landing" "clicks" }}

-- no: the file of a row of a table
select «filename» from {{ ref "orders" }}

-- ok: a file with an alias
select v.* from {{ source "landing" "visits" }} as v where v.seconds > 1

-- ok: two files
select v.page, c.id from {{ source "landing" "visits" }} v join {{ source "landing" "clicks" }} c on c.id = v.visitor

-- ok: the table source of a schema
select * from {{ source "raw" "payments" }}

-- ok: a locked source
select * from {{ source "raw" "ledger" }}

-- ok: nested columns of a table source
select id, lines[1].sku as sku, meta->>'bank' as bank from {{ source "raw" "payments" }}

-- ok: row ids of a table source
select rowid from {{ source "raw" "payments" }}

-- ok: row ids of a seed
select rowid, currency from {{ ref "rates" }}

-- ok: all kinds of types
select * from {{ ref "kinds" }}

-- ok: all kinds of types, grouped
select * from {{ ref "kinds" }} group by all

-- ok: the types of all kinds in a list
select [t, s] as a, [d, f] as b, {'p': point, 'm': matrix} as c, map {size: lookup} as d2, [instant] as e, [either] as f2 from {{ ref "kinds" }}

-- ok: columns of a view that have no type
select
    upper(nothing) as a, coalesce(nothing, 'text') as b, nothing || 'a' as c, coalesce(never, day) as d, number + 1 as e, nothing as f
from {{ ref "blanks" }} join {{ ref "orders" }} using (id)

-- ok: nested values without a type in a view
select
    coalesce(nothings, ['a']) as a, nothings[1] || 'x' as b, coalesce(pair, {'a': 'x', 'b': 2}) as c, pair.a as d,
    coalesce(none, [date '2024-01-01']) as e, coalesce(empty, map {'x': 'y'}) as f, list_concat(none, ['a']) as g, pair, empty
from {{ ref "blanks" }}

-- ok: columns of an ephemeral model that have no type
select upper(more) as a, coalesce(nothing, ['x']) as b, more + 1 as c, * from {{ ref "empties" }}

-- ok: columns that a table gave a type
select coalesce(nothing, 1) as a, more + 1 as b, coalesce(more, '7') as c, * from {{ ref "filled" }}

-- ok: columns without a type that a view passes on
select coalesce(nothing, '5') as a, coalesce(hidden, '1') as b, nothing as c from {{ ref "passed" }}

-- ok: columns without a type of values and a union
select coalesce(nothing, 'text') as a, sum(nothing) as b, max(nothing) as c from {{ ref "values_of_none" }} group by nothing

-- ok: a column without a type, united and compared
select nothing as x from {{ ref "blanks" }} union all select 'a' from {{ ref "blanks" }} where nothing = 'a' or nothing in (date '2024-01-01')

-- ok: a column without a type as the key of a join
select o.id, b.nothing from {{ ref "blanks" }} b join {{ ref "orders" }} o on b.nothing = o.status and b.nothing = o.day

-- no: text of a number that is NULL
select «upper»(number) from {{ ref "blanks" }}

-- no: text of a column that a table gave a type
select «upper»(nothing) from {{ ref "filled" }}

-- no: text in a list of numbers that a table made
select «coalesce»(nothings, ['a']) from {{ ref "filled" }}

-- no: a part of a date without a type
select «date_trunc»('day', nothing) from {{ ref "blanks" }}

-- ok: odd names through a subquery
select t.* from (select * from {{ ref "odd" }}) t

-- ok: odd names by columns
select columns('.*ö.*') from {{ ref "odd" }}

-- ok: an ephemeral model twice
select a.order_id from {{ ref "refunds" }} a join {{ ref "refunds" }} b using (order_id)

-- ok: an ephemeral model in a common table expression
with r as (from {{ ref "refunds" }}) select order_id, amount from r

-- ok: an ephemeral model without an alias beside a table
select order_id, status from {{ ref "refunds" }}, {{ ref "orders" }} where order_id = id

-- ok: the same relation in three places
select id from {{ ref "orders" }} where id in (select order_id from {{ source "raw" "payments" }} union select id from {{ ref "orders" }})

-- ok: a union of everything
select id from {{ ref "orders" }} union all select id from {{ ref "customers" }} union all select order_id from {{ ref "refunds" }} union all select visitor from {{ source "landing" "visits" }}

-- ok: the relation's alias from its schema
select main.orders.id from {{ ref "orders" }}

-- no: an unknown column of a CSV file
select «pages» from {{ source "landing" "visits" }}

-- no: an unknown column of a JSON file
select «idd» from {{ source "landing" "clicks" }}

-- no: an unknown field of a JSON file
select target.«z» from {{ source "landing" "clicks" }}

-- no: an unknown column of Parquet files
select «symbl» from {{ source "landing" "prices" }}

-- no: the name of the source is not the alias of a file
select «visits.page» from {{ source "landing" "visits" }}

-- no: the name of an ephemeral model is no alias
select «refunds.amount» from {{ ref "refunds" }}

-- no: the name of a file source in front of a column
select «landing.visits.page» from {{ source "landing" "visits" }}

-- no: a column with the wrong schema
select «staging.orders.id» from {{ ref "orders" }}

-- no: an odd name without quotes
select two words «x» from {{ ref "odd" }}

-- no: an odd name that is reserved
select «select» from {{ ref "odd" }}

-- no: an odd name that is not there
select «"Grösse"» from {{ ref "odd" }}

-- no: text behind wide letters
select 'Größe 漢字 😀' as größe, «nobody» from {{ ref "odd" }}

-- no: a type error in a nested column of a source
select lines[1].qty.«x» from {{ source "raw" "payments" }}

-- late: an enum compared with a number
select id from {{ source "raw" "payments" }} where method = 3

-- no: a table that is not there
select * from «no_such_table»

-- no: a schema that is not there
select * from «no_such_schema.no_such_table»

-- no: a column of a struct of a view of a view
select address.«town» from {{ ref "swedes" }}

-- undeclared: a model by its name
select id from «orders»

-- undeclared: a model by its schema and name
select id from «main.orders»

-- undeclared: a source by its name
select id from «raw.payments»

-- undeclared: the settings
select name from «duckdb_settings»()

-- undeclared: the catalog's tables
select table_name from «information_schema.tables»

-- undeclared: another catalog
select tablename from «pg_catalog.pg_tables»

-- undeclared: the tables of the engine
select * from «duckdb_tables»()

-- undeclared: a model by its name in a common table expression
with t as (select id from «orders») select id from t

-- undeclared: a hard-coded table beside a declared one
select o.id from {{ ref "orders" }} o join «customers» c on c.id = o.customer_id

-- undeclared: a hard-coded table in a subquery
select id, (select max(rate) from «rates») as best from {{ ref "orders" }}

-- undeclared: a query as text
select * from «query»('select 1 as a')

-- undeclared: a table as text
select * from query_table(«'orders'»)

-- unchecked: a source of which not all columns are known
select id, code, whatever from {{ source "raw" "legacy" }}

-- unchecked: what is joined with it
select l.whatever, o.id from {{ source "raw" "legacy" }} l join {{ ref "orders" }} o on o.id = l.id

-- no: the syntax of what reads an unknown source
select id, from {{ source "raw" "legacy" }} wher «id» = 1
