/* ---
description: Delays by month and carrier, added up from the daily ones.
materialized: view    # 185 rows; nothing to store
group: operations
columns:
  - {name: month, description: Its first day., tests: [not_null]}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
tests:
  - unique_combination: {columns: [month, carrier]}
--- */
select
    cast(date_trunc('month', flight_date) as date) as month,
    carrier,
    airline,
    -- Counts add up; shares and means do not, so the share is made anew.
    cast(sum(flights) as bigint) as flights,
    cast(sum(cancelled) as bigint) as cancelled,
    cast(sum(diverted) as bigint) as diverted,
    cast(sum(late) as bigint) as late,
    round(sum(late) / nullif(sum(flights - cancelled - diverted), 0), 4) as late_share
from {{ ref "daily_delays" }}
group by month, carrier, airline
