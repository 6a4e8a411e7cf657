package check

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/template"
)

// settings evaluates the texts of one node's configuration that may hold templates.
type settings struct {
	*checker
	name   string
	render func(*template.Unit) (*template.Rendered, diag.List)
	diags  diag.List
}

func (c *checker) settings(ctx context.Context, id project.ID) *settings {
	return &settings{checker: c, name: string(id), render: func(unit *template.Unit) (*template.Rendered, diag.List) {
		return c.parsed.Render(ctx, unit, c.models)
	}}
}

// value gives the text a setting comes to. A setting is known before anything runs, so it may read
// variables and the target and no relation.
func (s *settings) value(key string, text project.Text) string {
	if !strings.Contains(text.Value, "{{") {
		return text.Value
	}
	unit, diags := s.parsed.ParseText(s.name, text)
	s.diags = append(s.diags, diags...)
	if diags.HasErrors() || unit == nil {
		return ""
	}
	if len(unit.Refs) > 0 || len(unit.Sources) > 0 || unit.This || unit.Incremental || unit.RunTime || unit.Batch {
		s.diags.Errorf(diag.SettingReads, text.Span, "%q reads a relation or the run", key).
			Hintf("only var, env_var and target may be used in it")
		return ""
	}
	rendered, diags := s.render(unit)
	s.diags = append(s.diags, diags...)
	if diags.HasErrors() || rendered == nil {
		return ""
	}
	return strings.TrimSpace(rendered.Fill(func(template.Hole) template.Filling {
		return template.Filling{SQL: s.program.baseSchema} // the environment is added to what it comes to
	}).SQL)
}

// enabled gives the value of the `enabled` key; it is true where it is not set.
func (s *settings) enabled(text project.Text) bool {
	before := len(s.diags)
	switch value := s.value("enabled", text); strings.ToLower(value) {
	case "true":
		return true
	case "":
		return text.Value == ""
	case "false":
		return false
	default:
		if len(s.diags) == before {
			s.diags.Errorf(diag.SettingValue, text.Span, "%q is %q", "enabled", value).
				Hintf("it must come to true or false")
		}
		return true
	}
}

// modelRelation gives the relation a model is built as.
func (s *settings) modelRelation(m *project.Model) relation.Name {
	return relation.Name{
		Database:   s.value("database", m.Database),
		Schema:     or(s.value("schema", m.Schema), s.program.baseSchema),
		Identifier: or(s.value("alias", m.Alias), m.Name),
	}
}

// location gives the absolute file or folder an external model is written to.
func (s *settings) location(m *project.Model) string {
	place := s.value("location", m.External.Location)
	if place == "" {
		place = filepath.Join(s.graph.Project.Artifacts, m.Name)
		if len(m.External.PartitionBy) == 0 {
			place += "." + m.External.Format
		}
	}
	s.checkLocation(m, place)
	s.checkPartitions(m)
	return s.program.absolute(place)
}

func (p *Program) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.Graph.Project.Dir, filepath.FromSlash(path))
}

func (c *checker) seed(ctx context.Context, seed *project.Seed, out *Node) diag.List {
	s := c.settings(ctx, seed.ID)
	out.Relation = relation.Name{
		Schema:     or(s.value("schema", seed.Schema), c.program.baseSchema),
		Identifier: or(s.value("alias", seed.Alias), seed.Name),
	}
	c.inEnvironment(out)
	return s.diags
}

func (c *checker) source(src *project.Source, out *Node) {
	if src.Files == "" {
		out.Relation = relation.Name{
			Database:   src.Database,
			Schema:     or(src.Schema, src.SourceName),
			Identifier: or(src.Identifier, src.Name),
		}
		c.ofBase(out)
	}
	if out.Columns = c.sourceColumns(src); out.Columns != nil {
		out.Unchecked = ""
	}
}
