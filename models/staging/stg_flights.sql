/* ---
description: One row per scheduled flight, with instants in UTC and the date as it was in New York.
materialized: table   # many read it, and a view would read twelve files for each of them
columns:
  - name: flight_id
    description: Carrier, number, origin and scheduled hour in UTC; the key.
    tests: [unique, not_null]
  - name: carrier
    tests: [not_null, {relationships: {to: stg_airlines, field: carrier}}]
  - {name: flight_number, tests: [not_null]}
  - name: tail_number
    description: NULL where the carrier did not report the plane.
    tests:
      # American Airlines and Envoy Air report fleet numbers here, which no registry knows.
      - relationships:
          to: stg_planes
          field: tail_number
          config: {name: plane_is_on_file, severity: warn}
  - name: origin
    tests:
      - not_null
      - accepted_values: {values: [EWR, JFK, LGA]}
      - relationships: {to: stg_airports, field: airport}
  - name: destination
    tests:
      - not_null
      # Puerto Rico and the Virgin Islands are no states: the list of airports leaves them out.
      - relationships:
          to: stg_airports
          field: airport
          config: {name: destination_is_on_file, warn_if: ">0", error_if: ">5%"}
  - {name: flight_date, description: "The date of departure, New York time.", tests: [not_null]}
  - {name: scheduled_at, description: The scheduled departure., tests: [not_null]}
  - name: departed_at
    description: The departure itself; NULL for a flight that was cancelled.
  - name: departure_delay
    description: Minutes after the scheduled departure; negative when early.
  - name: arrival_delay
    description: Minutes after the scheduled arrival; NULL when cancelled or diverted.
  - {name: air_minutes, tests: [{between: {min: 1, max: 900}}]}
  - {name: distance_km, tests: [not_null, {between: {min: 1, max: 10000}}]}
assert:
  - (departed_at is null) = (departure_delay is null)
--- */
select
    -- Not concat_ws, which would leave a missing part out instead of giving NULL.
    carrier || '-' || flight || '-' || origin || '-'
        || strftime(time_hour at time zone 'UTC', '%Y%m%dT%HZ') as flight_id,
    carrier,
    flight as flight_number,
    tailnum as tail_number,
    origin,
    dest as destination,
    make_date(year, month, day) as flight_date,
    time_hour + to_minutes(minute) as scheduled_at,
    -- The landed dep_time is a clock time without a date; scheduled time and delay give the instant.
    time_hour + to_minutes(minute) + to_minutes(dep_delay) as departed_at,
    dep_delay as departure_delay,
    arr_delay as arrival_delay,
    air_time as air_minutes,
    {{ kilometres "distance" 0 }} as distance_km
from {{ source "landing" "flights" }}
