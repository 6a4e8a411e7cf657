/* ---
description: No value stands in more than one row. NULL does not count. All rows of such a value are wrong.
args: [model, column]
counts: row_count # each selected row stands for this many wrong ones
--- */
select {{ .column }}, count(*) as row_count
from {{ .model }}
where {{ .column }} is not null
group by {{ .column }}
having count(*) > 1
