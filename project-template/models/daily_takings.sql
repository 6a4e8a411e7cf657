/* ---
description: One row per day the mill was open, with what it sold and took.
materialized: table
columns:
  - {name: sold_on, tests: [unique, not_null]}
  - {name: takings, description: In pounds., tests: [not_null]}
--- */
select
  sold_on,
  count(*) as sales,
  sum(kilos) as kilos,
  sum(amount) as takings
from {{ ref "sale_amounts" }}
group by sold_on
