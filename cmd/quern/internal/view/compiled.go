package view

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

// Compiled is what compile found and wrote.
type Compiled struct {
	Models      []CompiledModel
	Tests       int
	unlisted    int // models that are counted only
	Diagnostics diag.List
	Seconds     float64
	// WarnError says that warnings count as errors.
	WarnError bool
	// Format is github or sarif; anything else is text, or JSON where the view writes that.
	Format string
	// Version is the tool's own, Within the project folder within its repository.
	Version, Within string
	// Written are the columns that were written into the project's files; nil where nobody asked for it.
	Written []WrittenColumns
}

// The formats of what is wrong.
const (
	GitHub = "github"
	SARIF  = "sarif"
)

// CompiledModel is a rendered model.
type CompiledModel struct {
	ID              string           `json:"id"`
	Path            string           `json:"path"`
	SQL             string           `json:"sql"`
	Columns         []CompiledColumn `json:"columns"`
	Checked         bool             `json:"checked"`
	UncheckedReason string           `json:"unchecked_reason"`
}

// CompiledColumn is a column of a model. Nullable is nil where it is not known.
type CompiledColumn struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable *bool  `json:"nullable"`
}

// CountAll counts what was not looked at node by node; unchecked tells the models that could not be
// checked, by id.
func (c *Compiled) CountAll(models, tests int, unchecked func(add func(id, reason string))) {
	c.unlisted, c.Tests = models, tests
	unchecked(func(id, reason string) {
		c.unlisted--
		c.Models = append(c.Models, CompiledModel{ID: id, UncheckedReason: reason})
	})
}

// Count counts a node with a query whose SQL is not shown.
func (c *Compiled) Count(n *link.Node, known *check.Node) {
	switch {
	case n.Kind == link.Test:
		c.Tests++
	case known.Unchecked != "":
		c.Models = append(c.Models, CompiledModel{ID: string(n.ID), UncheckedReason: known.Unchecked})
	default:
		c.unlisted++
	}
}

// Add adds a model.
func (c *Compiled) Add(n *link.Node, known *check.Node, sql string) {
	m := CompiledModel{
		ID: string(n.ID), Path: n.Path, SQL: sql, Columns: []CompiledColumn{},
		Checked: known.Unchecked == "", UncheckedReason: known.Unchecked,
	}
	for _, column := range known.Columns {
		out := CompiledColumn{Name: column.Name, Type: column.Type}
		if column.Nullable != 0 {
			nullable := column.Nullable == relation.MayBeNull
			out.Nullable = &nullable
		}
		m.Columns = append(m.Columns, out)
	}
	c.Models = append(c.Models, m)
}

// Compiled shows what compile did, and reports whether nothing is wrong.
func (v *View) Compiled(c Compiled) (ok bool, err error) {
	if c.WarnError {
		c.Diagnostics = asErrors(c.Diagnostics)
	}
	ok = !c.Diagnostics.HasErrors()
	if v.opts.JSON {
		return ok, v.Object(struct {
			Version     int             `json:"version"`
			Models      []CompiledModel `json:"models"`
			Diagnostics diag.List       `json:"diagnostics"`
			Written     any             `json:"written,omitempty"`
		}{1, append([]CompiledModel{}, c.Models...), c.Diagnostics, wanted(c.Written)})
	}
	say, screen := v.Result, v.out
	switch c.Format {
	case GitHub:
		say, screen, err = v.Note, v.err, v.document(diag.GitHub{Prefix: c.Within}, c.Diagnostics)
	case SARIF:
		say, screen, err = v.Note, v.err, v.document(diag.SARIF{Version: c.Version, Prefix: c.Within, Fallback: "quern.yml"}, c.Diagnostics)
	default:
		v.Diagnostics(c.Diagnostics)
	}
	if err != nil {
		return ok, err
	}
	v.written(say, c.Written)
	v.unchecked(c.Models)
	errors, warnings := countSeverities(c.Diagnostics)
	parts := []string{count(int64(len(c.Models)+c.unlisted), "model"), count(int64(c.Tests), "test")}
	line := "compiled " + strings.Join(parts, " and ") + " into target/compiled in " + shortDuration(c.Seconds)
	if errors > 0 {
		line = screen.paint(red, count(errors, "error")) + ": " + line
	}
	if warnings > 0 {
		line += ", " + screen.paint(yellow, count(warnings, "warning"))
	}
	say("%s", line)
	return ok, nil
}

// document writes diagnostics as the result, in the format of another tool.
func (v *View) document(format interface {
	Write(w io.Writer, list diag.List) error
}, list diag.List,
) error {
	v.log.write("diagnostics", list)
	var b strings.Builder
	if err := format.Write(&b, list); err != nil {
		return err
	}
	v.print(v.out, b.String())
	return nil
}

// unchecked says which models could not be checked, and why: those with the same reason together, and
// without those that only read another one of them.
func (v *View) unchecked(models []CompiledModel) {
	names := make(map[string][]string)
	for _, m := range models {
		if reason := m.UncheckedReason; reason != "" && reason != check.NotAsked {
			names[reason] = append(names[reason], strings.TrimPrefix(m.ID, "model."))
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(names)) {
		v.Note("not checked: %s, because %s", some(names[reason], 3), reason)
	}
}

// some lists the first names and says how many more there are.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// wanted gives a list that is left out of JSON where nobody asked for it.
func wanted(list []WrittenColumns) any {
	if list == nil {
		return nil
	}
	return list
}

func countSeverities(list diag.List) (errors, warnings int64) {
	for _, d := range list.Sorted() {
		if d.Severity == diag.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// SQL shows a rendered query as the result.
func (v *View) SQL(sql string) error {
	if v.opts.JSON {
		return v.Object(struct {
			Version int    `json:"version"`
			SQL     string `json:"sql"`
		}{1, sql})
	}
	v.Result("%s", strings.TrimRight(sql, "\n"))
	return nil
}
