/* ---
description: How old the planes of each carrier are, by plane and by flight.
group: fleet
columns:
  - {name: carrier, tests: [unique, not_null, {relationships: {to: stg_airlines, field: carrier}}]}
  - {name: planes_on_file, description: Planes that the registry has; ages are those of these planes.}
  - {name: on_file_share, description: The share of flights made with such a plane., tests: [{between: {min: 0, max: 1}}]}
  - {name: mean_age, description: "Years, each plane counted once.", tests: [{between: {min: 0, max: 60}}]}
  - {name: mean_age_flown, description: "Years, each flight counted once."}
assert:
  - planes_on_file <= planes
  - count(*) = 16
--- */
select
    fleet.carrier,
    airlines.airline,
    count(*) as planes,
    count(*) filter (fleet.is_on_file) as planes_on_file,
    cast(sum(fleet.flights) as bigint) as flights,
    round(coalesce(sum(fleet.flights) filter (fleet.is_on_file), 0) / sum(fleet.flights), 4) as on_file_share,
    round(avg(fleet.age_years), 1) as mean_age,
    round(
        sum(fleet.age_years * fleet.flights)
        / nullif(sum(fleet.flights) filter (fleet.age_years is not null), 0), 1
    ) as mean_age_flown,
    min(fleet.built_year) as oldest_built,
    max(fleet.built_year) as newest_built
from {{ ref "int_fleet" }} as fleet
inner join {{ ref "stg_airlines" }} as airlines on airlines.carrier = fleet.carrier
group by fleet.carrier, airlines.airline
