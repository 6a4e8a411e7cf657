/* ---
description: The scorecard as a file that a spreadsheet opens.
materialized: external
format: csv
location: artifacts/carrier_scorecard.csv
group: operations
--- */
select *
from {{ ref "carrier_scorecard" }}
order by punctuality_rank, carrier
