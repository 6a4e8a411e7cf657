/* ---
description: Degrees Fahrenheit as degrees Celsius.
args: [fahrenheit, {digits: 1}]
--- */
round(({{ .fahrenheit }} - 32) * 5 / 9, {{ .digits }})
