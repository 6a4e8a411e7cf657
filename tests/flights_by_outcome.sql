/* ---
description: 9,430 flights have no arrival delay, 8,255 of them cancelled and 1,175 diverted.
--- */
with
expected(outcome, flights) as (
    values ('landed', 327346), ('cancelled', 8255), ('diverted', 1175)
),

found as (
    select outcome, count(*) as flights
    from {{ ref "int_flights" }}
    group by outcome
)

select outcome, expected.flights as expected, found.flights as found
from expected
full join found using (outcome)
where expected.flights is distinct from found.flights
