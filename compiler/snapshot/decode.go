package snapshot

import (
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/huge"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// decoder reads the parts of a snapshot.
type decoder struct {
	*cache.Decoder
	*shared
}

// shared is what all sections refer to.
type shared struct {
	words   []string
	files   []*source.File
	configs []map[string]string
	tests   []*project.TestConfig
	project *project.Project
	nodes   []*link.Node
	// checked is parallel to nodes.
	checked []check.Node
	hasSQL  []bool
	// parents is the block that the nodes' parents are parts of.
	parents []int
}

// Decode reads a snapshot, whose project is then added to the one of the config.
func (f *File) Decode(config Config, parts Parts) (*Value, error) {
	section, err := f.section(sectionGraph)
	if err != nil {
		return nil, err
	}
	d := decoder{section, &shared{project: config.Project}}
	g := d.graph(config.Read)
	if !d.Done() {
		return nil, errDamaged
	}
	v := &Value{Graph: g, Facts: f.Facts, HasSQL: d.hasSQL, shared: d.shared}
	for _, part := range []struct {
		wanted bool
		id     uint32
		read   func(decoder)
	}{
		{true, sectionDiags, func(d decoder) { v.Diags = decodeDiags(d.Decoder, config.Read) }},
		{parts.Declared || parts.Columns, sectionDeclared, func(d decoder) { d.declared(nil) }},
		{parts.Columns && f.Bound, sectionColumns, func(d decoder) { d.columns(nil) }},
		{parts.Lineage && f.Bound, sectionLineage, func(d decoder) { d.lineage(nil) }},
	} {
		if !part.wanted {
			continue
		}
		if err := f.part(v, part.id, part.read); err != nil {
			return nil, err
		}
	}
	if f.Bound && (parts.Columns || parts.Lineage) {
		if err := f.patched(v, parts.Columns, parts.Lineage); err != nil {
			return nil, err
		}
	}
	if parts.ByID {
		v.index()
	}
	v.Program = check.Restore(g, config.Env, d.checked, parts.Columns && f.Bound)
	return v, nil
}

// Diags reads the diagnostics alone.
func (f *File) Diags(read func(path string) string) (diag.List, error) {
	section, err := f.section(sectionDiags)
	if err != nil {
		return nil, err
	}
	list := decodeDiags(section, read)
	if !section.Done() {
		return nil, errDamaged
	}
	return list, nil
}

// part reads a section of a value.
func (f *File) part(v *Value, id uint32, read func(decoder)) error {
	section, err := f.section(id)
	if err != nil {
		return err
	}
	d := decoder{section, v.shared}
	if read(d); !d.Done() {
		return errDamaged
	}
	return nil
}

// index fills the graph's index by id.
func (v *Value) index() {
	g := v.Graph
	g.ByID = make(map[project.ID]*link.Node, len(g.Nodes))
	for _, n := range g.Nodes {
		g.ByID[n.ID] = n
	}
}

// Complete adds to a value what it takes to check some of its nodes again: the columns and the lineage of
// those that are wanted. Without any it is as if nothing had been bound.
func (f *File) Complete(v *Value, wanted []bool, env check.Env) error {
	if wanted == nil {
		err := f.part(v, sectionDeclared, func(d decoder) { d.declared(nil) })
		v.Program = check.Restore(v.Graph, env, v.shared.checked, false)
		return err
	}
	if err := f.part(v, sectionColumns, func(d decoder) { d.columns(wanted) }); err != nil {
		return err
	}
	if err := f.part(v, sectionLineage, func(d decoder) { d.lineage(wanted) }); err != nil {
		return err
	}
	return f.patched(v, true, true)
}

func (d decoder) word() string { return d.words[d.Index(len(d.words))] }

func (d decoder) span() source.Span {
	i := d.Index(len(d.files) + 1)
	if i == 0 {
		return source.Span{}
	}
	start := int(d.Uint() & (1<<40 - 1))
	return source.Span{File: d.files[i-1], Start: start, End: start + int(d.Uint()&(1<<40-1))}
}

func (d decoder) text() project.Text {
	return project.Text{Value: d.Text(), Span: d.span(), Exact: d.Bool()}
}

func (d decoder) wordList() []string {
	n := d.Count(1)
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = d.word()
	}
	return out
}

func (d decoder) fileList(read func(string) string) {
	d.files = make([]*source.File, d.Count(2))
	for i := range d.files {
		path := d.word()
		switch d.Byte() {
		case fileEmpty:
			d.files[i] = source.NewFile(path, "")
		case fileRead:
			d.files[i] = source.Later(path, read)
		default:
			d.files[i] = source.NewFile(path, d.Text())
		}
	}
}

func (d decoder) graph(read func(string) string) *link.Graph {
	d.words = cache.DecodeWords(d.Decoder)
	d.fileList(read)
	d.configs = make([]map[string]string, d.Count(1))
	for i := range d.configs {
		n := d.Count(2)
		d.configs[i] = make(map[string]string, n)
		for range n {
			key := d.word()
			d.configs[i][key] = d.word()
		}
	}
	d.tests = make([]*project.TestConfig, d.Count(10))
	for i := range d.tests {
		d.tests[i] = d.testConfig()
	}
	d.wholeProject()
	d.allNodes()
	g := &link.Graph{Project: d.project, Nodes: d.nodes}
	g.Order = make([]int, d.Count(1))
	for i := range g.Order {
		g.Order[i] = d.Index(len(d.nodes))
	}
	g.Level = make([]int, len(d.nodes))
	for i := range g.Level {
		g.Level[i] = d.Int()
	}
	if d.OK() {
		setChildren(d.nodes, len(d.parents))
	}
	return g
}

func (d decoder) testConfig() *project.TestConfig {
	c := &project.TestConfig{Name: d.word(), Severity: project.Severity(d.Byte()), Where: d.text()}
	c.WarnIf.Op, c.WarnIf.Text = d.word(), d.word()
	c.ErrorIf.Op, c.ErrorIf.Text = d.word(), d.word()
	c.Limit, c.StoreFailures, c.Tags = d.Int(), d.Bool(), d.wordList()
	return c
}

func (d decoder) wholeProject() {
	p := d.project
	p.Groups, p.Selectors = make([]*project.Group, d.Count(3)), nil
	for i := range p.Groups {
		p.Groups[i] = &project.Group{Name: d.word(), Owner: d.word(), Span: d.span()}
	}
	p.Selectors = make([]*project.Selector, d.Count(8))
	for i := range p.Selectors {
		p.Selectors[i] = &project.Selector{Name: d.word(), Select: d.text(), Exclude: d.text(), Span: d.span()}
	}
}

// useKey is what is known of the use of a test without arguments; equal ones are shared.
type useKey struct {
	test, column string
	config       *project.TestConfig
}

// blocks hold the nodes of a graph by their kind, so that each kind is one allocation.
type blocks struct {
	models    []project.Model
	seeds     []project.Seed
	sources   []project.Source
	tests     []link.TestNode
	exposures []project.Exposure
	uses      map[useKey]*project.TestUse
	// The values that say that a test is an assert, that it is built in or not.
	assert           *project.Text
	builtIn, generic *project.GenericTest
}

func (d decoder) allNodes() {
	var counts [link.Exposure + 1]int
	total := 0
	for kind := link.Model; kind <= link.Exposure; kind++ {
		counts[kind] = d.Count(1)
		total += counts[kind]
	}
	if d.Left() < 6*total {
		d.Fail()
		return
	}
	// What is large first: nothing of it is written yet.
	nodes := huge.Slice[link.Node](total)
	d.checked = huge.Slice[check.Node](total)
	b := &blocks{
		models: huge.Slice[project.Model](counts[link.Model])[:0], seeds: make([]project.Seed, 0, counts[link.Seed]),
		sources: make([]project.Source, 0, counts[link.Source]), tests: huge.Slice[link.TestNode](counts[link.Test])[:0],
		exposures: make([]project.Exposure, 0, counts[link.Exposure]), uses: map[useKey]*project.TestUse{},
		assert: &project.Text{}, builtIn: &project.GenericTest{BuiltIn: true}, generic: &project.GenericTest{},
	}
	d.nodes = make([]*link.Node, total)
	for i := range nodes {
		d.nodes[i] = &nodes[i]
	}
	d.hasSQL, d.parents = make([]bool, total), make([]int, 0, 2*total)
	for i := range nodes {
		nodes[i].Index = i
		d.node(&nodes[i], &d.checked[i], b)
		if !d.OK() {
			return
		}
	}
	d.takeOver(b)
}

// takeOver gives the project its nodes.
func (d decoder) takeOver(b *blocks) {
	p := d.project
	p.Models, p.Seeds = pointers(b.models), pointers(b.seeds)
	p.Sources, p.Exposures = pointers(b.sources), pointers(b.exposures)
	p.Tests = nil
	for i := range b.tests {
		if t := b.tests[i].Singular; t != nil {
			p.Tests = append(p.Tests, t)
		}
	}
}

func pointers[T any](values []T) []*T {
	out := make([]*T, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}

func (d decoder) node(n *link.Node, checked *check.Node, b *blocks) {
	n.Kind = link.Kind(d.Byte())
	flags := d.Byte()
	id := d.Text()
	if n.Kind < link.Model || n.Kind > link.Exposure || len(id) <= len(n.Kind.String())+1 {
		d.Fail()
		return
	}
	n.ID, n.Name = project.ID(id), id[len(n.Kind.String())+1:]
	n.Path = d.word()
	checked.Enabled = flags&flagEnabled != 0
	d.hasSQL[n.Index] = flags&flagSQL != 0
	checked.Relation = d.relation(flags, n.Name)
	var p project.Properties
	if flags&flagProperties != 0 {
		p.Description, p.Owner, p.Group, p.Tags = d.Text(), d.word(), d.word(), d.wordList()
	}
	checked.Unchecked = d.word()
	p.NameSpan = d.span()
	if flags&flagDescribed != 0 {
		p.DescribedAt = d.span()
	}
	d.kind(n, &p, b)
	begin := len(d.parents)
	for range d.Count(1) {
		d.parents = append(d.parents, d.Index(len(d.nodes)))
	}
	n.Parents = d.parents[begin:len(d.parents):len(d.parents)]
}

func (d decoder) relation(flags byte, own string) (name relation.Name) {
	if flags&flagRelation == 0 {
		return name
	}
	name.Database, name.Schema, name.Identifier = d.word(), d.word(), own
	if flags&flagOwnName == 0 {
		name.Identifier = d.word()
	}
	return name
}

// add adds a value to a block; it is nil where the block is full, which only damaged data makes it.
func add[T any](block *[]T, d decoder) *T {
	if len(*block) == cap(*block) {
		d.Fail()
		return new(T)
	}
	*block = (*block)[:len(*block)+1]
	return &(*block)[len(*block)-1]
}

// at gives a value of a list; the zero value where the data is damaged.
func at[T any](d decoder, list []T) (value T) {
	if i := d.Index(len(list)); d.OK() {
		value = list[i]
	}
	return value
}

func (d decoder) kind(n *link.Node, p *project.Properties, b *blocks) {
	switch n.Kind {
	case link.Model:
		m := add(&b.models, d)
		m.ID, m.Name, m.Properties, n.Model = n.ID, n.Name, *p, m
		m.Materialized, m.Config = project.Materialization(d.Byte()), at(d, d.configs)
		if m.File = p.NameSpan.File; m.File == nil {
			m.File = source.NewFile(n.Path, "")
		}
	case link.Seed:
		s := add(&b.seeds, d)
		s.ID, s.Name, s.Path, s.Properties, n.Seed = n.ID, n.Name, n.Path, *p, s
		s.Format, s.Config = d.word(), at(d, d.configs)
	case link.Source:
		s := add(&b.sources, d)
		s.ID, s.Properties, n.Source = n.ID, *p, s
		s.SourceName, s.Format, s.Files = d.word(), d.word(), d.word()
		if len(s.SourceName) < len(n.Name) {
			s.Name = n.Name[len(s.SourceName)+1:]
		}
	case link.Exposure:
		e := add(&b.exposures, d)
		e.ID, e.Name, e.Properties, n.Exposure = n.ID, n.Name, *p, e
		e.Type, e.URL = d.word(), d.word()
	case link.Test:
		d.test(n, p, b)
	}
}

func (d decoder) test(n *link.Node, p *project.Properties, b *blocks) {
	t := add(&b.tests, d)
	t.Properties, n.Test = *p, t
	what := d.Byte()
	if i := d.Index(len(d.nodes) + 1); i > 0 && d.OK() {
		t.Tested = d.nodes[i-1].ID
	}
	t.Column, t.Config = d.word(), at(d, d.tests)
	if what&testUse != 0 {
		t.Use = d.use(b, useKey{d.word(), t.Column, t.Config}, what&testArguments != 0)
		t.Generic = b.generic
		if what&testBuiltIn != 0 {
			t.Generic = b.builtIn
		}
	}
	if what&testSingular != 0 {
		file := p.NameSpan.File
		if file == nil {
			file = source.NewFile(n.Path, "")
		}
		t.Singular = &project.SingularTest{ID: n.ID, Name: n.Name, File: file, Properties: *p, Config: *t.Config}
	}
	if what&testAssert != 0 {
		t.Assert = b.assert
	}
	t.Late, t.Span = what&testLate != 0, d.span()
	for range d.Count(1) {
		if i := d.Index(len(d.nodes)); d.OK() {
			t.Reads = append(t.Reads, d.nodes[i].ID)
		}
	}
}

func (d decoder) use(b *blocks, key useKey, arguments bool) *project.TestUse {
	use := b.uses[key]
	if use == nil || arguments {
		use = &project.TestUse{Test: key.test, Column: key.column, Config: key.config}
	}
	if !arguments {
		b.uses[key] = use
		return use
	}
	use.Args = make([]project.ArgValue, d.Count(2))
	for i := range use.Args {
		use.Args[i].Name = d.word()
		list := make([]any, d.Count(1))
		for k := range list {
			list[k] = d.word()
		}
		use.Args[i].Value = list
	}
	return use
}

// setChildren turns parents around.
func setChildren(nodes []*link.Node, edges int) {
	counts := make([]int, len(nodes)+1)
	for _, n := range nodes {
		for _, p := range n.Parents {
			counts[p+1]++
		}
	}
	for i := range nodes {
		counts[i+1] += counts[i]
	}
	block := make([]int, edges)
	for i, n := range nodes {
		n.Children = block[counts[i]:counts[i]:counts[i+1]]
	}
	for i, n := range nodes {
		for _, p := range n.Parents {
			nodes[p].Children = append(nodes[p].Children, i)
		}
	}
}
