/* ---
description: >
  Every value is one of a list. NULL does not count. Texts are written as literals; with quote set to
  false the values are SQL, such as numbers or calls.
args: [model, column, values, {quote: true}]
--- */
select * from {{ .model }}
where {{ .column }} not in ({{ range $i, $value := .values }}{{ if $i }}, {{ end }}{{ if $.quote }}{{ literal $value }}{{ else }}{{ $value }}{{ end }}{{ end }})
