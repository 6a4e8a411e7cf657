/* ---
description: Every flight with its outcome and the names of airline and destination.
columns:
  - {name: flight_id, tests: [unique, not_null, {relationships: {to: stg_flights, field: flight_id}}]}
  - {name: airline, tests: [not_null]}
  - {name: destination_name, description: NULL where the list of airports lacks the destination.}
  - {name: scheduled_hour, description: "The hour of the scheduled departure, New York time.", tests: [not_null, {between: {min: 0, max: 23}}]}
  - name: outcome
    description: A flight that left but has no arrival delay was diverted.
    tests: [not_null, {accepted_values: {values: [landed, diverted, cancelled]}}]
  - name: is_late
    description: Landed, and at least `late_minutes` after the scheduled arrival; false for all others.
    tests: [not_null]
tests:
  - as_many_rows_as: {to: stg_flights}
assert:
  - (outcome = 'landed') = (arrival_delay is not null)
  - (outcome = 'cancelled') = (departed_at is null)
--- */
select
    flights.flight_id,
    flights.flight_date,
    flights.carrier,
    airlines.airline,
    flights.flight_number,
    flights.tail_number,
    flights.origin,
    flights.destination,
    airports.airport_name as destination_name,
    flights.scheduled_at,
    extract(hour from {{ local_time "flights.scheduled_at" }}) as scheduled_hour,
    flights.departed_at,
    flights.departure_delay,
    flights.arrival_delay,
    case
        when flights.departed_at is null then 'cancelled'
        when flights.arrival_delay is null then 'diverted'
        else 'landed'
    end as outcome,
    coalesce(flights.arrival_delay >= {{ var "late_minutes" }}, false) as is_late,
    flights.air_minutes,
    flights.distance_km
from {{ ref "stg_flights" }} as flights
inner join {{ ref "stg_airlines" }} as airlines on airlines.carrier = flights.carrier
-- 7,602 flights go to airports that the list lacks; they stay.
left join {{ ref "stg_airports" }} as airports on airports.airport = flights.destination
