package check

import (
	"io"
	"os"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/source"
)

// delimiters are the characters, besides the comma, that people part fields with, and how they are
// written in YAML.
var delimiters = []struct{ char, yaml string }{{";", `";"`}, {"\t", `"\t"`}, {"|", `"|"`}}

// oneColumn reports a CSV seed of which all fields went into one column, since it says no delimiter and
// has another one than the comma.
func (w *bindWorker) oneColumn(n *link.Node, out *Node) diag.List {
	s := n.Seed
	if s == nil || s.Format != "csv" || s.Delimiter != "" || s.NoHeader || len(out.Columns) != 1 {
		return nil
	}
	var diags diag.List
	for _, d := range delimiters {
		if !strings.Contains(out.Columns[0].Name, d.char) {
			continue
		}
		header, first := firstLines(w.program.Load(s, out.Relation).Path)
		count := strings.Count(header, d.char)
		if count == 0 || strings.Contains(header, `"`) || first != "" && strings.Count(first, d.char) != count {
			return nil
		}
		file := source.NewFile(s.Path, header)
		diags.Warnf(diag.OneColumn, file.Span(0, len(header)), "%q has one column, called %q", s.Name, out.Columns[0].Name).
			Hintf("its fields seem to be parted by %s: describe the seed in a YAML file with delimiter: %s", d.yaml, d.yaml)
		return diags
	}
	return nil
}

// firstLines gives the first two lines of a file, as far as its beginning holds them.
func firstLines(path string) (header, first string) {
	file, err := os.Open(path)
	if err != nil {
		return "", ""
	}
	defer file.Close()
	buf := make([]byte, 64<<10)
	n, _ := io.ReadFull(file, buf) // what there is will do
	text := strings.TrimPrefix(string(buf[:n]), "\ufeff")
	header, rest, _ := strings.Cut(text, "\n")
	first, _, _ = strings.Cut(rest, "\n")
	return strings.TrimRight(header, "\r"), strings.TrimRight(first, "\r")
}
