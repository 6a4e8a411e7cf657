package selector

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
)

// matchPath selects by file: `path` takes a file or a folder below the project folder, `file` the
// name of a file without its folder.
func (e *evaluator) matchPath(a *atom, method string) dag.Set {
	m, ok := e.matcher(a)
	if !ok {
		return e.none()
	}
	fits := fileFits
	if method == "path" {
		fits = pathFits
		m.value = path.Clean(m.value)
	}
	yaml := isYAML(m.value)
	found := e.filter(func(n *link.Node) bool {
		return (yaml || isOwnFile(n)) && n.Path != "" && fits(n.Path, m)
	})
	if found.IsEmpty() {
		e.missingPath(a, method, m)
	}
	return found
}

func isYAML(value string) bool {
	return strings.HasSuffix(value, ".yml") || strings.HasSuffix(value, ".yaml")
}

// isOwnFile leaves out tests that stand beside what they test: they come along with that.
func isOwnFile(n *link.Node) bool { return n.Kind != link.Test || n.Test.Singular != nil }

func fileFits(file string, m matcher) bool {
	name := path.Base(file)
	return m.fits(name) || m.fits(strings.TrimSuffix(name, path.Ext(name)))
}

// pathFits reports whether a file is the path, or is below it.
func pathFits(file string, m matcher) bool {
	if !m.pattern {
		return m.value == "." || file == m.value || strings.HasPrefix(file, m.value) && file[len(m.value)] == '/'
	}
	for ; file != "." && file != "/"; file = path.Dir(file) {
		if doublestar.MatchUnvalidated(m.value, file) {
			return true
		}
	}
	return false
}
