/* ---
description: >
  A column of counts adds up to the number of rows of another relation, so that no row was lost or
  counted twice on the way.
args: [model, column, to]
--- */
with
counts as (
    select
        (select coalesce(sum({{ .column }}), 0) from {{ .model }}) as added_up,
        (select count(*) from {{ ref .to }}) as expected
)

select *
from counts
where added_up <> expected
