/* ---
description: >
  The instant of departure, made from scheduled time and delay, shows the clock time that landed.
  Midnight landed as 2400.
--- */
with
clocks as (
    select
        carrier || '-' || flight || '-' || origin || '-'
            || strftime(time_hour at time zone 'UTC', '%Y%m%dT%HZ') as flight_id,
        dep_time % 2400 as expected
    from {{ source "landing" "flights" }}
),

compared as (
    select
        flights.flight_id,
        clocks.expected,
        cast(strftime({{ local_time "flights.departed_at" }}, '%H%M') as integer) as found
    from {{ ref "stg_flights" }} as flights
    left join clocks on clocks.flight_id = flights.flight_id
)

select * from compared where expected is distinct from found
