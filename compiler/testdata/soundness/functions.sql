-- ok: casts
select id::integer as a, cast(amount as double) as b, try_cast(status as integer) as c, '2024-01-01'::date as d, day::timestamp as e, placed_at::date as f, tags::varchar as g from {{ ref "orders" }}

-- ok: casts to nested types
select ['1', '2']::integer[] as a, {'x': '1'}::struct(x integer) as b, '[1, 2]'::json as c, map {'a': '1'}::map(varchar, integer) as d

-- ok: decimals
select amount * 1.5 as a, amount + 1 as b, amount / 3 as c, amount // 3 as d, amount % 3 as e, -amount as f, round(amount, 1) as g, amount * amount as h, sum(amount * 0.19) over () as i from {{ ref "orders" }}

-- ok: integers
select t + s as a, ut * 2 as b, h + 1 as c, t / s as d, t // s as e, t ** 2 as f, t & s as g, t << 1 as h2, ~t as i, ub % 3 as j, t + ub as k from {{ ref "kinds" }}

-- ok: comparisons
select t = s as a, d < f as b, token <> token as c, size > 'big' as d2, point = point as e, matrix <= matrix as f2, t is distinct from s as g, t between s and h as i from {{ ref "kinds" }}

-- ok: logic
select not (id = 1 or status = 'x') and true as a, id is null as b, (amount > 1) is true as c, id in (1, 2, 3) as d, status not in ('a', 'b') as e from {{ ref "orders" }}

-- ok: case
select case status when 'paid' then 1 when 'open' then 2.5 end as a, case when id = 1 then day else placed_at end as b, case when false then null else 'x' end as c from {{ ref "orders" }}

-- ok: coalesce and friends
select coalesce(note, status, 'none') as a, ifnull(note, '') as b, nullif(amount, 0) as c, if(id = 1, 'one', 'more') as d, greatest(amount, 5, id) as e, least(day, current_date) as f from {{ ref "orders" }}

-- ok: text
select upper(status) || '!' as a, status like 'p%' as b, status ilike 'P%' as c, substring(status, 1, 2) as d, status[1:3] as e, length(status) as f, replace(status, 'a', 'b') as g, trim(status) as h, split_part(status, 'a', 1) as i, status ^@ 'p' as j, left(status, 2) as k, lpad(id::varchar, 5, '0') as l, format('{}-{}', id, status) as m, printf('%d', id) as n, concat_ws('-', id, status) as o, concat(id, null, day) as p from {{ ref "orders" }}

-- ok: regular expressions
select regexp_matches(status, '^p') as a, regexp_replace(status, 'a', 'b', 'g') as b, regexp_extract(status, '(.)', 1) as c, regexp_extract(status, '(.)(.)', ['x', 'y']) as d, status ~ 'p.*' as e, status similar to 'p.*' as f, regexp_extract_all(status, '.') as g, string_split(status, 'a') as h from {{ ref "orders" }}

-- ok: dates
select day + 1 as a, day - day as b, day + interval 1 month as c, placed_at - placed_at as d, date_trunc('week', day) as e, date_trunc('hour', placed_at) as f, date_part('year', day) as g, extract(month from placed_at) as h, date_diff('day', day, current_date) as i, strftime(day, '%Y') as j, year(day) as k, last_day(day) as l, make_date(2024, 1, 1) as m, age(placed_at) as n, dayname(day) as o, epoch(placed_at) as p, time_bucket(interval 1 hour, placed_at) as q from {{ ref "orders" }}

-- ok: times with zones
select created_at at time zone 'UTC' as a, created_at + interval 1 day as b, created_at::date as c, date_trunc('day', created_at) as d, timezone('Europe/Oslo', created_at) as e, now() as f, current_timestamp as g, today() as h, epoch_ms(created_at) as i from {{ source "raw" "payments" }}

-- ok: date literals and parsing
select date '2024-02-29' as a, timestamp '2024-01-01 00:00:00' as b, time '10:00' as c, interval '1 year 2 months' as d, strptime('2024', '%Y') as e, try_strptime('x', '%Y') as f, to_timestamp(0) as g, interval (3) days as h, to_days(4) as i, date_add(date '2024-01-01', interval 1 day) as j

-- ok: numbers
select abs(amount) as a, ceil(amount) as b, floor(f) as c, sqrt(id) as d, ln(id) as e, power(id, 2) as f2, sign(amount) as g, mod(id, 2) as h, trunc(amount) as i, pi() as j, random() as k, hash(id) as l, bit_count(id) as m, gcd(id, 4) as n, factorial(5) as o from {{ ref "orders" }}, {{ ref "kinds" }}

-- ok: system values
select version() as a, current_schema() as b, uuid() as c, typeof(id) as d, md5(status) as e, encode(status) as f, decode(encode(status)) as g, current_setting('TimeZone') as h, sha256('a') as i, base64('a'::blob) as j, hex('a') as k, to_base64('x'::blob) as l, chr(65) as m, ascii('A') as n, unicode('é') as o from {{ ref "orders" }}

-- ok: collations
select status collate nocase as s from {{ ref "orders" }} order by status collate nocase

-- ok: implicit casts of texts to dates
select id from {{ ref "orders" }} where day >= '2024-01-01' and placed_at < '2024-12-31 00:00:00'

-- ok: implicit casts of texts to numbers
select id from {{ ref "orders" }} where id = '1' and amount > '2.5'

-- ok: named arguments
select struct_pack(a := 1).a as a, date_part('day', day) as b, list_sort(tags, 'desc', 'nulls first') as c from {{ ref "orders" }}

-- ok: an operator as a function
select "+"(id, 1) as a, main.upper(status) as b, "||"('a', status) as c from {{ ref "orders" }}

-- ok: a run-time failure of one row is the data's
select try(cast(status as integer)) as n from {{ ref "orders" }}

-- ok: is of a type
select typeof(id) = 'BIGINT' as b, try_cast('2024-13-01' as date) as d, alias(id) as n from {{ ref "orders" }}

-- ok: blob, bit and uuid functions
select octet_length(bytes) as a, bit_length('a') as b, bits | '010'::bit as c, token::varchar as d, bytes || bytes as e, bitstring('1', 4) as f, size::varchar as g, span * 2 as h, clock + interval 1 hour as i from {{ ref "kinds" }}

-- ok: getvariable and error are no calls of files
select coalesce(getvariable('nothing'), 1) as v

-- ok: grouped constants
select 1 as one, 'x' as x group by all

-- ok: sequences of generated rows beside columns
select range(id) as r, generate_series(1, id) as g from {{ ref "orders" }}

-- ok: likes with escapes
select status like 'a\_%' escape '\' as a, status not like '%x' as b, status glob 'p*' as c, status !~~ 'x' as d from {{ ref "orders" }}

-- ok: positions and overlays
select position('a' in status) as a, strpos(status, 'a') as b, overlaps_, substring(status from 2 for 3) as c from (select status, 1 as overlaps_ from {{ ref "orders" }})

-- ok: is null chains
select note isnull as a, note notnull as b, note is not null as c, (id, status) is null as d from {{ ref "orders" }}

-- no: an unknown function
select «uper»(status) from {{ ref "orders" }}

-- no: an unknown function in where
select id from {{ ref "orders" }} where «isblank»(note)

-- no: an unknown table function
select * from «generate_serie»(1, 2)

-- no: too few arguments
select «round»() from {{ ref "orders" }}

-- no: too many arguments
select «upper»(status, 1, 2) from {{ ref "orders" }}

-- no: an argument of the wrong type
select «upper»(address) from {{ ref "customers" }}

-- no: year of a number
select «year»(amount) from {{ ref "orders" }}

-- no: text plus a date
select status «+» day from {{ ref "orders" }}

-- no: text times text
select status «*» note from {{ ref "orders" }}

-- no: a date times a number
select day «*» 2 from {{ ref "orders" }}

-- no: adding two dates
select day «+» day from {{ ref "orders" }}

-- no: minus a text
select «-»status from {{ ref "orders" }}

-- late: not of a date
select not day from {{ ref "orders" }}

-- no: a date compared with a number
select id from {{ ref "orders" }} where day «>» 20240101

-- late: a date compared with a bad text
select id from {{ ref "orders" }} where day > 'yesterday'

-- late: a number compared with a bad text
select id from {{ ref "orders" }} where id = 'one'

-- late: a list compared with a number
select id from {{ ref "orders" }} where tags = 1

-- late: a struct compared with a list
select id from {{ ref "customers" }} where address = [1]

-- late: in a list of mixed types
select id from {{ ref "orders" }} where day in (1, 2)

-- no: an unknown type
select id::«intger» from {{ ref "orders" }}

-- no: an unknown type in a struct
select {'a': 1}::struct(a «nothing») from {{ ref "orders" }}

-- no: an unknown type in cast
select cast(id as «numbr»(3)) from {{ ref "orders" }}

-- no: a decimal too wide
select amount::«decimal»(40, 2) from {{ ref "orders" }}

-- no: a decimal with more scale than width
select amount::«decimal»(3, 5) from {{ ref "orders" }}

-- late: a cast from a struct to a number
select address::integer from {{ ref "customers" }}

-- late: a cast from a date to a number
select day::integer from {{ ref "orders" }}

-- late: a cast from a list to a number
select tags::integer from {{ ref "orders" }}

-- late: a date literal that is none
select date '2024-02-30' as d

-- late: a timestamp literal that is none
select timestamp 'noon' as t

-- late: an interval literal that is none
select interval 'three days' as i

-- no: a case of mixed kinds
select case when «id» = 1 then day else address end from {{ ref "orders" }}, {{ ref "customers" }} limit 1

-- no: a case with a date and a number
select «case» when id = 1 then day else 0 end from {{ ref "orders" }}

-- no: a coalesce of a date and a number
select «coalesce»(day, 0) from {{ ref "orders" }}

-- late: a condition that is a date
select case when day then 1 end from {{ ref "orders" }}

-- late: and between texts that are no truth
select id from {{ ref "orders" }} where day and id = 1

-- no: an unknown part of a date
select date_part(«'yeer'», day) from {{ ref "orders" }}

-- no: extract of an unknown part
select extract(«yeer» from day) from {{ ref "orders" }}

-- no: an unknown unit to truncate to
select date_trunc(«'fortnight'», day) from {{ ref "orders" }}

-- no: a bad regular expression
«select» regexp_matches(status, '(') from {{ ref "orders" }}

-- no: an unknown option of a regular expression
select regexp_replace(status, 'a', 'b', «'q'») from {{ ref "orders" }}

-- no: an unknown setting
select current_setting(«'no_such_setting'») as s

-- no: an unknown collation
select status collate «klingon» as s from {{ ref "orders" }}

-- no: a like with a number pattern of a struct
select address «like» 'x' from {{ ref "customers" }}

-- no: a function of a schema that is not there
select «nowhere».upper(status) from {{ ref "orders" }}

-- no: a parameter
select id from {{ ref "orders" }} where id = «?»

-- no: a numbered parameter
select id from {{ ref "orders" }} where id = «$1»

-- no: a default outside an insert
select «default» from {{ ref "orders" }}

-- no: an operator that is not there
select id «@@@» 1 from {{ ref "orders" }}

-- no: between without its end
select id from {{ ref "orders" }} where id between «1»

-- no: case without its end
select case when id = 1 then 2 «from» {{ ref "orders" }}

-- no: cast without as
select cast(id «integer») from {{ ref "orders" }}

-- ok: names of arguments that a function does not look at
select struct_extract(address, fieldd := 'city') as city from {{ ref "customers" }}

-- no: in with nothing
select id from {{ ref "orders" }} where id in («)»

-- no: strptime with a bad format
select strptime(status, «'%Q'») from {{ ref "orders" }}

-- late: overflow of a literal
select 300::tinyint as t

-- late: a number that is no number
select 'abc'::integer as n

-- late: division of an interval by text
select interval 1 day / 'x' as i

-- no: an unknown unit of an interval
select interval 1 fortnight «as» i

-- late: repeat by text
select repeat(status, 'x') from {{ ref "orders" }}
