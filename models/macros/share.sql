/* ---
description: The share of the rows that fulfil a condition, among those that fulfil another; NULL where there are none.
args: [part, {whole: "true"}]
--- */
round(count(*) filter (({{ .part }}) and ({{ .whole }})) / nullif(count(*) filter ({{ .whole }}), 0), 4)
