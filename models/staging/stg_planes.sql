/* ---
description: One row per registered plane, typed; NA became NULL.
group: fleet
columns:
  - {name: tail_number, tests: [unique, not_null, {matches: {regex: "^N[0-9]{1,5}[A-Z]{0,2}$"}}]}
  - name: built_year
    description: NULL for 70 planes.
    tests: [{between: {min: 1900, max: 2013}}]
  - {name: seats, tests: [not_null, {between: {min: 1, max: 600}}]}
  - {name: engines, tests: [not_null, {between: {min: 1, max: 4}}]}
  - {name: cruising_kmh, description: Known for 23 planes only.}
--- */
select
    tailnum as tail_number,
    {{ na "year" "smallint" }} as built_year,
    {{ na "type" }} as plane_type,
    {{ na "manufacturer" }} as manufacturer,
    {{ na "model" }} as model,
    engines,
    {{ na "engine" }} as engine_type,
    seats,
    {{ kilometres (na "speed" "smallint") 0 }} as cruising_kmh
from {{ ref "planes" }}
