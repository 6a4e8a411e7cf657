/* ---
description: Delays by airport and hour of the day, with how crowded that hour is; they grow until the evening.
group: operations
columns:
  - {name: origin, tests: [not_null]}
  - {name: scheduled_hour, tests: [not_null, {between: {min: 0, max: 23}}]}
  - {name: mean_departures, description: Flights scheduled in this hour on a day that has any.}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
tests:
  - unique_combination: {columns: [origin, scheduled_hour]}
--- */
with
delays as (
    select
        origin,
        scheduled_hour,
        {{ delay_measures }}
    from {{ ref "int_flights" }}
    group by origin, scheduled_hour
),

crowding as (
    select origin, scheduled_hour, round(avg(departures), 1) as mean_departures
    from {{ ref "int_origin_hours" }}
    group by origin, scheduled_hour
)

select delays.*, crowding.mean_departures
from delays
inner join crowding using (origin, scheduled_hour)
