/* ---
description: A text column whose unknown values are written NA, as NULL and with its type.
args: [column, {type: varchar}]
--- */
cast(nullif(trim({{ .column }}), 'NA') as {{ .type }})
