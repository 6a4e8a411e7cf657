/* ---
description: One row per airport and hour, in metric units, with the instant from which the reading is known.
columns:
  - {name: origin, tests: [not_null, {accepted_values: {values: [EWR, JFK, LGA]}}]}
  - {name: observed_at, description: The start of the hour that the reading describes., tests: [not_null]}
  - {name: known_at, description: "The end of that hour: nobody knows the reading before.", tests: [not_null]}
  - {name: humidity, description: "Relative, in percent.", tests: [{between: {min: 0, max: 100}}]}
  - name: wind_kmh
    description: NULL where the reading is missing or beyond what has ever been measured.
    tests: [{between: {min: 0, max: 320}}]
  - {name: precipitation_mm, tests: [not_null, {between: {min: 0}}]}
  - {name: visibility_km, tests: [not_null, {between: {min: 0}}]}
tests:
  - unique_combination: {columns: [origin, observed_at]}
--- */
select
    origin,
    time_hour as observed_at,
    time_hour + interval 1 hour as known_at,
    {{ celsius "temp" }} as temperature_c,
    {{ celsius "dewp" }} as dew_point_c,
    humid as humidity,
    wind_dir as wind_direction,
    -- One reading claims 1,048 miles an hour; the column is wrong, the rest of the row is not.
    case when wind_speed <= 200 then {{ kilometres "wind_speed" }} end as wind_kmh,
    {{ kilometres "wind_gust" }} as gust_kmh,
    round(precip * 25.4, 2) as precipitation_mm,
    pressure as pressure_hpa,
    {{ kilometres "visib" }} as visibility_km
from {{ source "landing" "weather" }}
