package link_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// fixture is a project made by hand: what load and parse would have given.
type fixture struct {
	project *project.Project
	parsed  *template.Parsed
}

// newFixture makes a model of every line "name: parent parent source.table …".
func newFixture(lines ...string) *fixture {
	f := &fixture{
		project: &project.Project{},
		parsed: &template.Parsed{
			Models: map[string]*template.Unit{}, Tests: map[string]*template.Unit{}, GenericTests: map[string]*template.Unit{},
		},
	}
	for _, line := range lines {
		name, reads, _ := strings.Cut(line, ":")
		file, unit := body("models/"+name+".sql", strings.Fields(reads))
		f.parsed.Models[name] = unit
		f.project.Models = append(f.project.Models, &project.Model{
			ID: project.ID("model." + name), Name: name, File: file, Materialized: project.View,
			Properties: project.Properties{NameSpan: file.Span(0, 0)},
		})
	}
	return f
}

// body writes a line "name" for everything that is read, so that spans can be told apart.
func body(path string, reads []string) (*source.File, *template.Unit) {
	file := source.NewFile(path, strings.Join(reads, "\n"))
	unit := &template.Unit{Name: path, Span: file.Span(0, len(file.Text))}
	offset := 0
	for _, read := range reads {
		span := file.Span(offset, offset+len(read))
		offset += len(read) + 1
		if group, table, dotted := strings.Cut(read, "."); dotted {
			unit.Sources = append(unit.Sources, template.SourceRef{Source: group, Table: table, Span: span})
			continue
		}
		unit.Refs = append(unit.Refs, template.Ref{Name: read, Span: span})
	}
	return file, unit
}

func (f *fixture) source(group, table string) *project.Source {
	file := source.NewFile("models/sources.yml", group+"."+table)
	s := &project.Source{
		ID: project.ID("source." + group + "." + table), SourceName: group, Name: table,
		Properties: project.Properties{NameSpan: file.Span(0, len(file.Text))},
	}
	f.project.Sources = append(f.project.Sources, s)
	return s
}

func (f *fixture) seed(name string) *project.Seed {
	s := &project.Seed{ID: project.ID("seed." + name), Name: name, Path: "seeds/" + name + ".csv"}
	f.project.Seeds = append(f.project.Seeds, s)
	return s
}

func (f *fixture) generic(name string, args ...project.Argument) {
	all := []project.Argument{{Name: "model"}}
	f.project.GenericTests = append(f.project.GenericTests, &project.GenericTest{
		Name: name, Args: append(all, args...), BuiltIn: true,
	})
	f.parsed.GenericTests[name] = &template.Unit{Name: name}
}

func (f *fixture) singular(name string, reads ...string) {
	file, unit := body("tests/"+name+".sql", reads)
	f.parsed.Tests[name] = unit
	f.project.Tests = append(f.project.Tests, &project.SingularTest{
		ID: project.ID("test." + name), Name: name, File: file,
		Properties: project.Properties{NameSpan: file.Span(0, 0)},
	})
}

func (f *fixture) exposure(name string, reads ...string) {
	file := source.NewFile("models/exposures.yml", name)
	e := &project.Exposure{ID: project.ID("exposure." + name), Name: name}
	e.NameSpan = file.Span(0, len(name))
	for _, read := range reads {
		e.DependsOn = append(e.DependsOn, project.Reference{Name: read, Span: e.NameSpan})
	}
	f.project.Exposures = append(f.project.Exposures, e)
}

func (f *fixture) build() (*link.Graph, diag.List) {
	g, diags := link.Build(f.project, f.parsed)
	return g, diags.Sorted()
}

// use is a generic test as a YAML file holds it, "name" or "name(arg=value, …)".
func use(test, column string, args ...project.ArgValue) project.TestUse {
	file := source.NewFile("models/m.yml", test+" on "+column)
	for i := range args {
		if args[i].Span.IsZero() {
			args[i].Span = file.Span(0, len(test))
		}
	}
	return project.TestUse{
		Test: test, Column: column, Args: args, Span: file.Span(0, len(test)),
		Config: &project.TestConfig{Severity: project.SeverityError},
	}
}

func argument(name string, value any) project.ArgValue {
	return project.ArgValue{Name: name, Value: value}
}

// texts writes diagnostics as a person sees them, a line each, and their notes below.
func texts(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		p := d.Span.Position()
		line := fmt.Sprintf("%s:%d:%d: %s %s", d.Span.Path(), p.Line, p.Column, d.Code, d.Message)
		if d.Hint != "" {
			line += "; " + d.Hint
		}
		out = append(out, line)
		for _, n := range d.Notes {
			at := n.Span.Position()
			out = append(out, fmt.Sprintf("  %s:%d:%d: %s", n.Span.Path(), at.Line, at.Column, n.Message))
		}
	}
	return out
}

func wantTexts(t *testing.T, diags diag.List, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, texts(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

// edges writes a graph as "child <- parent parent", in the order of the ids.
func edges(g *link.Graph) []string {
	var out []string
	for _, n := range g.Nodes {
		line := string(n.ID)
		for i, parent := range n.Parents {
			if i == 0 {
				line += " <-"
			}
			line += " " + string(g.Nodes[parent].ID)
		}
		out = append(out, line)
	}
	return out
}
