/* ---
description: An amount of pence as pounds. Write {{ pounds "price" }} in a model.
args: [pence]
--- */
cast(({{ .pence }}) / 100 as decimal(12, 2))
