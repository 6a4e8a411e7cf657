/* ---
description: How many flights each airport had scheduled in each hour of the year that had any.
materialized: ephemeral
columns:
  - {name: departures, tests: [{between: {min: 1}}]}
tests:
  - unique_combination: {columns: [origin, flight_date, scheduled_hour]}
--- */
select
    origin,
    flight_date,
    scheduled_hour,
    count(*) as departures
from {{ ref "int_flights" }}
group by origin, flight_date, scheduled_hour
