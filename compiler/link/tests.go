package link

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// test is a test before it has a place in the graph.
type test struct {
	*TestNode
	name, path string
	// derived says that the name was made up from what the test is.
	derived bool
	broken  bool
}

// addTests makes the nodes of all tests.
func (b *builder) addTests() {
	tests := b.singular()
	for _, m := range b.makeTests() {
		tests = append(tests, m.tests...)
		b.diags = append(b.diags, m.diags...)
	}
	if tellApart(tests) {
		b.claimNames(tests)
		return
	}
	b.makeRoom(len(tests))
	for i := range tests {
		b.addTest(&tests[i])
	}
}

func (b *builder) singular() []test {
	var tests []test
	for _, s := range b.g.Project.Tests {
		t := &TestNode{
			Properties: s.Properties, Config: &s.Config, Singular: s,
			Unit: b.g.Parsed.Tests[s.Name], Span: s.NameSpan,
		}
		tests = append(tests, test{TestNode: t, name: s.Name, path: s.File.Path})
	}
	return tests
}

// makeTests makes the tests that belong to nodes, a share of the nodes on each processor.
func (b *builder) makeTests() []testMaker {
	shares := split(len(b.g.Nodes))
	makers := make([]testMaker, len(shares))
	inParallel(shares, func(i int, s share) {
		m := &makers[i]
		m.g, m.generic = b.g, b.generic
		m.make(b.g.Nodes[s.from:s.to])
	})
	return makers
}

// testMaker makes the tests of some nodes.
type testMaker struct {
	g       *Graph
	generic map[string]*project.GenericTest
	tests   []test
	// nodes is the block that the tests are parts of.
	nodes []TestNode
	diags diag.List
}

func (m *testMaker) make(nodes []*Node) {
	count := countTests(nodes)
	m.tests, m.nodes = make([]test, 0, count), make([]TestNode, 0, count)
	for _, n := range nodes {
		if n.Kind == Exposure {
			continue
		}
		uses := n.Properties().Tests
		for i := range uses {
			m.use(n, &uses[i])
		}
		if n.Kind == Model {
			m.asserts(n)
		}
	}
}

func countTests(nodes []*Node) int {
	count := 0
	for _, n := range nodes {
		if n.Kind != Exposure {
			count += len(n.Properties().Tests)
		}
		if n.Kind == Model {
			count += len(n.Model.Asserts)
		}
	}
	return count
}

// add adds a test; it is kept in the block.
func (m *testMaker) add(t TestNode, rest test) {
	m.nodes = append(m.nodes, t)
	rest.TestNode = &m.nodes[len(m.nodes)-1]
	m.tests = append(m.tests, rest)
}

// use adds the use of a generic test.
func (m *testMaker) use(n *Node, use *project.TestUse) {
	generic := m.generic[use.Test]
	if generic == nil {
		m.unknownTest(use)
		return
	}
	name, derived := use.Config.Name, false
	if name == "" {
		name, derived = useName(use, strings.ReplaceAll(n.Name, ".", "_")), true
	}
	m.add(TestNode{
		Properties: project.Properties{NameSpan: use.Span, Tags: use.Config.Tags},
		Tested:     n.ID, tested: n, Column: use.Column, Config: use.Config, Use: use, Generic: generic,
		Unit: m.g.Parsed.GenericTests[use.Test], Span: use.Span,
	}, test{name: name, path: use.Span.Path(), derived: derived, broken: !m.arguments(generic, use)})
}

// assertConfig is that of every assert.
var assertConfig = project.TestConfig{Severity: project.SeverityError}

func (m *testMaker) asserts(n *Node) {
	for i := range n.Model.Asserts {
		text := &n.Model.Asserts[i]
		name := "assert_" + n.Name + "_" + shortHash(text.Value)
		m.add(TestNode{
			Properties: project.Properties{NameSpan: text.Span},
			Tested:     n.ID, tested: n, Assert: text, Span: text.Span, Config: &assertConfig,
		}, test{name: name, path: text.Span.Path(), derived: true})
	}
}

func (m *testMaker) unknownTest(use *project.TestUse) {
	names := slices.Sorted(maps.Keys(m.generic))
	d := m.diags.Errorf(diag.UnknownTest, use.Span, "unknown test %q", use.Test)
	d.Hintf("write it as %s/generic/%s.sql", cmp.Or(m.g.Project.Paths.Tests, "tests"), use.Test)
	d.Nearest(use.Test, names)
}

func (b *builder) addTest(t *test) {
	b.add(Node{
		ID: project.ID("test." + t.name), Name: t.name, Kind: Test,
		Path: t.path, Test: t.TestNode, Broken: t.broken,
	})
}

// useName derives the name of a use of a generic test. It changes only when the test itself does.
func useName(use *project.TestUse, on string) string {
	column := strings.Map(nameRune, use.Column)
	name := use.Test + "_" + on
	if column != "" {
		name += "_" + column
	}
	var odd string
	if column != use.Column {
		odd = use.Column
	}
	if len(use.Args) == 0 && use.Config.Where.IsZero() && odd == "" {
		return name
	}
	return name + "_" + shortHash(useText(use)+odd)
}

func nameRune(r rune) rune {
	if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '_'
}

// useText gives arguments and where as text that does not depend on the order they are written in.
func useText(use *project.TestUse) string {
	args := slices.Clone(use.Args)
	slices.SortStableFunc(args, func(a, b project.ArgValue) int { return cmp.Compare(a.Name, b.Name) })
	var text strings.Builder
	for _, arg := range args {
		value, err := json.Marshal(arg.Value)
		if err != nil { // a number that JSON lacks
			value = fmt.Append(nil, arg.Value)
		}
		text.WriteString(arg.Name)
		text.WriteByte('=')
		text.Write(value)
		text.WriteByte('\n')
	}
	text.WriteString(use.Config.Where.Value)
	return text.String()
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:3])
}

// tellApart gives a hash of what they test to tests whose derived names fall together although they
// test different things, such as unique_a_b_c of a.b_c and of a_b.c. All of them get one: none is
// renamed when another comes or goes before it. It reports whether any name was used twice.
func tellApart(tests []test) (twice bool) {
	first := make(map[string]int, len(tests))
	clash := map[string]bool{}
	for i := range tests {
		key := strings.ToLower(tests[i].name)
		before, taken := first[key]
		if !taken {
			first[key] = i
			continue
		}
		twice = true
		if tests[before].Tested != tests[i].Tested || tests[before].Column != tests[i].Column {
			clash[key] = true
		}
	}
	if len(clash) == 0 {
		return twice
	}
	for i := range tests {
		if t := &tests[i]; t.derived && clash[strings.ToLower(t.name)] {
			t.name += "_" + shortHash(string(t.Tested)+"\n"+t.Column)
		}
	}
	return twice
}

// claimNames makes nodes of the tests whose names are free, and reports the others.
func (b *builder) claimNames(tests []test) {
	first := make(map[string]*test, len(tests))
	for i := range tests {
		t := &tests[i]
		key := strings.ToLower(t.name)
		if before := first[key]; before != nil {
			b.twice(before, t)
			continue
		}
		first[key] = t
		b.addTest(t)
	}
}

func (b *builder) twice(first, second *test) {
	if first.Singular != nil && second.Singular != nil {
		return // load has reported it
	}
	var d *diag.Diagnostic
	switch {
	case first.derived && second.derived:
		d = b.diags.Errorf(diag.DuplicateName, second.Span, "the same test stands twice: %q", second.name)
		d.Hintf("take one of them out, or give one a name: config: {name: …}")
	case first.name != second.name:
		d = b.diags.Errorf(diag.DuplicateName, second.Span,
			"two tests are called %q and %q, which differ only in case", first.name, second.name)
		d.Hintf("give one of them another name")
	default:
		d = b.diags.Errorf(diag.DuplicateName, second.Span, "two tests are called %q", second.name)
		d.Hintf("give one of them another name: config: {name: …}")
	}
	d.Notef(first.Span, "the first is here")
}
