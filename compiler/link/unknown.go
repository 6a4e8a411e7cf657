package link

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/quernsql/quern/compiler/diag"
)

// maxSuggestions bounds the names that get a nearest one: each takes time in proportion to the
// number of names there are.
const maxSuggestions = 200

// names are the names a read could have meant. They are gathered when the first one is wrong.
type names struct {
	g *Graph
	// models holds models and seeds, sources "source.table"; folded leads from lower case to a name.
	models, sources []string
	folded          map[string]string
	// others are the kinds of things that have a name but cannot be read.
	others      map[string]string
	suggestions int
}

func (b *builder) unknown(n *Node, r read) {
	b.names.gather()
	var d *diag.Diagnostic
	if r.source {
		d = b.unknownSource(r)
	} else {
		d = b.unknownRef(n, r)
	}
	if n.Test == nil || n.Test.Use == nil || !b.generic[n.Test.Use.Test].BuiltIn {
		noteInside(d, r)
	}
}

// noteInside adds the place in the macro or generic test that reads what is wrong.
func noteInside(d *diag.Diagnostic, r read) {
	if !r.in.IsZero() {
		d.Notef(r.in, "it is read here")
	}
}

// called is a name that is written as templates write it, of Go or Jinja: ref "orders", {{ source('raw', 'orders') }}.
var called = sync.OnceValue(func() *regexp.Regexp {
	const word = `["']([^"']*)["']`
	return regexp.MustCompile(`^(?:\{\{-?)?\s*(ref|source)\s*\(?\s*` + word + `(?:\s*,?\s*` + word + `)?\s*\)?\s*(?:-?\}\})?$`)
})

func (b *builder) unknownRef(n *Node, r read) *diag.Diagnostic {
	if kind := b.names.others[r.name]; kind != "" {
		d := b.diags.Errorf(diag.UnknownRef, r.span, "%q is %s, not a model or a seed", r.name, kind)
		if kind == aMacro {
			d.Hintf("call it: {{ %s }}", r.name)
		}
		return d
	}
	d := b.diags.Errorf(diag.UnknownRef, r.span, "unknown model %q", r.name)
	if name := b.names.folded[strings.ToLower(r.name)]; name != "" {
		return d.Hintf("names tell upper from lower case: did you mean %q?", name)
	}
	for _, kind := range []string{"model.", "seed."} {
		if name, ok := strings.CutPrefix(r.name, kind); ok && b.model(name) != nil {
			return d.Hintf("write the name alone: %q", name)
		}
	}
	if s := b.names.sourceOf(r.name); s != "" {
		if n.Kind == Model || n.Kind == Test {
			return d.Hintf("it is a source: write %s", sourceCall(s))
		}
		return d.Hintf("it is a source: write %q", s)
	}
	if m := called().FindStringSubmatch(r.name); m != nil {
		name := cmp.Or(m[3], m[2]) // the first of two names of a ref is a package's
		if m[1] == "source" {
			name = strings.TrimSuffix(m[2]+"."+m[3], ".")
		}
		return d.Hintf("write the name alone: %q", name)
	}
	d.Hintf("write it as %s/%s.sql, or read something that is there", cmp.Or(b.g.Project.Paths.Models, "models"), r.name)
	return b.names.nearest(d, r.name, b.names.models)
}

func (b *builder) unknownSource(r read) *diag.Diagnostic {
	full := r.group + "." + r.name
	d := b.diags.Errorf(diag.UnknownSource, r.span, "unknown source %q", full)
	if name := b.names.folded[strings.ToLower(full)]; name != "" {
		return d.Hintf("names tell upper from lower case: did you mean %q?", name)
	}
	s := b.names.sourceOf(r.name)
	if n := b.model(r.name); n != nil && (s == "" || r.group == n.Kind.String()) {
		return d.Hintf("it is a %s: write %q alone, in a template {{ ref %q }}", n.Kind, r.name, r.name)
	}
	if s != "" {
		return d.Hintf("did you mean %q?", s)
	}
	b.names.nearest(d, full, b.names.sources)
	if tables := b.names.tablesOf(r.group); d.Hint == "" && len(tables) > 0 {
		shown := tables[:min(len(tables), 8)]
		return d.Hintf("source %q has %s", r.group, strings.Join(shown, ", "))
	}
	if d.Hint == "" {
		d.Hintf("declare it under \"sources:\" in a YAML file")
	}
	return d
}

// model gives the model or seed of a name, or nil.
func (b *builder) model(name string) *Node {
	id, _ := b.g.Resolve(name)
	return b.g.ByID[id]
}

const aMacro = "a macro"

func (s *names) gather() {
	if s.folded != nil {
		return
	}
	s.folded, s.others = map[string]string{}, map[string]string{}
	for _, m := range s.g.Project.Macros {
		s.others[m.Name] = aMacro
	}
	for _, n := range s.g.Nodes {
		switch n.Kind {
		case Model, Seed:
			s.models = append(s.models, n.Name)
			s.folded[strings.ToLower(n.Name)] = n.Name
		case Source:
			s.sources = append(s.sources, n.Name)
			s.folded[strings.ToLower(n.Name)] = n.Name
		case Test:
			s.others[n.Name] = "a test"
		case Exposure:
			s.others[n.Name] = "an exposure"
		}
	}
	for _, m := range s.models {
		delete(s.others, m)
	}
	slices.Sort(s.models)
	slices.Sort(s.sources)
}

// nearest gives a hint with the nearest name.
func (s *names) nearest(d *diag.Diagnostic, written string, names []string) *diag.Diagnostic {
	if s.suggestions++; s.suggestions > maxSuggestions {
		return d
	}
	return d.Nearest(written, names)
}

// sourceOf gives "source.table" of a table's name, or of that text itself; "" where there is none.
func (s *names) sourceOf(table string) string {
	for _, name := range s.sources {
		if name == table || strings.HasSuffix(name, "."+table) {
			return name
		}
	}
	return ""
}

func (s *names) tablesOf(group string) []string {
	var tables []string
	for _, name := range s.sources {
		if table, ok := strings.CutPrefix(name, group+"."); ok {
			tables = append(tables, table)
		}
	}
	return tables
}

func sourceCall(name string) string {
	group, table, _ := strings.Cut(name, ".")
	return "{{ source " + quote(group) + " " + quote(table) + " }}"
}

func quote(s string) string { return `"` + s + `"` }
