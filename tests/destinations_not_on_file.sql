/* ---
description: 7,602 flights go to four airports of Puerto Rico and the Virgin Islands that the list lacks.
--- */
with
expected(destination, flights) as (
    values ('SJU', 5819), ('BQN', 896), ('STT', 522), ('PSE', 365)
),

found as (
    select destination, count(*) as flights
    from {{ ref "int_flights" }}
    where destination_name is null
    group by destination
)

select destination, expected.flights as expected, found.flights as found
from expected
full join found using (destination)
where expected.flights is distinct from found.flights
