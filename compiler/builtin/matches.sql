/* ---
description: Every text matches a regular expression, somewhere in it; ^ and $ bind it to the ends. NULL does not count.
args: [model, column, regex]
--- */
select * from {{ .model }}
where not {{ if eq (target "type") "postgres" }}({{ .column }} ~ {{ literal .regex }}){{ else }}regexp_matches({{ .column }}, {{ literal .regex }}){{ end }}
