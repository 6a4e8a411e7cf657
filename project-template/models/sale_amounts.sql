/* ---
description: One row per sale, with what it came to.
columns:
  - {name: sale_id, tests: [unique, not_null]}
  - {name: amount, description: Kilos times price in pounds., tests: [not_null]}
assert: [amount > 0]
--- */
select
  sale_id,
  sold_on,
  customer,
  flour,
  kilos,
  {{ pounds "kilos * pence_per_kilo" }} as amount
from {{ ref "sales" }}
