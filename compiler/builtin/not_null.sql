/* ---
description: No value is NULL.
args: [model, column]
--- */
select * from {{ .model }} where {{ .column }} is null
