// Package selector turns the selection grammar into sets of nodes.
//
// It takes a Graph and the texts of --select, --exclude and --selector, gives the selected nodes,
// and refuses names, tags and paths that exist nowhere, with the nearest one that does.
//
// A text is words with spaces between them, their union; a word is atoms with commas between them,
// their intersection; an atom is [@][N+]method:value[+N]. A value may stand in double quotes. Every
// atom becomes a set of bits, so that the whole takes time linear in the graph per atom.
package selector

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Options are the texts of a selection.
type Options struct {
	// Select holds the values of --select; their union is selected, everything where there is none.
	Select []string
	// Exclude holds the values of --exclude; they are taken away last.
	Exclude []string
	// Selector names a selector of the project. It cannot stand beside Select.
	Selector string
	// Tests says which tests come along; zero means Eager.
	Tests Mode
	// Results gives how nodes and tests ended in the last run, in the words of the JSON output. It is asked once, if a
	// selection says result:. Nil means that nobody knows.
	Results func() map[project.ID]string
}

// Mode says which tests come along with the nodes that are selected. A test that is named itself is
// selected in every mode; one that reads an excluded node is selected in none.
type Mode uint8

// The modes.
const (
	// Eager takes tests that read any of the nodes.
	Eager Mode = iota + 1
	// Cautious takes tests that read nothing but the nodes.
	Cautious
	// Buildable takes tests that read one of the nodes, and nothing but the nodes and their ancestors.
	Buildable
	// None takes no test along.
	None
)

var modeNames = [...]string{"", "eager", "cautious", "buildable", "none"}

// String gives the word of the --tests flag.
func (m Mode) String() string { return modeNames[m] }

// Modes gives the words of the --tests flag.
func Modes() []string { return append([]string(nil), modeNames[1:]...) }

// ParseMode gives the mode of a word.
func ParseMode(word string) (Mode, bool) {
	for m := Eager; m <= None; m++ {
		if modeNames[m] == word {
			return m, true
		}
	}
	return 0, false
}

// Selection is a set of nodes. The zero Selection is empty.
type Selection struct {
	// Nodes are the indexes of the selected nodes, sorted.
	Nodes []int
}

// Select selects. Where the list has errors the selection is empty.
func Select(g *link.Graph, opts Options) (Selection, diag.List) {
	e := newEvaluator(g, opts.Tests)
	e.results = opts.Results
	chosen := e.selected(opts)
	excluded := e.commandLine("--exclude", opts.Exclude)
	if e.diags.HasErrors() {
		return Selection{}, e.diags
	}
	had := !chosen.sure.IsEmpty()
	e.subtract(chosen, excluded)
	set := e.settle(chosen)
	if set.IsEmpty() && len(g.Nodes) > 0 && len(e.diags) == 0 {
		e.warnEmpty(opts, had)
	}
	return Selection{Nodes: set.Sorted()}, e.diags
}

func (e *evaluator) selected(opts Options) pair {
	chosen := e.commandLine("--select", opts.Select)
	if opts.Selector == "" {
		if chosen.isNil() {
			return e.everything()
		}
		return chosen
	}
	at := source.NewFile("--selector", opts.Selector)
	span := at.Span(0, len(at.Text))
	if !chosen.isNil() {
		e.diags.Errorf(diag.InvalidSelection, span, "--selector and --select cannot stand together").
			Hintf("write the selector into the selection: --select \"selector:%s …\"", opts.Selector)
	}
	return e.named(opts.Selector, span)
}

// commandLine evaluates the values of a flag; none, or blank ones, give the nil pair.
func (e *evaluator) commandLine(flag string, values []string) pair {
	file := source.NewFile(flag, strings.Join(values, " "))
	return e.union(text{value: file.Text, span: file.Span(0, len(file.Text)), exact: true})
}

// warnEmpty says that nothing is selected; had says that something was until --exclude took it out.
func (e *evaluator) warnEmpty(opts Options, had bool) {
	flag, value := "--select", strings.Join(opts.Select, " ")
	hint := "what is named exists, but no node fits all of it"
	switch {
	case had && len(opts.Exclude) > 0:
		flag, value = "--exclude", strings.Join(opts.Exclude, " ")
		hint = "--exclude takes out everything that is selected"
	case opts.Selector != "":
		flag, value = "--selector", opts.Selector
	case value == "":
		flag, value = "--exclude", strings.Join(opts.Exclude, " ")
	}
	if value == "" {
		return
	}
	file := source.NewFile(flag, value)
	e.diags.Warnf(diag.EmptySelection, file.Span(0, len(value)), "nothing is selected").
		Hintf("%s", hint)
}
