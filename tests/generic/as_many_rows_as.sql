/* ---
description: A relation has as many rows as another, so that a join neither lost nor repeated any.
args: [model, to]
--- */
with
counts as (
    select
        (select count(*) from {{ .model }}) as found,
        (select count(*) from {{ ref .to }}) as expected
)

select *
from counts
where found <> expected
