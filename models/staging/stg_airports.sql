/* ---
description: One row per airport, in metric units; an unknown time zone is NULL.
columns:
  - {name: airport, description: FAA code., tests: [unique, not_null]}
  - {name: airport_name, tests: [not_null]}
  - {name: latitude, tests: [not_null, {between: {min: -90, max: 90}}]}
  - {name: longitude, tests: [not_null, {between: {min: -180, max: 180}}]}
  - {name: daylight_saving, description: "A: as in the United States, N: none, U: unknown.", tests: [{accepted_values: {values: [A, N, U]}}]}
--- */
select
    faa as airport,
    name as airport_name,
    lat as latitude,
    lon as longitude,
    round(alt * 0.3048) as elevation_m,
    {{ na "tzone" }} as time_zone,
    dst as daylight_saving
from {{ ref "airports" }}
