/* ---
description: The relation has at least, at most or exactly some number of rows.
args: [model, {min: null}, {max: null}, {equals: null}]
--- */
select row_count
from (select count(*) as row_count from {{ .model }}) as counted
where false
{{ if ne .min nil }}   or row_count < {{ .min }}
{{ end }}{{ if ne .max nil }}   or row_count > {{ .max }}
{{ end }}{{ if ne .equals nil }}   or row_count <> {{ .equals }}
{{ end }}
