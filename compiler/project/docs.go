package project

// PersistDocs says which descriptions are comments in the target.
type PersistDocs struct{ Relation, Columns bool }

const persistDocs = "persist_docs"

var docsPlace = newPlace(persistDocs, []key{
	{name: "relation", shape: boolShape, doc: "Whether its description is a comment on the relation."},
	{name: "columns", shape: boolShape, doc: "Whether the descriptions of its columns are comments on them."},
}, nil)

var docsKey = key{name: persistDocs, shape: docsShape, in: docsPlace, doc: "Whether descriptions are comments in the target: true for all."}

// docs reads true, false, or which of both.
func (d *doc) docs(n *node) (out PersistDocs) {
	if n.kind == scalarNode {
		return PersistDocs{Relation: n.isTrue(), Columns: n.isTrue()}
	}
	d.fields(n, docsPlace, func(f field) {
		if f.name() == "relation" {
			out.Relation = f.value.isTrue()
			return
		}
		out.Columns = f.value.isTrue()
	})
	return out
}
