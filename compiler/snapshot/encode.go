package snapshot

import (
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// encoder writes the parts of a snapshot. Words, files and configurations are written once, before the
// graph, and numbers stand for them.
type encoder struct {
	v       *Value
	words   *cache.Words
	files   fileTable
	configs map[string]uint64 // by their text
	config  cache.Encoder
	tests   map[*project.TestConfig]uint64
	test    cache.Encoder
}

func newEncoder(v *Value, record *cache.Record) *encoder {
	return &encoder{
		v: v, words: cache.NewWords(), files: newFileTable(record),
		configs: map[string]uint64{}, tests: map[*project.TestConfig]uint64{},
	}
}

// section writes values that refer to the encoder's words and files.
type section struct {
	cache.Encoder
	*encoder
}

func (s *section) word(text string) { s.Uint(s.words.Of(text)) }

func (s *section) span(span source.Span) {
	if span.IsZero() {
		s.Uint(0)
		return
	}
	s.Uint(s.files.of(span.File) + 1)
	s.Uint(uint64(span.Start))
	s.Uint(uint64(max(span.End-span.Start, 0)))
}

func (s *section) text(t project.Text) {
	s.Text(t.Value)
	s.span(t.Span)
	s.Bool(t.Exact)
}

// graph writes the nodes, and before them what they refer to.
func (e *encoder) graph() []byte {
	nodes := &section{encoder: e}
	nodes.Grow(96 * len(e.v.Graph.Nodes))
	for i := range e.v.Graph.Nodes {
		nodes.node(i)
	}
	project := &section{encoder: e}
	project.project(e.v.Graph.Project)
	order := &section{encoder: e}
	for _, i := range e.v.Graph.Order {
		order.Uint(uint64(i))
	}
	for _, level := range e.v.Graph.Level {
		order.Int(level)
	}

	files := &section{encoder: e}
	files.fileList()

	var out cache.Encoder
	out.Grow(nodes.Len() + order.Len() + 1<<16)
	e.words.Encode(&out)
	out.Append(files.Bytes())
	out.Uint(uint64(len(e.configs)))
	out.Append(e.config.Bytes())
	out.Uint(uint64(len(e.tests)))
	out.Append(e.test.Bytes())
	out.Append(project.Bytes())
	counts := [link.Exposure + 1]uint64{}
	for _, n := range e.v.Graph.Nodes {
		counts[n.Kind]++
	}
	for _, count := range counts[1:] {
		out.Uint(count)
	}
	out.Append(nodes.Bytes())
	out.Uint(uint64(len(e.v.Graph.Order)))
	out.Append(order.Bytes())
	return out.Bytes()
}

// The flags of a node.
const (
	flagEnabled = 1 << iota
	flagSQL
	flagRelation // it has one
	flagOwnName  // whose identifier is the node's name
	flagProperties
	flagDescribed // a YAML file describes it, too
)

func (s *section) node(i int) {
	n, checked := s.v.Graph.Nodes[i], &s.v.Program.Nodes[i]
	name := checked.Relation
	p := n.Properties()
	flags := byte(0)
	for _, f := range []struct {
		set  bool
		flag byte
	}{
		{checked.Enabled, flagEnabled},
		{s.v.HasSQL[i], flagSQL},
		{name.Identifier != "", flagRelation},
		{name.Identifier == n.Name, flagOwnName},
		{p.Description != "" || len(p.Tags) > 0 || p.Owner != "" || p.Group != "", flagProperties},
		{!p.DescribedAt.IsZero(), flagDescribed},
	} {
		if f.set {
			flags |= f.flag
		}
	}
	s.Byte(byte(n.Kind))
	s.Byte(flags)
	s.Text(string(n.ID))
	s.word(n.Path)
	s.relation(name, flags)
	if flags&flagProperties != 0 {
		s.properties(p)
	}
	s.word(checked.Unchecked)
	s.span(p.NameSpan)
	if flags&flagDescribed != 0 {
		s.span(p.DescribedAt)
	}
	s.kind(n)
	s.Uint(uint64(len(n.Parents)))
	for _, parent := range n.Parents {
		s.Uint(uint64(parent))
	}
}

func (s *section) relation(name relation.Name, flags byte) {
	if flags&flagRelation == 0 {
		return
	}
	s.word(name.Database)
	s.word(name.Schema)
	if flags&flagOwnName == 0 {
		s.word(name.Identifier)
	}
}

func (s *section) properties(p *project.Properties) {
	s.Text(p.Description)
	s.word(p.Owner)
	s.word(p.Group)
	s.Uint(uint64(len(p.Tags)))
	for _, tag := range p.Tags {
		s.word(tag)
	}
}

// kind writes what only nodes of the kind have.
func (s *section) kind(n *link.Node) {
	switch n.Kind {
	case link.Model:
		s.Byte(byte(n.Model.Materialized))
		s.Uint(s.configOf(n.Model.Config))
	case link.Seed:
		s.word(n.Seed.Format)
		s.Uint(s.configOf(n.Seed.Config))
	case link.Source:
		s.word(n.Source.SourceName)
		s.word(n.Source.Format)
		s.word(n.Source.Files)
	case link.Exposure:
		s.word(n.Exposure.Type)
		s.word(n.Exposure.URL)
	case link.Test:
		s.testNode(n.Test)
	}
}

// What a test is.
const (
	testUse = 1 << iota
	testSingular
	testAssert
	testLate
	testBuiltIn
	testArguments
)

func (s *section) testNode(t *link.TestNode) {
	what := byte(0)
	for _, f := range []struct {
		set  bool
		flag byte
	}{
		{t.Use != nil, testUse},
		{t.Singular != nil, testSingular},
		{t.Assert != nil, testAssert},
		{t.Late, testLate},
		{t.Generic != nil && t.Generic.BuiltIn, testBuiltIn},
		{t.Use != nil && len(t.Use.Args) > 0, testArguments},
	} {
		if f.set {
			what |= f.flag
		}
	}
	s.Byte(what)
	tested := uint64(0)
	if n, ok := s.v.Graph.ByID[t.Tested]; ok {
		tested = uint64(n.Index) + 1
	}
	s.Uint(tested)
	s.word(t.Column)
	s.Uint(s.testConfig(t.Config))
	if t.Use != nil {
		s.word(t.Use.Test)
	}
	s.arguments(t)
	s.span(t.Span)
	s.Uint(uint64(len(t.Reads)))
	for _, id := range t.Reads {
		s.Uint(uint64(s.v.Graph.ByID[id].Index))
	}
}

// arguments writes the arguments of a test that are lists of texts; nobody asks for the others.
func (s *section) arguments(t *link.TestNode) {
	if t.Use == nil || len(t.Use.Args) == 0 {
		return
	}
	s.Uint(uint64(len(t.Use.Args)))
	for _, arg := range t.Use.Args {
		s.word(arg.Name)
		list, _ := arg.Value.([]any)
		s.Uint(uint64(len(list)))
		for _, item := range list {
			text, _ := item.(string)
			s.word(text)
		}
	}
}

// configOf gives the number of a configuration; nodes with equal ones share it.
func (e *encoder) configOf(config map[string]string) uint64 {
	out := section{encoder: e}
	out.Uint(uint64(len(config)))
	for _, key := range slices.Sorted(maps.Keys(config)) {
		out.word(key)
		out.word(config[key])
	}
	key := string(out.Bytes())
	i, ok := e.configs[key]
	if !ok {
		i = uint64(len(e.configs))
		e.configs[key] = i
		e.config.Append(out.Bytes())
	}
	return i
}

func (e *encoder) testConfig(c *project.TestConfig) uint64 {
	i, ok := e.tests[c]
	if ok {
		return i
	}
	i = uint64(len(e.tests))
	e.tests[c] = i
	out := section{encoder: e}
	out.word(c.Name)
	out.Byte(byte(c.Severity))
	out.text(c.Where)
	for _, limit := range []project.Threshold{c.WarnIf, c.ErrorIf} {
		out.word(limit.Op)
		out.word(limit.Text)
	}
	out.Int(c.Limit)
	out.Bool(c.StoreFailures)
	out.Uint(uint64(len(c.Tags)))
	for _, tag := range c.Tags {
		out.word(tag)
	}
	e.test.Append(out.Bytes())
	return i
}

// project writes what files besides quern.yml say of the project as a whole.
func (s *section) project(p *project.Project) {
	s.Uint(uint64(len(p.Groups)))
	for _, g := range p.Groups {
		s.word(g.Name)
		s.word(g.Owner)
		s.span(g.Span)
	}
	s.Uint(uint64(len(p.Selectors)))
	for _, sel := range p.Selectors {
		s.word(sel.Name)
		s.text(sel.Select)
		s.text(sel.Exclude)
		s.span(sel.Span)
	}
}

// declared writes the columns that files declare.
func (e *encoder) declared() []byte {
	t := &table{section: section{encoder: e}}
	for _, n := range e.v.Graph.Nodes {
		t.next()
		t.parts += uint64(len(n.Properties().Columns))
		t.declaredColumns(n.Properties().Columns)
		if n.Kind == link.Source {
			t.parts += uint64(len(n.Source.Locked))
			t.Bool(n.Source.ColumnsComplete)
			t.Bool(n.Source.Locked != nil)
			t.declaredColumns(n.Source.Locked)
		}
	}
	return t.bytes()
}

func (s *section) declaredColumns(columns []project.Column) {
	s.Uint(uint64(len(columns)))
	for i := range columns {
		c := &columns[i]
		s.word(c.Name)
		s.word(c.Type)
		s.word(c.Description)
		flags := byte(0)
		if c.Native {
			flags |= 1
		}
		if c.Sensitive {
			flags |= 2
		}
		s.Byte(flags)
	}
}

// fileTable numbers the files that spans are in.
type fileTable struct {
	index map[*source.File]uint64
	files []*source.File
	// record tells the files whose text is in the project's folder as it was read.
	record *cache.Record
}

func newFileTable(record *cache.Record) fileTable {
	return fileTable{index: map[*source.File]uint64{}, record: record}
}

func (t *fileTable) of(f *source.File) uint64 {
	if i, ok := t.index[f]; ok {
		return i
	}
	i := uint64(len(t.files))
	t.files = append(t.files, f)
	t.index[f] = i
	return i
}

// How the text of a file is found again.
const (
	fileEmpty byte = iota // it was not read
	fileRead              // it is read where it is needed
	fileKept              // it is in the snapshot
)

func (s *section) fileList() {
	s.Uint(uint64(len(s.files.files)))
	for _, f := range s.files.files {
		s.word(f.Path)
		switch {
		case f.IsEmpty():
			s.Byte(fileEmpty)
		case !strings.HasPrefix(f.Path, "builtin/") && s.files.record.Hash(f.Path) != (cache.Digest{}):
			s.Byte(fileRead)
		default:
			s.Byte(fileKept)
			s.Text(f.Contents())
		}
	}
}
