package check

import (
	"path"
	"path/filepath"
	"time"

	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// FillOptions says what the holes of a text are filled with.
type FillOptions struct {
	// Node is the node whose text it is: {{ this }} is its relation, and a test's {{ .model }} the
	// relation it tests, narrowed by its `where`.
	Node project.ID
	// Relations are put in the place of the relations of nodes, such as by their candidates.
	Relations map[project.ID]template.Filling
	// RelativePaths writes the paths of files relative to the project folder, for people; the
	// default is absolute paths.
	RelativePaths bool
	// RunTime is the build's instant.
	RunTime time.Time
	// Window is that of a microbatch. The zero value means all windows from the first to that of RunTime.
	Window increment.Window
	// Schema is the target's schema. Empty means the one of the project's target.
	Schema string
}

// Fill fills the holes of a rendered text. The result of a broken node's text is of no use.
func (p *Program) Fill(r *template.Rendered, opts FillOptions) *template.Filled {
	f := filler{p: p, opts: opts}
	return f.fill(r, opts.Node)
}

// Query gives the SQL of a node with its holes filled; nil where the node has none or is broken.
func (p *Program) Query(id project.ID, opts FillOptions) *template.Filled {
	n, ok := p.Node(id)
	if !ok || n.SQL == nil || n.Broken {
		return nil
	}
	opts.Node = id
	return p.Fill(n.SQL, opts)
}

// Subquery gives a query as a filling: in parentheses, on lines of its own, since it may end in a
// comment.
func Subquery(q *template.Filled) template.Filling {
	return template.Filling{SQL: "(\n" + q.SQL + "\n)", Inner: q, Before: len("(\n")}
}

type filler struct {
	p    *Program
	opts FillOptions
	// stand is what stands for nodes in a scratch, by index; nil where relations are the target's.
	stand []string
}

func (f *filler) fill(r *template.Rendered, owner project.ID) *template.Filled {
	return r.Fill(func(hole template.Hole) template.Filling {
		switch hole.Kind {
		case template.HoleRelation:
			return f.relation(hole.Node)
		case template.HoleThis:
			return template.Filling{SQL: f.own(owner)}
		case template.HoleModel:
			return f.tested(owner)
		case template.HoleRunTime:
			return template.Filling{SQL: instant(f.opts.RunTime)}
		case template.HoleBatchStart, template.HoleBatchEnd:
			return template.Filling{SQL: f.bound(owner, hole.Kind)}
		case template.HoleTargetSchema:
			return template.Filling{SQL: or(f.opts.Schema, f.p.schema)}
		default:
			return template.Filling{}
		}
	})
}

// instant writes an instant as a literal of standard SQL.
func instant(t time.Time) string {
	return "timestamp with time zone '" + t.UTC().Format("2006-01-02 15:04:05.000000") + "+00'"
}

func (f *filler) relation(id project.ID) template.Filling {
	if filling, ok := f.opts.Relations[id]; ok {
		return filling
	}
	n := f.p.Graph.Find(id)
	if n == nil {
		return template.Filling{}
	}
	if f.stand != nil {
		return template.Filling{SQL: f.stand[n.Index]}
	}
	if n.Kind == link.Source && n.Source.Files != "" {
		return template.Filling{SQL: f.p.env.Dialect.FileScan(f.pattern(n.Source.Files), n.Source.Format)}
	}
	out := &f.p.Nodes[n.Index]
	if n.IsEphemeral() && out.SQL != nil {
		return Subquery(f.fill(out.SQL, id))
	}
	return template.Filling{SQL: f.p.quoted[n.Index]}
}

func (f *filler) own(id project.ID) string {
	if filling, ok := f.opts.Relations[id]; ok {
		return filling.SQL
	}
	if n := f.p.Graph.Find(id); n != nil {
		return f.p.quoted[n.Index]
	}
	return ""
}

// pattern gives the pattern of a source's files; the project folder in front of it is none.
func (f *filler) pattern(files string) string {
	if f.opts.RelativePaths || filepath.IsAbs(files) {
		return path.Clean(files)
	}
	return filepath.Join(f.p.env.Dialect.Pattern(f.p.Graph.Project.Dir), filepath.FromSlash(files))
}

// tested gives the relation a test looks at.
func (f *filler) tested(test project.ID) template.Filling {
	n := f.p.Graph.Find(test)
	if n == nil || n.Test == nil {
		return template.Filling{}
	}
	model := f.relation(n.Test.Tested)
	where := f.p.Nodes[n.Index].Where
	if where == nil {
		return model
	}
	const before, between, after = "(select * from ", " where (\n", "\n))"
	text := &template.Rendered{
		Text:  before + between + after,
		Holes: []template.Hole{{Offset: len(before)}, {Offset: len(before) + len(between)}},
	}
	condition := f.fill(where, test)
	narrowed := text.Fill(func(hole template.Hole) template.Filling {
		if hole.Offset == len(before) {
			return model
		}
		return template.Filling{SQL: condition.SQL, Inner: condition}
	})
	return template.Filling{SQL: narrowed.SQL, Inner: narrowed}
}
