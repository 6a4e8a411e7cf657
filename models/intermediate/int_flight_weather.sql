/* ---
description: >
  Every flight with the last weather reading that was known at its scheduled departure, so that
  nothing here looks into the future. A reading that is too old counts as none.
columns:
  - {name: flight_id, tests: [unique, not_null, {relationships: {to: int_flights, field: flight_id}}]}
  - {name: reading_known_at, description: NULL where no reading is recent enough.}
tests:
  - as_many_rows_as: {to: int_flights}
assert:
  - reading_known_at <= scheduled_at
--- */
with
-- ON holds the key and one inequality only: any other condition there would drop flights.
matched as (
    select
        flights.flight_id,
        flights.scheduled_at,
        weather.known_at,
        weather.temperature_c,
        weather.wind_kmh,
        weather.precipitation_mm,
        weather.visibility_km,
        weather.known_at >= flights.scheduled_at - interval {{ var "max_reading_hours" }} hour as is_recent
    from {{ ref "int_flights" }} as flights
    asof left join {{ ref "stg_weather" }} as weather
        on weather.origin = flights.origin and weather.known_at <= flights.scheduled_at
)

select
    flight_id,
    scheduled_at,
    {{- range $column := list "temperature_c" "wind_kmh" "precipitation_mm" "visibility_km" }}
    case when is_recent then {{ $column }} end as {{ $column }},
    {{- end }}
    case when is_recent then known_at end as reading_known_at
from matched
