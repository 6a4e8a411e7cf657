//go:build cgo

package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// Load makes a table of a file's rows, or nothing where one row is wrong.
func (s *session) Load(ctx context.Context, load engine.Load) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, toError(ctx, err, statement{})
	}
	if err := checkFile(load.Path); err != nil {
		return 0, err
	}
	switch load.Format {
	case "csv":
		return s.loadCSV(ctx, load)
	case "parquet":
		return s.loadScan(ctx, load, "read_parquet("+textLiteral(Dialect{}.Pattern(load.Path))+", hive_partitioning=false)")
	case "json":
		return s.loadScan(ctx, load, "read_json("+textLiteral(Dialect{}.Pattern(load.Path))+
			", sample_size=-1, hive_partitioning=false)")
	}
	return 0, engine.Errorf("Settings", "files of the format %q cannot be loaded", load.Format).
		WithHint("the formats are csv, parquet and json")
}

// checkFile refuses what is no file.
func checkFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fileError(path, err)
	}
	if info.IsDir() {
		return fileError(path, errors.New("it is a folder"))
	}
	return nil
}

func (s *session) loadCSV(ctx context.Context, load engine.Load) (int64, error) {
	table, err := scanCSV(ctx, load)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.transaction(ctx, func() error {
		n, err = s.createFrom(ctx, load.Into, table.selectSQL())
		if err == nil && n != table.rows {
			err = engine.Errorf("CSV", "DuckDB read %d rows where the file has %d", n, table.rows)
		}
		return err
	})
	if err != nil {
		return 0, inFile(s.wrongValue(ctx, err, table), load)
	}
	return n, nil
}

// createFrom makes a table with a statement of our own, in which a position means nothing.
func (s *session) createFrom(ctx context.Context, into relation.Name, query string) (n int64, err error) {
	err = s.replacing(ctx, into, relation.Table, func() error {
		n, err = s.count(ctx, statement{text: Dialect{}.CreateTableAs(into, query)})
		return err
	})
	return n, err
}

// inFile puts an error of loading at its place in the file.
func inFile(err error, load engine.Load) error {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok || e.Class == engine.Cancelled {
		return err
	}
	if e.Place == nil {
		e.Place = &engine.Place{Path: load.Path}
	}
	if e.Kind == "Catalog" && e.Subtype == "MISSING_ENTRY" && len(load.ColumnTypes) > 0 {
		e.Hint = "choose one of DuckDB's types under column_types, such as INTEGER, DECIMAL(18,2) or DATE"
	}
	return e
}

// wrongValue looks for the value that cannot be cast to the type its column was given, and gives the
// error with its place. DuckDB's own messages name it only sometimes, and its lines are records.
func (s *session) wrongValue(ctx context.Context, err error, table *csvTable) error {
	given := table.givenTypes()
	for _, name := range table.columns {
		word, ok := given[strings.ToLower(name)]
		if !ok {
			continue
		}
		column := Dialect{}.Quote(name)
		rows, lookErr := s.values(ctx, "select "+column+" from "+table.scanSQL()+" where "+column+
			" is not null and try_cast("+column+" as "+word+") is null limit 1")
		if lookErr != nil || len(rows) == 0 {
			continue
		}
		value, _ := rows[0][0].(string)
		e := engine.Errorf("CSV", "the value %q of the column %q is no %s", value, name, word).
			WithHint("mend the value, or choose another type under column_types")
		e.Name, e.Place = name, table.findValue(name, value)
		return e
	}
	return err
}

// loadScan loads what DuckDB reads by itself, with the given types cast.
func (s *session) loadScan(ctx context.Context, load engine.Load, scan string) (int64, error) {
	columns, err := s.describe(ctx, statement{text: "describe from " + scan})
	if err != nil {
		return 0, scanProblem(err, load)
	}
	query, err := castGiven(load, columns, scan)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.transaction(ctx, func() error {
		n, err = s.createFrom(ctx, load.Into, query)
		if err == nil && n == 0 && load.Format == "json" {
			err = emptyFile(load)
		}
		return err
	})
	if err != nil {
		return 0, scanProblem(err, load)
	}
	return n, nil
}

func castGiven(load engine.Load, columns []relation.Column, scan string) (string, error) {
	have := map[string]bool{}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
		have[strings.ToLower(c.Name)] = true
	}
	missing, casts := map[string]string{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(load.ColumnTypes)) {
		if !have[strings.ToLower(name)] {
			missing[strings.ToLower(name)] = load.ColumnTypes[name]
			continue
		}
		quotedName := Dialect{}.Quote(name)
		casts = append(casts, "cast("+quotedName+" as "+load.ColumnTypes[name]+") as "+quotedName)
	}
	if len(missing) > 0 {
		return "", missingColumns(load, missing, names)
	}
	if len(casts) == 0 {
		return "select * from " + scan, nil
	}
	return "select * replace (" + strings.Join(casts, ", ") + ") from " + scan, nil
}

func emptyFile(load engine.Load) error {
	e := engine.Errorf("IO", "the file holds no rows, so its columns are not known").
		WithHint("write at least one row, or take the file away")
	e.Place = &engine.Place{Path: load.Path, Line: 1, Column: 1}
	return e
}

// scanProblem says in our words what DuckDB says of a Parquet or JSON file.
func scanProblem(err error, load engine.Load) error {
	err = inFile(err, load)
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return err
	}
	switch {
	case strings.Contains(e.Message, "magic bytes"), strings.Contains(e.Message, "too small to be a Parquet file"):
		e.Message, e.Hint = "the file is not a Parquet file", "was it copied whole?"
	case strings.Contains(strings.ToLower(e.Message), "malformed json"):
		e.Message = "the file is not valid JSON"
		e.Hint = "it must be an array of objects, or one object a line"
		if p := findJSONError(load.Path); p != nil {
			e.Place = p
		}
	}
	return e
}

// findJSONError reads a file up to its first mistake.
func findJSONError(path string) *engine.Place {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	d := json.NewDecoder(file)
	for err == nil {
		_, err = d.Token()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return placeOf(path, d.InputOffset())
}

// placeOf counts lines up to an offset of a file.
func placeOf(path string, offset int64) *engine.Place {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	c := newCSVScanner(io.LimitReader(file, offset+1), csvFormat{delimiter: "\x00"})
	for c.next(true) == nil {
		if at := offset - c.offset; at <= int64(c.length) {
			return c.place(path, int(at), int(at)+1)
		}
	}
	return &engine.Place{Path: path, Start: offset, End: offset + 1}
}
