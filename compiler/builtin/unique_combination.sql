/* ---
description: No two rows have the same values in all of some columns. Rows with a NULL among them do not count.
args: [model, columns]
counts: row_count # each selected row stands for this many wrong ones
--- */
select {{ range $i, $name := .columns }}{{ if $i }}, {{ end }}{{ ident $name }}{{ end }}, count(*) as row_count
from {{ .model }}
where {{ range $i, $name := .columns }}{{ if $i }} and {{ end }}{{ ident $name }} is not null{{ end }}
group by {{ range $i, $name := .columns }}{{ if $i }}, {{ end }}{{ ident $name }}{{ end }}
having count(*) > 1
