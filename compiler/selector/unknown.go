package selector

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/source"
)

// vocabulary holds the words a selection could have meant, each list sorted.
type vocabulary struct {
	names, tags, sources, tests, groups, exposures, owners, selectors []string
	// files and folders are paths; folders those of the project that have no node as well.
	files, folders []string
	// configs are the values of every key of a configuration.
	configs map[string][]string
}

func (e *evaluator) words() *vocabulary {
	if e.vocabulary == nil {
		e.vocabulary = e.gather()
	}
	return e.vocabulary
}

// knownConfigs are keys with the values that are right although no node may have them.
var knownConfigs = map[string][]string{
	"materialized": {"ephemeral", "external", "incremental", "seed", "snapshot", "table", "view"},
	"enabled":      {"false", "true"},
	"severity":     {"error", "warn"},
	"format":       {"csv", "json", "parquet"},
	"schema":       nil, "database": nil, "alias": nil, "owner": nil, "group": nil, "location": nil,
	"store_failures": {"false", "true"}, "where": nil, "warn_if": nil, "error_if": nil, "tags": nil,
}

func (e *evaluator) gather() *vocabulary {
	v := &vocabulary{configs: maps.Clone(knownConfigs)}
	sets := map[*[]string]map[string]bool{}
	add := func(list *[]string, word string) {
		if sets[list] == nil {
			sets[list] = map[string]bool{}
		}
		if word != "" && !sets[list][word] {
			sets[list][word] = true
			*list = append(*list, word)
		}
	}
	for _, n := range e.g.Nodes {
		e.gatherNode(v, n, add)
	}
	p := e.g.Project
	for _, folder := range []string{p.Paths.Models, p.Paths.Seeds, p.Paths.Tests, p.Paths.Macros} {
		add(&v.folders, folder)
	}
	for _, g := range p.Groups {
		add(&v.groups, g.Name)
		add(&v.owners, g.Owner)
	}
	for _, s := range p.Selectors {
		add(&v.selectors, s.Name)
	}
	for list := range sets {
		slices.Sort(*list)
	}
	return v
}

func (e *evaluator) gatherNode(v *vocabulary, n *link.Node, add func(*[]string, string)) {
	add(&v.names, n.Name)
	for _, tag := range n.Properties().Tags {
		add(&v.tags, tag)
	}
	add(&v.owners, n.Properties().Owner)
	add(&v.groups, n.Properties().Group)
	switch n.Kind {
	case link.Model:
		gatherConfig(v, n.Model.Config)
	case link.Seed:
		gatherConfig(v, n.Seed.Config)
	case link.Source:
		add(&v.sources, n.Source.SourceName)
		add(&v.sources, n.Name)
	case link.Test:
		add(&v.tests, n.Name)
		if n.Test.Use != nil {
			add(&v.tests, n.Test.Use.Test)
		}
	case link.Exposure:
		add(&v.exposures, n.Name)
	}
	add(&v.files, n.Path)
	if n.Path == "" {
		return
	}
	for dir := path.Dir(n.Path); dir != "." && dir != "/"; dir = path.Dir(dir) {
		add(&v.folders, dir)
	}
}

func gatherConfig(v *vocabulary, config map[string]string) {
	for key, value := range config {
		if !slices.Contains(v.configs[key], value) {
			v.configs[key] = append(slices.Clip(v.configs[key]), value)
		}
	}
}

// missing reports a value that exists nowhere. A pattern is no name: that it fits nothing is a warning.
func (e *evaluator) missing(a *atom, name string, m *method, values matcher) {
	if values.pattern {
		e.fitsNothing(a)
		return
	}
	d := e.diags.Errorf(diag.UnknownSelection, a.at, "%s %q", m.what, a.value)
	words := m.words(e)
	if d.Nearest(a.value, words); name == "name" {
		e.hintName(d, a)
	}
	if d.Hint != "" {
		return
	}
	if len(words) > 0 && len(words) <= 12 {
		d.Hintf("%s", thereAre(words))
		return
	}
	d.Hintf("\"quern ls\" shows what there is")
}

func thereAre(words []string) string {
	if len(words) == 1 {
		return "there is " + words[0]
	}
	return "there are " + strings.Join(words, ", ")
}

func (e *evaluator) fitsNothing(a *atom) {
	e.diags.Warnf(diag.EmptySelection, a.span, "%q fits nothing", a.value).
		Hintf("\"quern ls\" shows what there is")
}

// hintName looks for the written name among other things than names. A name that is there but for
// its case, or is another kind of thing, is a better hint than one that is near.
func (e *evaluator) hintName(d *diag.Diagnostic, a *atom) {
	v := e.words()
	if i := slices.IndexFunc(v.names, func(n string) bool { return strings.EqualFold(n, a.value) }); i >= 0 {
		d.Hintf("names tell upper from lower case: did you mean %q?", v.names[i])
		return
	}
	for _, other := range []struct {
		what, method string
		words        []string
	}{
		{"a tag", "tag", v.tags},
		{"a source", "source", v.sources},
		{"a selector", "selector", v.selectors},
		{"a group", "group", v.groups},
		{"a test", "test", v.tests},
	} {
		if slices.Contains(other.words, a.value) {
			d.Hintf("it is %s: write %s:%s", other.what, other.method, a.value)
			return
		}
	}
	for _, folder := range v.folders {
		if path.Base(folder) == a.value {
			d.Hintf("it is a folder: write path:%s", folder)
			return
		}
	}
}

func (e *evaluator) missingPath(a *atom, method string, m matcher) {
	v := e.words()
	var words []string
	if method == "file" {
		for _, file := range v.files {
			words = append(words, path.Base(file))
		}
	} else {
		words = append(slices.Clone(v.files), v.folders...)
	}
	switch {
	case slices.Contains(words, m.value): // a folder of the project without nodes
		return
	case m.pattern:
		e.fitsNothing(a)
		return
	}
	d := e.diags.Errorf(diag.UnknownSelection, a.at, "there is no %s %q", pathWord(method, m.value), a.value)
	d.Hintf("paths begin at the project folder, such as %s", e.examplePath())
	if method == "file" {
		d.Hintf("\"quern ls\" shows what there is")
	}
	if below := slices.IndexFunc(v.folders, func(f string) bool { return strings.HasSuffix(f, "/"+m.value) }); below >= 0 {
		d.Hintf("paths begin at the project folder: did you mean %q?", v.folders[below])
		return
	}
	d.Nearest(m.value, words)
}

func pathWord(method, value string) string {
	if method == "file" || path.Ext(value) != "" {
		return "file"
	}
	return "folder"
}

func (e *evaluator) examplePath() string {
	if folders := e.words().folders; len(folders) > 0 {
		return folders[0]
	}
	return "models"
}

func (e *evaluator) unknownConfig(a *atom, key string, m matcher) {
	configs := e.words().configs
	values, known := configs[key]
	switch {
	case !known:
		at := a.span
		d := e.diags.Errorf(diag.UnknownSelection, at, "no configuration has the key %q", key)
		d.Hintf("keys are %s", strings.Join(slices.Sorted(maps.Keys(configs)), ", "))
		d.Nearest(key, slices.Sorted(maps.Keys(configs)))
	case slices.ContainsFunc(values, m.fits):
	case m.pattern:
		e.fitsNothing(a)
	default:
		d := e.diags.Errorf(diag.UnknownSelection, a.at, "nothing has %q as its %s", a.value, key)
		d.Nearest(a.value, values)
		if d.Hint == "" && len(values) > 0 && len(values) <= 12 {
			d.Hintf("%s", thereAre(slices.Sorted(slices.Values(values))))
		}
	}
}

func (e *evaluator) unknownSelector(name string, at source.Span) {
	words := e.words().selectors
	d := e.diags.Errorf(diag.UnknownSelection, at, "unknown selector %q", name)
	switch {
	case len(words) == 0:
		d.Hintf("declare it under \"selectors:\" in a YAML file")
	case len(words) <= 12:
		d.Hintf("%s", thereAre(words))
	}
	d.Nearest(name, words)
}

// elsewhere are methods that hands may remember from other tools.
var elsewhere = map[string]string{
	"resource_type": "kind:", "test_name": "test:", "test_type": "kind:test", "fqn": "name:", "config": "config.KEY:",
	"model": "name:", "seed": "name:", "package": "path:",
}

func (e *evaluator) unknownMethod(a *atom) {
	names := append(slices.Sorted(maps.Keys(methods)), "config.KEY", "file", "path", "selector")
	slices.Sort(names)
	d := e.diags.Errorf(diag.UnknownSelection, a.span, "unknown method %q", a.method+":")
	d.Hintf("methods are %s", strings.Join(names, ", "))
	if instead := elsewhere[a.method]; instead != "" {
		d.Hintf("write %s", instead)
		return
	}
	d.Nearest(a.method, names)
}
