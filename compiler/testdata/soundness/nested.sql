-- ok: unnest in the list
select id, unnest(tags) as tag from {{ ref "orders" }}

-- ok: unnest in from
select o.id, u.tag from {{ ref "orders" }} o, unnest(o.tags) as u(tag)

-- ok: unnest of a struct
select id, unnest(address) from {{ ref "customers" }}

-- ok: unnest recursively
select unnest(point, recursive := true) from {{ ref "kinds" }}

-- ok: unnest of a list of structs
select unnest(lines, recursive := true) from {{ source "raw" "payments" }}

-- ok: unnest to a depth
select unnest(matrix, max_depth := 2) as n from {{ ref "kinds" }}

-- ok: unnest with ordinality
select o.id, u.tag, u.place from {{ ref "orders" }} o, unnest(o.tags) with ordinality as u(tag, place)

-- ok: two unnests side by side
select unnest([1, 2, 3]) as a, unnest(['x', 'y']) as b

-- ok: generate_series
select i, i * 2 as twice from generate_series(1, 10) as t(i)

-- ok: range over dates
select d::date as day from range(date '2024-01-01', date '2024-02-01', interval 1 day) as t(d)

-- ok: fields of a struct
select address.city, address['zip'] as zip, c.address.city as again from {{ ref "customers" }} c

-- ok: a star over a struct
select address.* from {{ ref "customers" }}

-- ok: a star over a struct without a field
select address.* exclude (zip) from {{ ref "customers" }}

-- no: a star over a struct of an alias
select c.address.«*» exclude (zip) from {{ ref "customers" }} c

-- ok: a field of a field
select point.y.z, point['y']['z'] as again, (point).x from {{ ref "kinds" }}

-- ok: lists by position and by slices
select tags[1] as first_tag, tags[-1] as last_tag, tags[1:2] as two, tags[:] as every from {{ ref "orders" }}

-- ok: maps by key
select attrs['visits'] as visits, map_keys(attrs) as keys, element_at(attrs, 'calls') as calls, cardinality(attrs) as n from {{ ref "customers" }}

-- ok: map_entries and map_values
select map_entries(attrs) as e, map_values(attrs) as v, map_contains(attrs, 'calls') as c from {{ ref "customers" }}

-- ok: making structs
select {'a': id, 'b': {'c': status}} as s, struct_pack(x := id, y := day) as p, struct_insert({'a': 1}, b := id) as i from {{ ref "orders" }}

-- tableless: a struct without names
select row(id, status) as «r» from {{ ref "orders" }}

-- tableless: a list of structs without names
select list_zip(tags, [1, 2]) as «z», id from {{ ref "orders" }}

-- no: a macro as a window function
«select» json_group_array(t) over () as g from {{ ref "kinds" }}

-- unseen: a view that has a struct without names
select id from {{ ref "tuples" }}

-- ok: making maps
select map {'a': id, 'b': 2} as m, map([1, 2], ['x', 'y']) as n, map_concat(map {'a': 1}, map {'b': 2}) as c from {{ ref "orders" }}

-- ok: lambdas with arrows
select list_transform(tags, x -> upper(x)) as u, list_filter(tags, x -> x <> 'new') as f, list_reduce([1, 2, 3], (a, b) -> a + b) as r from {{ ref "orders" }}

-- ok: lambdas with the word
select list_transform(tags, lambda x: upper(x)) as u, list_filter([1, 2, 3], lambda x, i: i > 1) as f from {{ ref "orders" }}

-- ok: a lambda that reads a column
select list_transform(tags, x -> x || status) as l from {{ ref "orders" }}

-- ok: a lambda in a lambda
select list_transform(matrix, row_ -> list_transform(row_, x -> x * t)) as m from {{ ref "kinds" }}

-- ok: list comprehensions
select [upper(x) for x in tags if x <> 'new'] as l from {{ ref "orders" }}

-- ok: list functions
select len(tags) as n, list_contains(tags, 'new') as has, list_sort(tags) as s, list_distinct(tags) as d, array_to_string(tags, ',') as j, list_concat(tags, ['x']) as c, flatten([tags, tags]) as f, list_position(tags, 'web') as p from {{ ref "orders" }}

-- ok: aggregates over lists
select list_sum([1, 2]) as s, list_avg(matrix[1]) as a, list_aggregate(tags, 'min') as m, list_aggregate(tags, 'string_agg', '|') as j from {{ ref "orders" }}, {{ ref "kinds" }}

-- ok: zip and slices
select list_slice(tags, 1, 2) as s, array_slice(tags, 2, 3) as a, range(3) as r, generate_series(1, 3) as g from {{ ref "orders" }}

-- ok: dots after functions
select status.upper().lower() as s, tags.list_transform(x -> x.upper()) as t, ('a').concat('b') as c from {{ ref "orders" }}

-- ok: arrays of a fixed length
select array_distance(vector, [1, 2, 3]::float[3]) as d, array_value(1, 2) as a, vector[1] as v from {{ ref "kinds" }}

-- ok: unions
select either.n, union_tag(either) as tag, union_extract(either, 'n') as n2 from {{ ref "kinds" }}

-- ok: JSON paths
select doc->'a' as a, doc->>'$.a.b' as b, doc->'a'->'b'->0 as c, json_extract_string(doc, '$.a') as s, doc.a.b[1] as d from {{ ref "kinds" }}

-- ok: JSON functions
select json_array_length(doc, '$.a.b') as n, json_keys(doc) as k, json_type(doc) as t, to_json({'a': 1}) as j, json_object('a', 1, 'b', [2]) as o from {{ ref "kinds" }}

-- ok: JSON into a struct
select from_json(meta, '{"bank": "VARCHAR"}') as s, json_transform(meta, '{"bank": "VARCHAR"}').bank as b from {{ source "raw" "payments" }}

-- ok: an enum
select method, method::varchar as m, method = 'card' as is_card, enum_range(method) as r from {{ source "raw" "payments" }}

-- ok: pivot with a list
pivot {{ ref "orders" }} on status in ('paid', 'open') using sum(amount) as total, count(*) as n group by customer_id

-- ok: pivot in a subquery
select * from (pivot (select customer_id, status, amount from {{ ref "orders" }}) on status in ('paid', 'open') using sum(amount))

-- ok: pivot as standard SQL
select * from {{ ref "orders" }} pivot (sum(amount) for status in ('paid', 'open') group by customer_id)

-- ok: unpivot
unpivot {{ ref "quarters" }} on q1, q2, q3, q4 into name quarter value amount

-- ok: unpivot by a pattern
unpivot {{ ref "quarters" }} on columns('q\d') into name quarter value amount

-- ok: unpivot as standard SQL
select * from {{ ref "quarters" }} unpivot (amount for quarter in (q1, q2, q3))

-- ok: unpivot in a common table expression
with long as (unpivot {{ ref "quarters" }} on * exclude (region) into name quarter value amount) select region, max(amount) as best from long group by region

-- ok: unpivot with groups of columns
unpivot {{ ref "quarters" }} on (q1, q2) as first_half, (q3, q4) as second_half into name half value a, b

-- no: an unknown field
select address.«cty» from {{ ref "customers" }}

-- no: an unknown field by its key
select address[«'cty'»] from {{ ref "customers" }}

-- no: an unknown field of a field
select point.y.«q» from {{ ref "kinds" }}

-- no: a field of a number
select id.«x» from {{ ref "orders" }}

-- no: a star over a number
select id.«*» from {{ ref "orders" }}

-- no: an unknown field of an alias's struct
select c.address.«street» from {{ ref "customers" }} c

-- no: unnest of a number
select «unnest»(id) from {{ ref "orders" }}

-- no: unnest in where
select id from {{ ref "orders" }} where «unnest»(tags) = 'new'

-- no: unnest of an unknown column
select unnest(«tag») from {{ ref "orders" }}

-- no: a lambda with too many parameters
select list_transform(tags, (x, y, z) «->» x) from {{ ref "orders" }}

-- no: a lambda that reads an unknown name
select list_transform(tags, x -> «y») from {{ ref "orders" }}

-- no: a lambda's parameter outside it
select list_transform(tags, x -> x), «x» from {{ ref "orders" }}

-- no: a lambda for a function without one
select upper(x «->» x) from {{ ref "orders" }}

-- no: list_transform without its lambda
select «list_transform»(tags) from {{ ref "orders" }}

-- no: list_filter with a lambda of text
select list_transform(id, x «->» x) from {{ ref "orders" }}

-- no: lists of mixed kinds
select [1, {«'a'»: 2}] as l

-- late: a map with keys of mixed kinds
select map {'a': 1, [1]: 2} as m

-- no: a map with lists of other lengths as types
select «map»([1, 2], 3) as m

-- no: a struct with a name twice
select {'a': 1, «'a'»: 2} as s

-- no: an array of another length
select «array_distance»(vector, [1, 2]::float[2]) from {{ ref "kinds" }}

-- no: a union without that member
select union_extract(either, «'q'») from {{ ref "kinds" }}

-- late: an enum without that value
select 'gold'::enum ('silver', 'bronze') as medal from {{ ref "orders" }}

-- no: pivot by an unknown column
pivot {{ ref "orders" }} on «state» in ('paid') using sum(amount)

-- no: pivot with an unknown column in using
pivot {{ ref "orders" }} on status in ('paid') using sum(«amout»)

-- no: pivot without an aggregate in using
pivot {{ ref "orders" }} on status in ('paid') using «amount»

-- no: pivot grouped by an unknown column
pivot {{ ref "orders" }} on status in ('paid') using sum(amount) group by «nobody»

-- no: unpivot of an unknown column
«unpivot» {{ ref "quarters" }} on q1, q9 into name quarter value amount

-- no: unpivot of mixed types
«unpivot» (select address, id from {{ ref "customers" }}) on address, id into name n value v

-- no: unpivot of mixed widths
«unpivot» {{ ref "quarters" }} on (q1, q2), q3 into name half value a, b

-- late: a list index by text
select tags['first'] from {{ ref "orders" }}

-- no: a star over an unknown struct
select «nobody».* from {{ ref "customers" }}

-- no: an open list
select [1, 2 «from» {{ ref "orders" }}

-- no: an open struct
select {'a': 1 «as» s

-- no: generate_series of text
select * from «generate_series»('a', 'b')

-- no: a table function with an unknown parameter
select * from «range»(1, 2, nothing := 3)

-- no: unnest of two lists in from
select * from «unnest»([1], 'x')
