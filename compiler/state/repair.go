package state

import (
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// SetAside gives the statements that rename damaged tables, so that nothing of them is lost, and make them anew.
func (t Tables) SetAside(d Damage, suffix string) []string {
	var statements []string
	for _, table := range d.Altered {
		statements = append(statements, t.rename(t.name(table), table+suffix))
	}
	return append(statements, t.Create()...)
}

// Rename gives the statement that gives a table another name in its schema.
func (t Tables) Rename(from relation.Name, to string) string {
	return t.rename(t.Dialect.Relation(from), to)
}

func (t Tables) rename(from, to string) string {
	return "alter table " + from + " rename to " + t.Dialect.Quote(to)
}

// DropDamaged gives the statements that take out what cannot be read. All that is known of such a relation goes, whoever
// built it before: an older row would not be of the relation that is there.
func (t Tables) DropDamaged(k *Known) []string {
	var statements []string
	for _, d := range k.damage {
		if d.isTest {
			statements = append(statements, "delete from "+t.name(testsTable)+" where "+t.mine()+" and node = "+t.Dialect.Literal(d.node))
			continue
		}
		statements = append(statements, "delete from "+t.name(relationsTable)+" where subject = "+t.Dialect.Literal(d.subject))
	}
	return statements
}

// damage is a row that cannot be read.
type damage struct {
	node, subject string
	isTest        bool
}

// Standing says how a relation is, compared with how it was left.
type Standing string

// The standings.
const (
	AsLeft  Standing = "as_left"
	Altered Standing = "altered"
	Missing Standing = "missing"
)

// Stands compares what is known of a relation with what is there: its shape, nil where there is none, and of an
// external model the digest of its files.
func (r *Relation) Stands(shape *engine.Shape, files string) Standing {
	switch {
	case shape == nil:
		return Missing
	case r.Kind == project.External.String() && files == "":
		return Missing
	case r.Kind == project.External.String() && files != r.Digest.Content:
		return Altered
	case r.Definition != "" || r.Kind == project.View.String() || r.Kind == project.External.String():
		if shape.Object.Kind != relation.View || shape.Definition != r.Definition {
			return Altered
		}
	case shape.Object.Kind != relation.Table || shape.Columns != r.Digest.Columns || shape.Rows != r.Digest.Rows:
		return Altered
	}
	return AsLeft
}

// IsSnapshot reports whether a relation holds a history that nothing can build again.
func (r *Relation) IsSnapshot() bool { return r.Kind == project.Snapshot.String() }
