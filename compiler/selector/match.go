package selector

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/dag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// method gives the nodes of a value, and what to say when there are none of them.
type method struct {
	// has reports whether a node fits; exact says how values are compared, a pattern or equality.
	has func(e *evaluator, n *link.Node, m matcher) bool
	// what describes the value in "nothing has the tag": it ends before the quoted value.
	what string
	// words gives the values there are, for the nearest one and for those that are known but fit nothing.
	words func(e *evaluator) []string
}

// methods are the methods of the grammar but for selector, path, file and config, which are apart.
var methods = map[string]method{
	"name":     {hasName, "nothing is called", func(e *evaluator) []string { return e.words().names }},
	"tag":      {hasTag, "nothing has the tag", func(e *evaluator) []string { return e.words().tags }},
	"source":   {hasSource, "unknown source", func(e *evaluator) []string { return e.words().sources }},
	"kind":     {hasKind, "unknown kind", func(*evaluator) []string { return kinds }},
	"test":     {hasTest, "unknown test", func(e *evaluator) []string { return e.words().tests }},
	"group":    {hasGroup, "unknown group", func(e *evaluator) []string { return e.words().groups }},
	"exposure": {hasExposure, "unknown exposure", func(e *evaluator) []string { return e.words().exposures }},
	"result":   {hasResult, "unknown result", func(*evaluator) []string { return results }},
	"owner":    {hasOwner, "nothing belongs to the owner", func(e *evaluator) []string { return e.words().owners }},
}

var kinds = []string{"exposure", "model", "seed", "source", "test"}

// match gives the nodes of an atom without its operators. What exists nowhere is reported.
func (e *evaluator) match(a *atom) dag.Set {
	name, key, _ := strings.Cut(a.method, ".")
	if a.method == "" {
		name = methodOf(a.value)
	}
	switch {
	case name == "path" || name == "file":
		return e.matchPath(a, name)
	case name == "config" && key != "":
		return e.matchConfig(a, key)
	case name == "state":
		e.diags.Errorf(diag.SelectionUnavailable, a.span, "%q is not available in this version", name+":").
			Hintf("select by name, path, tag or kind")
		return e.none()
	}
	m, ok := methods[name]
	if !ok || key != "" {
		e.unknownMethod(a)
		return e.none()
	}
	values, ok := e.matcher(a)
	if !ok {
		return e.none()
	}
	found := e.filter(func(n *link.Node) bool { return m.has(e, n, values) })
	if found.IsEmpty() && !slices.ContainsFunc(m.words(e), values.fits) {
		e.missing(a, name, &m, values)
	}
	return found
}

// methodOf gives the method of a value without one.
func methodOf(value string) string {
	switch {
	case strings.Contains(value, "/"):
		return "path"
	case strings.HasSuffix(value, ".sql") || strings.HasSuffix(value, ".csv"):
		return "file"
	default:
		return "name"
	}
}

func (e *evaluator) filter(has func(*link.Node) bool) dag.Set {
	found := e.none()
	for i, n := range e.g.Nodes {
		if has(n) {
			found.Add(i)
		}
	}
	return found
}

// matcher compares values with a word or a pattern of *, ? and [..].
type matcher struct {
	value   string
	pattern bool
}

func (m matcher) fits(value string) bool {
	if !m.pattern {
		return m.value == value
	}
	ok, _ := path.Match(m.value, value) // the pattern has been checked
	return ok
}

func isPattern(value string) bool { return strings.ContainsAny(value, `*?[\`) }

func (e *evaluator) matcher(a *atom) (matcher, bool) {
	m := matcher{value: a.value, pattern: isPattern(a.value)}
	if m.pattern && !doublestar.ValidatePattern(a.value) {
		e.diags.Errorf(diag.InvalidSelection, a.at, "the pattern %q cannot be read", a.value).
			Hintf("* stands for any text, ? for one character, [abc] or [a-z] for one of some")
		return m, false
	}
	return m, true
}

// hasName compares names and ids. A pattern selects no tests: they come along with what they test.
func hasName(_ *evaluator, n *link.Node, m matcher) bool {
	if n.Kind == link.Test && m.pattern {
		return strings.HasPrefix(m.value, "test.") && m.fits(string(n.ID))
	}
	return m.fits(n.Name) || m.fits(string(n.ID))
}

func hasTag(_ *evaluator, n *link.Node, m matcher) bool {
	return slices.ContainsFunc(n.Properties().Tags, m.fits)
}

func hasSource(_ *evaluator, n *link.Node, m matcher) bool {
	return n.Kind == link.Source && (m.fits(n.Source.SourceName) || m.fits(n.Name))
}

func hasKind(_ *evaluator, n *link.Node, m matcher) bool { return m.fits(n.Kind.String()) }

// hasTest compares the names of tests, and of the generic tests they are uses of.
func hasTest(_ *evaluator, n *link.Node, m matcher) bool {
	return n.Kind == link.Test && (m.fits(n.Name) || n.Test.Use != nil && m.fits(n.Test.Use.Test))
}

func hasGroup(_ *evaluator, n *link.Node, m matcher) bool {
	group := n.Properties().Group
	return group != "" && m.fits(group)
}

func hasExposure(_ *evaluator, n *link.Node, m matcher) bool {
	return n.Kind == link.Exposure && m.fits(n.Name)
}

// hasOwner compares a node's owner and, where it has none, that of its group.
func hasOwner(e *evaluator, n *link.Node, m matcher) bool {
	p := n.Properties()
	if p.Owner != "" {
		return m.fits(p.Owner)
	}
	i := slices.IndexFunc(e.g.Project.Groups, func(g *project.Group) bool { return g.Name == p.Group })
	return i >= 0 && m.fits(e.g.Project.Groups[i].Owner)
}

// matchConfig compares a key of the configuration.
func (e *evaluator) matchConfig(a *atom, key string) dag.Set {
	if key == "tags" {
		same := *a
		same.method = "tag"
		return e.match(&same)
	}
	values, ok := e.matcher(a)
	if !ok {
		return e.none()
	}
	found := e.filter(func(n *link.Node) bool {
		value, ok := config(n, key)
		return ok && values.fits(value)
	})
	if found.IsEmpty() {
		e.unknownConfig(a, key, values)
	}
	return found
}

// config gives a key of a node's configuration as text, the defaults included.
func config(n *link.Node, key string) (string, bool) {
	var set map[string]string
	var fallback map[string]string
	switch n.Kind {
	case link.Model:
		if key == "materialized" {
			return n.Model.Materialized.String(), true
		}
		set, fallback = n.Model.Config, enabledByDefault
	case link.Seed:
		set, fallback = n.Seed.Config, seedDefaults
	case link.Test:
		return testConfig(n.Test.Config, key)
	case link.Source, link.Exposure: // they have none
	}
	if value, ok := set[key]; ok {
		return value, true
	}
	value, ok := fallback[key]
	return value, ok
}

var (
	enabledByDefault = map[string]string{"enabled": "true"}
	seedDefaults     = map[string]string{"enabled": "true", "materialized": "seed"}
)

func testConfig(c *project.TestConfig, key string) (string, bool) {
	switch key {
	case "severity":
		if c.Severity == project.SeverityWarn {
			return "warn", true
		}
		return "error", true
	case "store_failures":
		return strconv.FormatBool(c.StoreFailures), true
	case "where":
		return c.Where.Value, c.Where.Value != ""
	case "warn_if":
		return c.WarnIf.Text, c.WarnIf.Op != ""
	case "error_if":
		return c.ErrorIf.Text, c.ErrorIf.Op != ""
	default:
		return "", false
	}
}
