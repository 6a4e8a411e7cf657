/* ---
description: Every value stands in a column of another model or seed. NULL does not count.
args: [model, column, to, field]
--- */
select child.*
from {{ .model }} as child
where child.{{ .column }} is not null
  and not exists (
    select 1 from {{ ref .to }} as parent where parent.{{ ident .field }} = child.{{ .column }}
  )
