/* ---
description: >
  The band a number falls into, as text: each limit ends the band below it and belongs to the one
  above. NULL stays NULL.
args: [column, limits]
--- */
case
    {{- $low := "" }}
    {{- range $limit := .limits }}
            when {{ $.column }} < {{ $limit }} then
                {{- if $low }} {{ printf "%v to %v" $low $limit | literal }}{{ else }} {{ printf "under %v" $limit | literal }}{{ end }}
        {{- $low = $limit }}
    {{- end }}
            when {{ .column }} >= {{ $low }} then {{ printf "%v and more" $low | literal }}
        end
