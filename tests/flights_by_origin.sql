/* ---
description: 336,776 flights, by the airport they left from.
--- */
with
expected(origin, flights) as (
    values ('EWR', 120835), ('JFK', 111279), ('LGA', 104662)
),

found as (
    select origin, count(*) as flights
    from {{ ref "stg_flights" }}
    group by origin
)

select origin, expected.flights as expected, found.flights as found
from expected
full join found using (origin)
where expected.flights is distinct from found.flights
