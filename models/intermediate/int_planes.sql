/* ---
description: Planes with one spelling per manufacturer and their age in the year of the flights.
materialized: ephemeral   # a few expressions, folded into the one model that reads them
group: fleet
columns:
  - {name: tail_number, tests: [unique, not_null]}
  - {name: age_years, description: NULL where the year of building is unknown.}
--- */
select
    tail_number,
    case
        when manufacturer like 'AIRBUS%' then 'Airbus'
        when manufacturer like 'BOEING%' then 'Boeing'
        when manufacturer like 'BOMBARDIER%' or manufacturer like 'CANADAIR%' then 'Bombardier'
        when manufacturer like 'EMBRAER%' then 'Embraer'
        when manufacturer like '%DOUGLAS%' then 'McDonnell Douglas'
        when manufacturer is not null then 'other'
    end as manufacturer,
    model,
    seats,
    built_year,
    {{ var "fleet_year" }} - built_year as age_years
from {{ ref "stg_planes" }}
