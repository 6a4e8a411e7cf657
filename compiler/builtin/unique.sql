/* ---
description: No value stands in more than one row. NULL does not count.
args: [model, column]
--- */
select {{ .column }}, count(*) as row_count
from {{ .model }}
where {{ .column }} is not null
group by {{ .column }}
having count(*) > 1
