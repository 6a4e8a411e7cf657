/* ---
description: Delays by day, airport and carrier; the mart the board reads and others add up.
group: operations
tags: [daily]
columns:
  - {name: flight_date, description: "New York time.", tests: [not_null]}
  - {name: origin, tests: [not_null]}
  - {name: carrier, tests: [not_null, {relationships: {to: stg_airlines, field: carrier}}]}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
  - {name: late_share, description: Late flights among those that landed; NULL where none did., tests: [{between: {min: 0, max: 1}}]}
tests:
  - unique_combination: {columns: [flight_date, origin, carrier]}
assert:
  - flights >= cancelled + diverted + late
  - count(distinct flight_date) = 365
--- */
select
    flight_date,
    origin,
    carrier,
    airline,
    {{ delay_measures }}
from {{ ref "int_flights" }}
group by flight_date, origin, carrier, airline
