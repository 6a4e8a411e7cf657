/* ---
description: Every penny of the sales is in the takings, and no penny twice.
--- */
select taken.total as takings, sold.total as sales
from (select sum(takings) as total from {{ ref "daily_takings" }}) as taken
cross join (select sum(amount) as total from {{ ref "sale_amounts" }}) as sold
where taken.total is distinct from sold.total
