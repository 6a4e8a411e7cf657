/* ---
description: An instant as the clocks of the three airports show it.
args: [instant]
--- */
({{ .instant }} at time zone 'America/New_York')
