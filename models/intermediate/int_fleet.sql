/* ---
description: One row per carrier and plane that it flew from New York, with what the registry knows of the plane.
group: fleet
columns:
  - {name: carrier, tests: [not_null]}
  - {name: tail_number, tests: [not_null]}
  - {name: is_on_file, description: Whether the registry has the plane., tests: [not_null]}
  - {name: flights, tests: [{between: {min: 1}}]}
tests:
  - unique_combination: {columns: [carrier, tail_number]}
assert:
  - first_date <= last_date
  - is_on_file or age_years is null
--- */
with
flown as (
    select
        carrier,
        tail_number,
        count(*) as flights,
        min(flight_date) as first_date,
        max(flight_date) as last_date
    from {{ ref "int_flights" }}
    where tail_number is not null
    group by carrier, tail_number
)

select
    flown.carrier,
    flown.tail_number,
    planes.tail_number is not null as is_on_file,
    planes.manufacturer,
    planes.model,
    planes.seats,
    planes.built_year,
    planes.age_years,
    flown.flights,
    flown.first_date,
    flown.last_date
from flown
left join {{ ref "int_planes" }} as planes on planes.tail_number = flown.tail_number
