package artifact

import (
	"bytes"
	"encoding/json"
	"slices"
)

// LineageColumns gives the names of a node's columns in the bytes of a file that WriteLineage wrote,
// in the order in which they stand there: those of models, and those that models read of sources and
// seeds. It looks for them without reading the rest, so that a shell need not wait.
func LineageColumns(file []byte, id string) []string {
	mark := []byte(`{"node":` + quoted(id) + `,"column":`)
	var names []string
	for {
		at := bytes.Index(file, mark)
		if at < 0 {
			return names
		}
		file = file[at+len(mark):]
		var name string
		if json.NewDecoder(bytes.NewReader(file)).Decode(&name) != nil {
			return names
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
}
