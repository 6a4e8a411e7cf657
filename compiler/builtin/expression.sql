/* ---
description: >
  An SQL condition is false for no row, as in a CHECK constraint. One with aggregates must be true for
  the relation as a whole.
args: [model, expression]
--- */
select * from {{ .model }} where not (
{{ .expression }}
)
