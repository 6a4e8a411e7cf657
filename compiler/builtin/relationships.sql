/* ---
description: Every value stands in a column of another model or seed. NULL does not count.
args: [model, column, to, field]
--- */
with known as (
    select {{ ident .field }} as value from {{ ref .to }}
)

select child.*
from {{ .model }} as child
where child.{{ .column }} is not null
  and not exists (select 1 from known where known.value = child.{{ .column }})
