/* ---
description: >
  Delays by the weather known at departure: one row per factor and band, each factor covering all
  flights once.
group: operations
tags: [weather]
columns:
  - {name: factor, tests: [not_null, {accepted_values: {values: [precipitation_mm, visibility_km, wind_kmh]}}]}
  - {name: band, description: What the factor measured; NULL without a recent reading.}
  - name: flights
    tests:
      - adds_up_to: {to: int_flights, config: {name: wind_covers_all_flights, where: "factor = 'wind_kmh'"}}
tests:
  - unique_combination: {columns: [factor, band]}
--- */
{{- range $factor, $limits := dict
    "precipitation_mm" (list 0.1 1 5)
    "visibility_km" (list 1 5 10 16)
    "wind_kmh" (list 10 20 30 40) }}
{{- if ne $factor "precipitation_mm" }}
union all
{{- end }}
select
    '{{ $factor }}' as factor,
    {{ band (print "weather." $factor) $limits }} as band,
    min(weather.{{ $factor }}) as lowest,
    max(weather.{{ $factor }}) as highest,
    {{ delay_measures }}
from {{ ref "int_flights" }} as flights
inner join {{ ref "int_flight_weather" }} as weather on weather.flight_id = flights.flight_id
group by band
{{- end }}
