/* ---
description: One row per carrier, punctuality beside the age of its fleet; the most punctual first.
group: operations
columns:
  - {name: carrier, tests: [unique, not_null]}
  - {name: flights, tests: [{adds_up_to: {to: int_flights}}]}
  - {name: punctuality_rank, description: 1 has the smallest share of late flights., tests: [not_null]}
--- */
with
delays as (
    select
        carrier,
        airline,
        {{ delay_measures }}
    from {{ ref "int_flights" }}
    group by carrier, airline
)

select
    rank() over (order by delays.late_share) as punctuality_rank,
    delays.*,
    round(delays.cancelled / delays.flights, 4) as cancelled_share,
    fleet.planes,
    fleet.mean_age_flown
from delays
left join {{ ref "fleet_age" }} as fleet on fleet.carrier = delays.carrier
