/* ---
description: Each airport's day, its flights beside its weather.
group: operations
tags: [daily]
columns:
  - {name: flight_date, tests: [not_null]}
  - {name: origin, tests: [not_null]}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
  - {name: readings, description: Hours of weather; 0 on the last day of the year., tests: [not_null]}
tests:
  - unique_combination: {columns: [flight_date, origin]}
  - row_count: {equals: 1095}
--- */
with
delays as (
    select
        flight_date,
        origin,
        {{ delay_measures }}
    from {{ ref "int_flights" }}
    group by flight_date, origin
)

select
    delays.*,
    coalesce(weather.readings, 0) as readings,
    weather.mean_temperature_c,
    weather.max_wind_kmh,
    weather.precipitation_mm,
    weather.min_visibility_km
from delays
left join {{ ref "int_airport_weather" }} as weather
    on weather.origin = delays.origin and weather.weather_date = delays.flight_date
