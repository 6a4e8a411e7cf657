/* ---
description: The weather of an airport's day, New York time.
columns:
  - {name: origin, tests: [not_null]}
  - {name: weather_date, tests: [not_null]}
  - {name: readings, description: Hours of the day that have a reading., tests: [{between: {min: 1, max: 25}}]}
tests:
  - unique_combination: {columns: [origin, weather_date]}
--- */
select
    origin,
    cast({{ local_time "observed_at" }} as date) as weather_date,
    count(*) as readings,
    round(avg(temperature_c), 1) as mean_temperature_c,
    max(wind_kmh) as max_wind_kmh,
    round(sum(precipitation_mm), 2) as precipitation_mm,
    min(visibility_km) as min_visibility_km
from {{ ref "stg_weather" }}
group by origin, weather_date
