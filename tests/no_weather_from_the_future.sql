/* ---
description: >
  No flight sees a reading that was not known at its scheduled departure, nor an old one.
--- */
select flight_id, scheduled_at, reading_known_at
from {{ ref "int_flight_weather" }}
where reading_known_at > scheduled_at
    or reading_known_at < scheduled_at - interval {{ var "max_reading_hours" }} hour
