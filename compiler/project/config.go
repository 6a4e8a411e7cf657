package project

import (
	"path"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// The names of the files at the root of a project.
const (
	ProjectFile = "quern.yml"
	LocalFile   = "quern.local.yml"
	LockFile    = "sources.lock.yml"
	IgnoreFile  = ".quernignore"
)

// config is what quern.yml says, before the rest of the project is read.
type config struct {
	doc, local *doc
	project    *Project
	target     *node // the key's value, nil where it is not set
	targetDoc  *doc
	targets    map[string]*targetEntry
	folders    []*folder
	macrosFrom []Reference
	groups     []*Group
	selectors  []*Selector
	pathSpans  map[string]source.Span
}

// folder holds the defaults for the models below a folder.
type folder struct {
	path  string // "." is all
	span  source.Span
	patch modelPatch
}

func newConfig() *config {
	return &config{
		project: &Project{
			Vars:      map[string]Var{},
			Paths:     Paths{Models: "models", Seeds: "seeds", Macros: "macros", Tests: "tests"},
			Artifacts: "artifacts",
		},
		targets:   map[string]*targetEntry{},
		pathSpans: map[string]source.Span{},
	}
}

// read decodes quern.yml and the local file.
func (c *config) read() {
	if c.doc.root.isNull() {
		c.doc.missing(&c.doc.root, projectPlace, "name")
		return
	}
	c.doc.fields(&c.doc.root, projectPlace, func(f field) { c.field(f) })
	if c.local == nil || c.local.root.isNull() {
		return
	}
	c.local.fields(&c.local.root, localPlace, func(f field) {
		switch f.name() {
		case "vars":
			c.vars(c.local, f.value)
		case "target":
			c.target, c.targetDoc = f.value, c.local
		case "targets":
			c.localTargets(f.value)
		}
	})
}

func (c *config) field(f field) {
	d, p := c.doc, c.project
	switch f.name() {
	case "name":
		if d.validLabel(f.value, "a project") {
			p.Name = f.value.text
		}
	case "vars":
		c.vars(d, f.value)
	case "runtime_vars":
		p.RuntimeVars = sortedSet(texts(f.value))
	case "target":
		c.target, c.targetDoc = f.value, d
	case "targets":
		if len(f.value.kids) == 0 {
			d.diags.Errorf(diag.MissingKey, d.span(f.key), "no target is declared").Hintf("add one, as in dev: {type: duckdb, path: dev.duckdb}")
		}
		d.eachKey(f.value, func(t field) {
			if d.validLabel(t.key, "a target") {
				c.targets[t.name()] = &targetEntry{name: t.name(), span: d.span(t.key), parts: []targetPart{{d, t.value}}}
			}
		})
	case "models":
		c.defaults(f.value)
	case "paths":
		c.paths(f.value)
	case "macros_from":
		c.macrosFrom = d.references(f.value)
	case "artifacts":
		if dir, ok := d.folderName(f.value); ok {
			p.Artifacts = dir
		}
	case "warnings":
		p.Levels = d.levels(f.value)
	case "hooks":
		p.BuildHooks = d.buildHooks(f.value)
	case "groups":
		c.groups = d.groups(f.value)
	case "selectors":
		c.selectors = d.selectors(f.value)
	}
}

// vars keeps each variable as it is written: 01234 and 2024-01-01 are not numbers or dates here.
func (c *config) vars(d *doc, n *node) {
	d.eachKey(n, func(f field) {
		if f.value.kind != scalarNode {
			d.wrong(f.value, "the variable "+quoted(f.name()), "a single value")
			return
		}
		c.project.Vars[f.name()] = Var{Value: f.value.text, Span: d.text(f.value).Span}
	})
}

func (c *config) defaults(n *node) {
	first := map[string]source.Span{}
	c.doc.eachKey(n, func(f field) {
		dir := path.Clean(strings.Trim(f.name(), "/"))
		at := c.doc.span(f.key)
		if before, twice := first[dir]; twice {
			c.doc.diags.Errorf(diag.DuplicateKey, at, "the folder %q has defaults twice", dir).
				Hintf("put them together").Notef(before, "it stands here first")
			return
		}
		first[dir] = at
		dest := &folder{path: dir, span: at}
		if c.doc.modelFields(f.value, folderPlace, &dest.patch) {
			c.folders = append(c.folders, dest)
		}
	})
	// The deepest first: what it sets wins.
	slices.SortFunc(c.folders, func(a, b *folder) int { return depth(b.path) - depth(a.path) })
}

func depth(dir string) int {
	if dir == "." {
		return 0
	}
	return strings.Count(dir, "/") + 1
}

func (c *config) paths(n *node) {
	p := &c.project.Paths
	c.doc.fields(n, pathsPlace, func(f field) {
		dir, ok := c.doc.folderName(f.value)
		if !ok {
			return
		}
		c.pathSpans[f.name()] = c.doc.text(f.value).Span
		switch f.name() {
		case "models":
			p.Models = dir
		case "seeds":
			p.Seeds = dir
		case "macros":
			p.Macros = dir
		case "tests":
			p.Tests = dir
		}
	})
	c.distinct("models", p.Models, "macros", p.Macros)
	c.distinct("models", p.Models, "tests", p.Tests)
	c.distinct("macros", p.Macros, "tests", p.Tests)
}

// distinct refuses one folder for two kinds of SQL files.
func (c *config) distinct(one, a, other, b string) {
	if a != b {
		return
	}
	at, ok := c.pathSpans[other]
	if !ok {
		at = c.pathSpans[one]
	}
	c.doc.diags.Errorf(diag.InvalidValue, at, "%s and %s cannot share the folder %q", one, other, a).
		Hintf("give each a folder of its own")
}

// folderName reads the path of a folder inside the project.
func (d *doc) folderName(n *node) (string, bool) {
	dir := path.Clean(strings.ReplaceAll(n.text, `\`, "/"))
	if n.text == "" || path.IsAbs(dir) || dir == ".." || strings.HasPrefix(dir, "../") || strings.Contains(dir, ":") {
		d.diags.Errorf(diag.InvalidValue, d.text(n).Span, "%q is no folder of the project", n.text).
			Hintf("write a path relative to the project folder, without ..")
		return "", false
	}
	return dir, true
}

func (d *doc) groups(n *node) []*Group {
	var out []*Group
	for i := range n.kids {
		g := &Group{}
		if !d.fields(&n.kids[i], groupPlace, func(f field) {
			switch f.name() {
			case "name":
				if d.validLabel(f.value, "a group") {
					g.Name, g.Span = f.value.text, d.text(f.value).Span
				}
			case "owner":
				g.Owner = d.owner(f.value)
			}
		}) || g.Name == "" {
			continue
		}
		out = append(out, g)
	}
	return out
}

func (d *doc) selectors(n *node) []*Selector {
	var out []*Selector
	for i := range n.kids {
		s := &Selector{}
		if !d.fields(&n.kids[i], selectorPlace, func(f field) {
			switch f.name() {
			case "name":
				if d.validLabel(f.value, "a selector") {
					s.Name, s.Span = f.value.text, d.text(f.value).Span
				}
			case "select":
				s.Select = d.text(f.value)
			case "exclude":
				s.Exclude = d.text(f.value)
			}
		}) || s.Name == "" {
			continue
		}
		out = append(out, s)
	}
	return out
}
