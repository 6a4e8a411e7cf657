//go:build cgo

package duckdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// dataFiles writes files of all formats into a folder.
func dataFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"plain.csv":    "id,name,day,price\n1,a,2024-01-01,1.50\n2,,2024-01-02,2\n",
		"zoned.csv":    "at\n2024-01-01 10:00:00+02\n",
		"ragged.csv":   "a,b\n1,2\n3\n",
		"wrong.csv":    "n\n1\n2\nx\n",
		"semi.csv":     "a;b\n1;2\n",
		"bare.csv":     "1,x\n2,y\n",
		"empty.csv":    "",
		"objects.json": `[{"id": 1, "tags": ["a"], "more": {"x": 1.5}}, {"id": 2, "tags": [], "more": null}]`,
		"lines.json":   "{\"a\": 1}\n{\"a\": \"x\", \"b\": \"2024-01-01\"}\n",
		"none.json":    "[]",
		"broken.json":  "{\"a\": 1}\n{\"a\": }\n",
		"no.parquet":   "this is no Parquet",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := session(t, open(t, nil))
	for name, query := range map[string]string{
		"flat.parquet":             "select 1::utinyint as id, 'x' as name, 1.5::decimal(9,2) as price",
		"part/k=1/a.parquet":       "select 1 as id, [1] as list",
		"part/k=2/b [new].parquet": "select 2::bigint as id, [2] as list",
	} {
		if _, err := s.Export(t.Context(), engine.Export{Query: query, Path: filepath.Join(dir, name), Format: "parquet"}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestScanColumnsAreThoseOfTheScan(t *testing.T) {
	t.Parallel()
	dir := dataFiles(t)
	d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: settings{"path": ":memory:"}})
	defer d.Close()
	s := session(t, open(t, nil))
	cases := []struct{ pattern, format string }{
		{"plain.csv", "csv"},
		{"*ain.csv", "csv"},
		{"semi.csv", "csv"},
		{"bare.csv", "csv"},
		{"objects.json", "json"},
		{"lines.json", "json"},
		{"flat.parquet", "parquet"},
		{"part/*/*.parquet", "parquet"},
		{duckdb.Dialect{}.Pattern("part/k=2/b [new].parquet"), "parquet"},
		{"none/*.csv", "csv"},
		{"no.parquet", "parquet"},
		{"broken.json", "json"},
		{"empty.csv", "csv"},
	}
	for _, tc := range cases {
		pattern := filepath.Join(dir, tc.pattern)
		want, wantErr := s.Describe(t.Context(), "select * from "+duckdb.Dialect{}.FileScan(pattern, tc.format))
		got, err := d.ScanColumns(t.Context(), pattern, tc.format)
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, want %v (-want +got):\n%s", tc.pattern, err, wantErr, diff)
		}
		if err == nil {
			continue
		}
		if e, ok := errors.AsType[*engine.Error](err); !ok || e.Place == nil || e.Place.Path != pattern || e.Position != -1 {
			t.Errorf("%s: %#v, want an error in the file", tc.pattern, err)
		}
	}
}

func TestLoadColumnsAreThoseOfTheLoad(t *testing.T) {
	t.Parallel()
	dir := dataFiles(t)
	d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: settings{"path": ":memory:"}})
	defer d.Close()
	s := session(t, open(t, nil))
	types := func(words ...string) map[string]string {
		out := map[string]string{}
		for i := 0; i < len(words); i += 2 {
			out[words[i]] = words[i+1]
		}
		return out
	}
	cases := []engine.Load{
		{Path: "plain.csv", Format: "csv"},
		{Path: "plain.csv", Format: "csv", ColumnTypes: types("id", "bigint", "PRICE", "numeric(9,2)", "name", "varchar(3)")},
		{Path: "plain.csv", Format: "csv", ColumnTypes: types("idd", "bigint")},
		{Path: "plain.csv", Format: "csv", ColumnTypes: types("id", "nonsense")},
		{Path: "wrong.csv", Format: "csv", ColumnTypes: types("n", "integer")},
		{Path: "wrong.csv", Format: "csv", NullValues: []string{"x"}},
		{Path: "zoned.csv", Format: "csv"},
		{Path: "ragged.csv", Format: "csv"},
		{Path: "semi.csv", Format: "csv", Delimiter: ";"},
		{Path: "bare.csv", Format: "csv", NoHeader: true},
		{Path: "empty.csv", Format: "csv"},
		{Path: "missing.csv", Format: "csv"},
		{Path: "part", Format: "csv"},
		{Path: "objects.json", Format: "json"},
		{Path: "lines.json", Format: "json"},
		{Path: "none.json", Format: "json"},
		{Path: "broken.json", Format: "json"},
		{Path: "flat.parquet", Format: "parquet"},
		{Path: "part/k=2/b [new].parquet", Format: "parquet"},
		{Path: "flat.parquet", Format: "parquet", ColumnTypes: types("id", "smallint")},
		{Path: "flat.parquet", Format: "parquet", ColumnTypes: types("name", "integer")},
		{Path: "no.parquet", Format: "parquet"},
		{Path: "plain.csv", Format: "xml"},
	}
	for _, load := range cases {
		load.Path, load.Into = filepath.Join(dir, load.Path), named("loaded")
		_, wantErr := s.Load(t.Context(), load)
		var want []relation.Column
		if wantErr == nil {
			var err error
			if want, err = s.Columns(t.Context(), load.Into); err != nil {
				t.Fatal(err)
			}
		}
		got, err := d.LoadColumns(t.Context(), load)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %v (-want +got):\n%s", load.Path, load.ColumnTypes, diff)
		}
		wantE, _ := errors.AsType[*engine.Error](wantErr)
		gotE, _ := errors.AsType[*engine.Error](err)
		if diff := cmp.Diff(wantE, gotE, cmpopts.IgnoreFields(engine.Error{}, "Cause")); diff != "" {
			t.Errorf("%s %v: errors (-want +got):\n%s", load.Path, load.ColumnTypes, diff)
		}
	}
}
