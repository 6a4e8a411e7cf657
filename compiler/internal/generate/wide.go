package generate

import (
	"fmt"
	"strings"
)

// Wide gives a project of models in layers that pass all columns of the layer before on with
// select *. The first layer makes the columns.
func Wide(models, columns, layers int) Files {
	f := Files{"quern.yml": project("wide", "")}
	size := (models + layers - 1) / layers
	for i := range models {
		name := fmt.Sprintf("%s/wide_%03d.sql", folder(i), i)
		if i < size {
			f[name] = wideBase(i, columns)
			continue
		}
		changed := fmt.Sprintf("c_%03d", i%columns)
		f[name] = fmt.Sprintf("select * replace (%s + 1 as %s)\nfrom {{ ref \"wide_%03d\" }}\nwhere c_000 > %d\n", changed, changed, i-size, i)
	}
	return f
}

func wideBase(i, columns int) string {
	var b strings.Builder
	b.WriteString("select\n")
	for k := range columns {
		end := ",\n"
		if k == columns-1 {
			end = "\n"
		}
		fmt.Fprintf(&b, "  %d as c_%03d%s", i*columns+k, k, end)
	}
	return b.String()
}
