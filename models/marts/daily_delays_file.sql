/* ---
description: The daily delays as Parquet, a folder a month, for notebooks.
materialized: external
format: parquet
location: artifacts/daily_delays
partition_by: [month]
group: operations
--- */
select *, extract(month from flight_date) as month
from {{ ref "daily_delays" }}
order by flight_date, origin, carrier
