package project

import (
	"path"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// assembler puts together what the files say one by one.
type assembler struct {
	*loader
	project  *Project
	nodes    registry // models and seeds
	patches  map[string]*modelPatch
	models   map[string]*Model // by lower-case name
	seeds    map[string]*Seed
	seedSets map[string]*seedPatch
	defaults map[string]*modelPatch // by folder
	unknown  int                    // entries for nodes that do not exist
}

// maxNearest is how many unknown names are compared with all there are: each costs time.
const maxNearest = 100

// assemble fills the project from its files. Everything is checked, and what is wrong left out,
// so that one bad file hides no other.
func (l *loader) assemble(r *contents, builtIns []*sqlFile) {
	size := len(r.sql)
	a := &assembler{
		loader: l, project: l.config.project, nodes: newRegistry(size),
		patches: make(map[string]*modelPatch, size), models: make(map[string]*Model, size),
		seeds: map[string]*Seed{}, seedSets: map[string]*seedPatch{}, defaults: map[string]*modelPatch{},
	}
	a.sqlFiles(append(builtIns, r.sql...))
	a.seedFiles(r.seeds)
	for _, y := range r.yaml {
		l.diags = append(l.diags, y.diags...)
		a.describeNodes(y)
	}
	a.collect(r.yaml)
	a.buildModels()
	a.buildSeeds()
	a.checkGroups()
	a.checkScopes()
	a.checkPublishGroups()
	a.sort()
}

func (a *assembler) sqlFiles(files []*sqlFile) {
	p := a.project
	macros, generic, singular := newRegistry(0), newRegistry(0), newRegistry(0)
	for _, s := range files {
		a.diags = append(a.diags, s.diags...)
		if !checkName(&a.diags, s.topLevel, s.name, s.what()) {
			continue
		}
		// Empty macros and tests stay known: that they are empty is enough to say.
		switch s.kind {
		case modelFile:
			a.model(s)
		case macroFile:
			if macros.claim(&a.diags, s.name, "macro", s.topLevel) && (!s.broken || s.empty) {
				m := &Macro{Name: s.name, File: s.file, Body: s.body, Args: s.args, Properties: s.patch.Properties}
				m.NameSpan = s.topLevel
				p.Macros = append(p.Macros, m)
			}
		case genericFile:
			what := "generic test"
			if s.builtIn {
				what = builtInTest
			}
			if generic.claim(&a.diags, s.name, what, s.topLevel) && (!s.broken || s.empty) {
				p.GenericTests = append(p.GenericTests, &GenericTest{
					Name: s.name, File: s.file, Body: s.body, Args: s.args, BuiltIn: s.builtIn, Counts: s.counts,
				})
			}
		default:
			if singular.claim(&a.diags, s.name, "test", s.topLevel) && !s.broken {
				t := &SingularTest{ID: ID("test." + s.name), Name: s.name, File: s.file, Body: s.body, Properties: s.patch.Properties, Config: s.config}
				t.NameSpan = s.topLevel
				p.Tests = append(p.Tests, t)
			}
		}
	}
}

func (a *assembler) model(s *sqlFile) {
	if !a.nodes.claim(&a.diags, s.name, "model", s.topLevel) {
		return
	}
	m := &Model{ID: ID("model." + s.name), Name: s.name, File: s.file, Body: s.body, Broken: s.broken}
	m.NameSpan = s.topLevel
	key := strings.ToLower(s.name)
	a.models[key] = m
	a.patches[key] = &s.patch
	a.project.Models = append(a.project.Models, m)
}

func (a *assembler) seedFiles(paths []string) {
	for _, file := range paths {
		name, at := baseName(file), place0(file)
		if !checkName(&a.diags, at, name, "a seed") || !a.nodes.claim(&a.diags, name, "seed", at) {
			continue
		}
		s := &Seed{ID: ID("seed." + name), Name: name, Path: file, Format: strings.TrimPrefix(path.Ext(file), ".")}
		s.NameSpan = at
		key := strings.ToLower(name)
		a.seeds[key] = s
		a.seedSets[key] = &seedPatch{}
		a.project.Seeds = append(a.project.Seeds, s)
	}
}

// describeNodes adds what a YAML file says of models and seeds to them.
func (a *assembler) describeNodes(y *yamlEntries) {
	for i := range y.models {
		e := &y.models[i]
		if e.name == "" {
			continue
		}
		m := a.models[strings.ToLower(e.name)]
		if m == nil || m.Name != e.name {
			a.unknownNode("model", e.name, e.at)
			continue
		}
		if m.DescribedAt.IsZero() {
			m.DescribedAt = e.at
		}
		a.patches[strings.ToLower(e.name)].merge(&e.patch, m.ID, &a.diags)
	}
	for i := range y.seeds {
		e := &y.seeds[i]
		if e.name == "" {
			continue
		}
		s := a.seeds[strings.ToLower(e.name)]
		if s == nil || s.Name != e.name {
			a.unknownNode("seed", e.name, e.at)
			continue
		}
		s.NameSpan = e.at
		a.seedSets[strings.ToLower(e.name)].merge(&e.patch, s.ID, &a.diags)
	}
}

func (a *assembler) unknownNode(kind, name string, at source.Span) {
	other, list := "seed", a.project.Paths.Models
	models, seeds := a.models[strings.ToLower(name)], a.seeds[strings.ToLower(name)]
	found := seeds != nil && seeds.Name == name
	if kind == "seed" {
		other, list = "model", a.project.Paths.Seeds
		found = models != nil && models.Name == name
	}
	e := a.diags.Errorf(diag.NothingToDescribe, at, "there is no %s %q", kind, name)
	if found {
		e.Hintf("%q is a %s: describe it under %q", name, other, other+"s:")
		return
	}
	e.Hintf("add its file below %s, or remove the entry", list)
	if a.unknown++; a.unknown > maxNearest {
		return
	}
	var names []string
	if kind == "seed" {
		for _, s := range a.project.Seeds {
			names = append(names, s.Name)
		}
	} else {
		for _, m := range a.project.Models {
			names = append(names, m.Name)
		}
	}
	e.Nearest(name, names)
}

// collect takes over what YAML files declare by themselves.
func (a *assembler) collect(files []*yamlEntries) {
	p := a.project
	sources, exposures, groups, selectors := newRegistry(0), newRegistry(0), newRegistry(0), newRegistry(0)
	lists := append([]*yamlEntries{{groups: a.config.groups, selectors: a.config.selectors}}, files...)
	for _, y := range lists {
		for _, s := range y.sources {
			if sources.claim(&a.diags, s.SourceName+"."+s.Name, "source", s.NameSpan) {
				p.Sources = append(p.Sources, s)
			}
		}
		for _, e := range y.exposures {
			if exposures.claim(&a.diags, e.Name, "exposure", e.NameSpan) {
				p.Exposures = append(p.Exposures, e)
			}
		}
		for _, g := range y.groups {
			if groups.claim(&a.diags, g.Name, "group", g.Span) {
				p.Groups = append(p.Groups, g)
			}
		}
		for _, s := range y.selectors {
			if selectors.claim(&a.diags, s.Name, "selector", s.Span) {
				p.Selectors = append(p.Selectors, s)
			}
		}
	}
}

func (a *assembler) buildModels() {
	var shared configs
	for _, m := range a.project.Models {
		patch := a.patches[strings.ToLower(m.Name)]
		patch.inherit(a.folderDefaults(path.Dir(m.File.Path)))
		patch.model(m, &a.diags)
		m.Config = shared.of(patch)
	}
}

// folderDefaults gives the defaults of a folder and of those above it, the deepest first.
func (a *assembler) folderDefaults(dir string) *modelPatch {
	if p := a.defaults[dir]; p != nil {
		return p
	}
	p := &modelPatch{}
	for _, f := range a.config.folders {
		full := path.Join(a.project.Paths.Models, f.path)
		if dir == full || below(dir, full) {
			p.inherit(&f.patch)
		}
	}
	a.defaults[dir] = p
	return p
}

// checkGroups reports nodes of a group that is not declared.
func (a *assembler) checkGroups() {
	p := a.project
	names := make([]string, len(p.Groups))
	for i, g := range p.Groups {
		names[i] = g.Name
	}
	check := func(group string, at source.Span) {
		if group == "" || slices.Contains(names, group) {
			return
		}
		a.diags.Errorf(diag.UnknownGroup, at, "the group %q is not declared", group).
			Hintf("declare it under \"groups:\" in a YAML file").Nearest(group, names)
	}
	for _, m := range p.Models {
		at := m.NameSpan
		if s := findKey(a.patches[strings.ToLower(m.Name)].set, "group"); s != nil {
			at = s.span
		}
		check(m.Group, at)
	}
	for _, s := range p.Seeds {
		check(s.Group, s.NameSpan)
	}
	for _, s := range p.Sources {
		check(s.Group, s.NameSpan)
	}
	for _, e := range p.Exposures {
		check(e.Group, e.NameSpan)
	}
	for _, t := range p.Tests {
		check(t.Group, t.NameSpan)
	}
}

func (a *assembler) sort() {
	p := a.project
	slices.SortFunc(p.Models, func(x, y *Model) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Seeds, func(x, y *Seed) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Sources, func(x, y *Source) int { return strings.Compare(string(x.ID), string(y.ID)) })
	slices.SortFunc(p.Macros, func(x, y *Macro) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.GenericTests, func(x, y *GenericTest) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Tests, func(x, y *SingularTest) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Exposures, func(x, y *Exposure) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Groups, func(x, y *Group) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(p.Selectors, func(x, y *Selector) int { return strings.Compare(x.Name, y.Name) })
}
