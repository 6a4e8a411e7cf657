/* ---
description: No month is missing a file or has one twice.
--- */
with
expected(month, flights) as (
    values
        (1, 27004), (2, 24951), (3, 28834), (4, 28330), (5, 28796), (6, 28243),
        (7, 29425), (8, 29327), (9, 27574), (10, 28889), (11, 27268), (12, 28135)
),

found as (
    select extract(month from flight_date) as month, count(*) as flights
    from {{ ref "stg_flights" }}
    group by month
)

select month, expected.flights as expected, found.flights as found
from expected
full join found using (month)
where expected.flights is distinct from found.flights
