//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// where gives the condition that picks a schema in DuckDB's catalog functions.
func where(database, schema string) string {
	if database == "" {
		database = catalog
	}
	if schema == "" {
		schema = defaultSchema
	}
	return "lower(database_name) = lower(" + textLiteral(database) +
		") and lower(schema_name) = lower(" + textLiteral(schema) + ")"
}

// whereAny is where for several schemas, at least one. It gives also how each was spelled, by its name in small letters.
func whereAny(database string, schemas []string) (condition string, spelled map[string]string) {
	spelled = make(map[string]string, len(schemas))
	names := make([]string, len(schemas))
	for i, schema := range schemas {
		name := strings.ToLower(cmp.Or(schema, defaultSchema))
		if _, ok := spelled[name]; !ok {
			spelled[name] = schema
		}
		names[i] = "lower(" + textLiteral(cmp.Or(schema, defaultSchema)) + ")"
	}
	return "lower(database_name) = lower(" + textLiteral(cmp.Or(database, catalog)) +
		") and lower(schema_name) in (" + strings.Join(names, ", ") + ")", spelled
}

// EnsureSchema creates a schema unless it is there.
func (s *session) EnsureSchema(ctx context.Context, database, schema string) error {
	// Two sessions that create one schema conflict until the first has committed.
	const tries, longest = 12, 500 * time.Millisecond
	var err error
	for try := range tries {
		if there, lookErr := s.hasSchema(ctx, database, schema); there || lookErr != nil {
			return lookErr
		}
		if err = s.createSchema(ctx, database, schema); engine.ClassOf(err) != engine.Transient {
			return err
		}
		select {
		case <-ctx.Done():
			return cancelled(ctx)
		case <-time.After(min(time.Millisecond<<try, longest)):
		}
	}
	return err
}

func (s *session) hasSchema(ctx context.Context, database, schema string) (bool, error) {
	if database == "" {
		if err := s.checkAmbiguous(ctx, schema); err != nil {
			return false, err
		}
	}
	rows, err := s.values(ctx, "select 1 from duckdb_schemas() where "+where(database, schema))
	return len(rows) > 0, err
}

// checkAmbiguous refuses a schema whose name is an attached database's: DuckDB would not know which
// of the two a statement means.
func (s *session) checkAmbiguous(ctx context.Context, schema string) error {
	rows, err := s.values(ctx, "select 1 from duckdb_databases() where lower(database_name) = lower("+
		textLiteral(schema)+")")
	if err != nil || len(rows) == 0 {
		return err
	}
	return engine.Errorf("Catalog", "the schema %q has the name of an attached database", schema).
		WithHint("give the schema or the database's alias another name")
}

func (s *session) createSchema(ctx context.Context, database, schema string) error {
	name := Dialect{}.Quote(schema)
	if database != "" {
		name = Dialect{}.Quote(database) + "." + name
	}
	return s.exec(ctx, statement{text: "create schema if not exists " + name})
}

// List gives the relations of a schema, sorted by name.
func (s *session) List(ctx context.Context, database, schema string) ([]relation.Object, error) {
	in := where(database, schema)
	sql := "select table_name as name, 1 as kind from duckdb_tables() where not internal and not temporary and " + in +
		" union all select view_name, 2 from duckdb_views() where not internal and not temporary and " + in +
		" order by name collate nocase, name"
	var out []relation.Object
	err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
		out = append(out, object(database, schema, row))
		return nil
	})
	return out, err
}

// Shapes asks the catalog for the relations of schemas with their columns, and counts the rows of tables:
// in the catalog those that were deleted still count, until DuckDB clears them away. An UPDATE changes
// nothing. The columns of a view are those it had when it was last bound.
func (s *session) Shapes(ctx context.Context, database string, schemas ...string) ([]engine.Shape, error) {
	if len(schemas) == 0 {
		return nil, nil
	}
	in, spelled := whereAny(database, schemas)
	// Three plain looks at the catalog, put together here: to plan one that joins takes longer than all three.
	columns := map[int64][]relation.Column{}
	err := s.each(ctx, statement{
		text: "select table_oid, column_name, data_type from duckdb_columns() where " + in + " order by table_oid, column_index",
	}, func(row []driver.Value) error {
		oid, _ := row[0].(int64)
		name, _ := row[1].(string)
		kind, _ := row[2].(string)
		columns[oid] = append(columns[oid], relation.Column{Name: name, Type: kind})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []engine.Shape
	for _, sql := range []string{
		"select table_name, 1, table_oid, null, schema_name from duckdb_tables() where not internal and not temporary and " + in,
		"select view_name, 2, view_oid, sql, schema_name from duckdb_views() where not internal and not temporary and " + in,
	} {
		if err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
			schema, _ := row[4].(string)
			shape := engine.Shape{Object: object(database, spelled[strings.ToLower(schema)], row), Rows: -1}
			oid, _ := row[2].(int64)
			shape.Columns = engine.HashColumns(columns[oid])
			if shape.Object.Kind == relation.Table {
				shape.Fields = columns[oid]
			}
			if text, ok := row[3].(string); ok {
				shape.Definition = definitionHash(text)
			}
			out = append(out, shape)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b engine.Shape) int {
		return cmp.Or(a.Object.Name.Fold().Compare(b.Object.Name.Fold()), a.Object.Name.Compare(b.Object.Name))
	})
	return out, s.countRows(ctx, out)
}

// mostCounts is how many tables one statement counts.
const mostCounts = 200

// countRows counts the rows of tables, which takes no look at them unless some were deleted.
func (s *session) countRows(ctx context.Context, shapes []engine.Shape) error {
	var b strings.Builder
	n := 0
	count := func() error {
		if n == 0 {
			return nil
		}
		err := s.each(ctx, statement{text: b.String()}, func(row []driver.Value) error {
			at, _ := row[0].(int32)
			shapes[at].Rows, _ = row[1].(int64)
			return nil
		})
		b.Reset()
		n = 0
		return err
	}
	for i, shape := range shapes {
		if shape.Object.Kind != relation.Table {
			continue
		}
		if n > 0 {
			b.WriteString(" union all ")
		}
		b.WriteString("select " + strconv.Itoa(i) + "::integer, count(*) from " + Dialect{}.Relation(shape.Object.Name))
		if n++; n == mostCounts {
			if err := count(); err != nil {
				return err
			}
		}
	}
	return count()
}

// object reads a row that starts with a name and 1 for a table, 2 for a view.
func object(database, schema string, row []driver.Value) relation.Object {
	o := relation.Object{Name: relation.Name{Database: database, Schema: schema}, Kind: relation.Table}
	o.Name.Identifier, _ = row[0].(string)
	if row[1] == int32(2) {
		o.Kind = relation.View
	}
	return o
}

// Columns gives a relation's columns.
func (s *session) Columns(ctx context.Context, name relation.Name) ([]relation.Column, error) {
	return s.describe(ctx, statement{text: "describe " + Dialect{}.Relation(name)})
}

// Describe gives the columns of a query without running it.
func (s *session) Describe(ctx context.Context, query string) ([]relation.Column, error) {
	query, err := oneQuery(query)
	if err != nil {
		return nil, err
	}
	return s.describe(ctx, around("describe ", query, ""))
}

func (s *session) describe(ctx context.Context, st statement) ([]relation.Column, error) {
	var out []relation.Column
	err := s.each(ctx, st, func(row []driver.Value) error {
		var c relation.Column
		c.Name, _ = row[0].(string)
		c.Type, _ = row[1].(string)
		if row[2] == "NO" {
			c.Nullable = relation.NeverNull
		}
		out = append(out, c)
		return nil
	})
	return out, err
}
