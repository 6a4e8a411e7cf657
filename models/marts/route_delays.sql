/* ---
description: Delays by route, with its length and the number of airlines that fly it.
group: operations
columns:
  - {name: origin, tests: [not_null]}
  - {name: destination, tests: [not_null]}
  - {name: airlines, tests: [{between: {min: 1, max: 16}}]}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
tests:
  - unique_combination: {columns: [origin, destination]}
--- */
select
    origin,
    destination,
    destination_name,
    -- Carriers measure a route slightly differently; the most common length is the route's.
    mode(distance_km order by distance_km) as distance_km,
    count(distinct carrier) as airlines,
    {{ delay_measures }}
from {{ ref "int_flights" }}
group by origin, destination, destination_name
