//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// Publish puts all candidates in the place of what is there and executes the statements after it, in
// one transaction: readers see all of the old or all of the new. A crash leaves the candidates, and
// the same call then does the whole again.
//
// A candidate is renamed. A table that others depend on inside the engine, as indexes do, cannot
// be, and that error aborts the transaction; then all is done again with copies of such tables.
func (s *session) Publish(ctx context.Context, publications []engine.Publication, with ...string) error {
	for _, p := range publications {
		if err := checkPublication(p); err != nil {
			return err
		}
	}
	switch {
	case len(publications)+len(with) == 0:
		return nil
	case s.inTransaction:
		return s.publishPart(ctx, publications, with)
	case len(publications) == 1 && publications[0].Kind == relation.Table:
		if err := s.publishTable(ctx, publications[0], with); err == nil || ctx.Err() != nil {
			return err
		}
	}
	p := publishing{publications: publications, with: with, table: s.rename}
	err := s.publish(ctx, p)
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Kind == "Dependency" {
		p.table = s.copyIndexed
		err = s.publish(ctx, p)
	}
	return err
}

// publishTable is the short way for one table that is new or takes the place of a table: each
// statement costs more than its work. What it refuses, it leaves as it was.
func (s *session) publishTable(ctx context.Context, p engine.Publication, with []string) error {
	do := s.atOnce
	rename := renameSQL(relation.Table, p.From, p.To)
	if p.Fresh && do(ctx, append([]string{rename}, with...)) == nil {
		return nil
	}
	return do(ctx, append([]string{dropSQL(relation.Table, p.To), rename}, with...))
}

func checkPublication(p engine.Publication) error {
	from := p.From
	from.Identifier = p.To.Identifier
	switch {
	case p.From.Identifier == "" && (p.Kind != relation.View || p.Query == ""):
		return engine.Errorf("Publish", "%q has no candidate to publish", p.To)
	case p.From.Identifier != "" && from != p.To:
		return engine.Errorf("Publish", "the candidate %q is not in the schema of %q", p.From, p.To)
	}
	return nil
}

// publishing is what one transaction has to do.
type publishing struct {
	publications []engine.Publication
	with         []string
	// table puts a candidate table in the place of a relation that is gone already.
	table func(ctx context.Context, from, to relation.Name) error
}

func (s *session) publish(ctx context.Context, all publishing) error {
	return s.transaction(ctx, func() error {
		for _, p := range all.publications {
			if err := s.publishOne(ctx, p, all.table); err != nil {
				return withoutCandidate(err, p)
			}
		}
		if len(all.with) == 0 {
			return nil
		}
		return s.exec(ctx, statement{text: script(all.with)})
	})
}

// withoutCandidate says that a candidate is missing. It is not looked for beforehand: what was done
// up to then is rolled back.
func withoutCandidate(err error, p engine.Publication) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Subtype != "MISSING_ENTRY" || !strings.EqualFold(e.Name, p.From.Identifier) {
		return err
	}
	return engine.Errorf("Catalog", "the candidate %q is not there", p.From).
		WithHint("build the model again; what is published stays as it was")
}

func (s *session) publishOne(
	ctx context.Context, p engine.Publication, table func(ctx context.Context, from, to relation.Name) error,
) error {
	if p.Kind == relation.View && p.Query != "" {
		return s.publishView(ctx, p)
	}
	if err := s.Drop(ctx, p.To); err != nil {
		return err
	}
	if p.Kind == relation.View {
		return s.exec(ctx, statement{text: renameSQL(relation.View, p.From, p.To)})
	}
	return table(ctx, p.From, p.To)
}

// publishView creates the view anew, since the text of its candidate may read other candidates, and
// drops the candidate.
func (s *session) publishView(ctx context.Context, p engine.Publication) error {
	if err := s.CreateView(ctx, p.To, p.Query); err != nil {
		return err
	}
	if err := s.bindView(ctx, p); err != nil {
		return err
	}
	if p.From.Identifier == "" {
		return nil
	}
	return s.Drop(ctx, p.From)
}

// bindView makes sure that a view that took the place of something can be read: its query may read
// the name that the view has now.
func (s *session) bindView(ctx context.Context, p engine.Publication) error {
	if p.Fresh {
		return nil
	}
	return s.exec(ctx, statement{text: "describe select * from " + Dialect{}.Relation(p.To)})
}

func renameSQL(kind relation.Kind, from, to relation.Name) string {
	return "alter " + kind.String() + " " + Dialect{}.Relation(from) + " rename to " + Dialect{}.Quote(to.Identifier)
}

func (s *session) rename(ctx context.Context, from, to relation.Name) error {
	return s.exec(ctx, statement{text: renameSQL(relation.Table, from, to)})
}

// copyIndexed renames tables without indexes. The others are copied, with their indexes.
func (s *session) copyIndexed(ctx context.Context, from, to relation.Name) error {
	indexes, err := s.values(ctx, "select index_name, is_unique, expressions from duckdb_indexes() where "+
		where(from.Database, from.Schema)+" and lower(table_name) = lower("+textLiteral(from.Identifier)+
		") order by index_name")
	if err != nil {
		return err
	}
	if len(indexes) == 0 {
		return s.rename(ctx, from, to)
	}
	query := "from " + Dialect{}.Relation(from)
	if _, err := s.count(ctx, statement{text: Dialect{}.CreateTableAs(to, query)}); err != nil {
		return err
	}
	if err := s.Drop(ctx, from); err != nil {
		return err
	}
	for _, index := range indexes {
		if err := s.exec(ctx, statement{text: indexSQL(index, to)}); err != nil {
			return err
		}
	}
	return nil
}

func indexSQL(index []driver.Value, on relation.Name) string {
	name, _ := index[0].(string)
	expressions, _ := index[2].(string)
	unique := ""
	if index[1] == true {
		unique = "unique "
	}
	// DuckDB writes the expressions as a list: [a, '((a + 1))'].
	return "create " + unique + "index " + Dialect{}.Quote(name) + " on " + Dialect{}.Relation(on) +
		" (" + strings.Join(listItems(expressions), ", ") + ")"
}

// listItems splits DuckDB's text of a list; items in single quotes are taken out of them.
func listItems(text string) []string {
	items := splitCandidates(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	for i, item := range items {
		if len(item) > 1 && strings.HasPrefix(item, "'") {
			items[i] = strings.ReplaceAll(item[1:len(item)-1], "''", "'")
		}
	}
	return items
}
