/* ---
description: What landed is what staging has, row for row.
--- */
with
counts(relation, expected, found) as (
    select 'stg_flights', 336776, count(*) from {{ ref "stg_flights" }}
    union all
    select 'flights without an arrival delay', 9430, count(*) from {{ ref "stg_flights" }} where arrival_delay is null
    union all
    select 'stg_weather', 26115, count(*) from {{ ref "stg_weather" }}
    union all
    select 'stg_planes', 3322, count(*) from {{ ref "stg_planes" }}
    union all
    select 'stg_airlines', 16, count(*) from {{ ref "stg_airlines" }}
    union all
    select 'stg_airports', 1458, count(*) from {{ ref "stg_airports" }}
)

select * from counts where expected <> found
