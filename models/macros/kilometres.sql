/* ---
description: Statute miles as kilometres; miles an hour as kilometres an hour.
args: [miles, {digits: 1}]
--- */
round({{ .miles }} * 1.609344, {{ .digits }})
