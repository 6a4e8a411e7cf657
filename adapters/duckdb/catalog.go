//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"database/sql/driver"
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
	sql := "with relations as (select schema_name as schema, table_name as name, 1 as kind, table_oid as oid, estimated_size as size, null as sql" +
		" from duckdb_tables() where not internal and not temporary and " + in +
		" union all select schema_name, view_name, 2, view_oid, -1, sql from duckdb_views() where not internal and not temporary and " + in +
		") select name, kind, size, column_name, data_type, sql, lower(schema) from relations" +
		" left join (select table_oid, column_name, data_type, column_index from duckdb_columns() where " + in + ") on table_oid = oid" +
		" order by lower(schema), name collate nocase, name, column_index"
	var out []engine.Shape
	var columns []relation.Column
	end := func() {
		if len(out) > 0 {
			out[len(out)-1].Columns = engine.HashColumns(columns)
		}
		columns = columns[:0]
	}
	err := s.each(ctx, statement{text: sql}, func(row []driver.Value) error {
		schema, _ := row[6].(string)
		o := object(database, spelled[schema], row)
		if len(out) == 0 || out[len(out)-1].Object != o {
			end()
			size, _ := row[2].(int64)
			shape := engine.Shape{Object: o, Rows: size}
			if text, ok := row[5].(string); ok {
				shape.Definition = definitionHash(text)
			}
			out = append(out, shape)
		}
		if name, ok := row[3].(string); ok {
			typeName, _ := row[4].(string)
			columns = append(columns, relation.Column{Name: name, Type: typeName})
		}
		return nil
	})
	end()
	if err != nil {
		return nil, err
	}
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
