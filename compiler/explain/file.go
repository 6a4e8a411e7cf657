package explain

import (
	"os"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/source"
)

// File points into the data file with the wrong row. The file at is shown under another name.
func File(e *engine.Error, at, shown string) *diag.Diagnostic {
	var list diag.List
	path := e.Place.Path
	if path == at {
		path = shown
	}
	file := source.NewFile(path, "")
	span := source.Span{File: file}
	const most = 64 << 20 // bigger files are only named
	if info, err := os.Stat(e.Place.Path); err == nil && info.Size() <= most {
		if text, err := os.ReadFile(e.Place.Path); err == nil {
			file = source.NewFile(path, string(text))
			span = file.Span(int(e.Place.Start), int(e.Place.End))
		}
	}
	return list.Errorf(diag.BadCSV, span, "%s", e.Message).Hinted(e.Hint)
}
