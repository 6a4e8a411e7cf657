/* ---
description: >
  Every value lies between a smallest and a largest one; either may be left out. NULL does not count.
  With inclusive set to false the bounds themselves are wrong.
args: [model, column, {min: null}, {max: null}, {inclusive: true}]
--- */
select * from {{ .model }}
where false
{{ if ne .min nil }}   or {{ .column }} {{ if .inclusive }}<{{ else }}<={{ end }} {{ literal .min }}
{{ end }}{{ if ne .max nil }}   or {{ .column }} {{ if .inclusive }}>{{ else }}>={{ end }} {{ literal .max }}
{{ end }}
