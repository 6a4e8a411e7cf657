/* ---
description: One row per airline.
columns:
  - {name: carrier, tests: [unique, not_null, {matches: {regex: "^[A-Z0-9]{2}$"}}]}
  - {name: airline, tests: [not_null]}
--- */
select
    carrier,
    -- "Delta Air Lines Inc." reads better without its legal form.
    trim(regexp_replace(name, '\s+(Inc\.|Co\.|Corporation)$', '')) as airline
from {{ ref "airlines" }}
