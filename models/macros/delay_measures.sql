/* ---
description: >
  The measures that every delay mart has, over rows of int_flights: counts that add up, and shares
  and means that do not.
args: []
--- */
count(*) as flights,
    count(*) filter (outcome = 'cancelled') as cancelled,
    count(*) filter (outcome = 'diverted') as diverted,
    count(*) filter (is_late) as late,
    {{ share "is_late" "outcome = 'landed'" }} as late_share,
    round(avg(departure_delay), 1) as mean_departure_delay,
    round(avg(arrival_delay), 1) as mean_arrival_delay
