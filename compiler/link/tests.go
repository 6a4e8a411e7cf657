package link

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// test is a test before it has a place in the graph.
type test struct {
	*TestNode
	name, path string
	// on is the tested node's name as it stands in the test's name; "" for a singular test.
	on string
	// derived says that the name was made up from what the test is.
	derived bool
	broken  bool
}

// addTests makes the nodes of all tests.
func (b *builder) addTests() {
	var tests []test
	for _, s := range b.g.Project.Tests {
		t := TestNode{
			Properties: s.Properties, Config: s.Config, Singular: s,
			Unit: b.g.Parsed.Tests[s.Name], Span: s.NameSpan,
		}
		tests = append(tests, test{TestNode: &t, name: s.Name, path: s.File.Path})
	}
	for _, n := range b.g.Nodes {
		if n.Kind == Exposure {
			continue
		}
		uses := n.Properties().Tests
		for i := range uses {
			tests = b.use(tests, n, &uses[i])
		}
		if n.Kind == Model {
			tests = asserts(tests, n)
		}
	}
	tellApart(tests)
	b.claimNames(tests)
}

// use adds the use of a generic test.
func (b *builder) use(tests []test, n *Node, use *project.TestUse) []test {
	generic := b.generic[use.Test]
	if generic == nil {
		b.unknownTest(use)
		return tests
	}
	t := &TestNode{
		Properties: project.Properties{NameSpan: use.Span, Tags: use.Config.Tags},
		Tested:     n.ID, Column: use.Column, Config: use.Config, Use: use,
		Unit: b.g.Parsed.GenericTests[use.Test], Span: use.Span,
	}
	on := strings.ReplaceAll(n.Name, ".", "_")
	name, derived := use.Config.Name, false
	if name == "" {
		name, derived = useName(use, on), true
	}
	return append(tests, test{
		TestNode: t, name: name, path: use.Span.Path(), on: on,
		derived: derived, broken: !b.arguments(generic, use),
	})
}

func asserts(tests []test, n *Node) []test {
	for i := range n.Model.Asserts {
		text := &n.Model.Asserts[i]
		t := &TestNode{
			Properties: project.Properties{NameSpan: text.Span},
			Tested:     n.ID, Assert: text, Span: text.Span,
			Config: project.TestConfig{Severity: project.SeverityError},
		}
		name := "assert_" + n.Name + "_" + shortHash(text.Value)
		tests = append(tests, test{TestNode: t, name: name, path: text.Span.Path(), on: n.Name, derived: true})
	}
	return tests
}

func (b *builder) unknownTest(use *project.TestUse) {
	names := make([]string, 0, len(b.generic))
	for name := range b.generic {
		names = append(names, name)
	}
	slices.Sort(names)
	d := b.diags.Errorf(diag.UnknownTest, use.Span, "unknown test %q", use.Test)
	d.Hintf("write it as %s/generic/%s.sql", cmp.Or(b.g.Project.Paths.Tests, "tests"), use.Test)
	d.Nearest(use.Test, names)
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
// renamed when another comes or goes before it.
func tellApart(tests []test) {
	first := make(map[string]int, len(tests))
	clash := map[string]bool{}
	for i := range tests {
		key := strings.ToLower(tests[i].name)
		before, taken := first[key]
		if !taken {
			first[key] = i
			continue
		}
		if tests[before].Tested != tests[i].Tested || tests[before].Column != tests[i].Column {
			clash[key] = true
		}
	}
	for i := range tests {
		if t := &tests[i]; t.derived && clash[strings.ToLower(t.name)] {
			t.name += "_" + shortHash(string(t.Tested)+"\n"+t.Column)
		}
	}
}

// claimNames makes nodes of the tests whose names are free, and reports the others.
func (b *builder) claimNames(tests []test) {
	first := make(map[string]*test, len(tests))
	for i := range tests {
		t := &tests[i]
		key := strings.ToLower(t.name)
		before := first[key]
		if before == nil {
			first[key] = t
			b.add(Node{
				ID: project.ID("test." + t.name), Name: t.name, Kind: Test,
				Path: t.path, Test: t.TestNode, Broken: t.broken,
			})
			continue
		}
		b.twice(before, t)
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
