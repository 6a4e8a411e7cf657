//go:build cgo

package duckdb_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/relation"
)

// TestSomeFilesAreReadAsAll reads some of several files, which have the columns and types of all of them.
func TestSomeFilesAreReadAsAll(t *testing.T) {
	t.Parallel()
	d := duckdb.Dialect{}
	for name, tc := range map[string]struct {
		folder, format string
		files          map[string]string
		some           []string
		want           [][]any
	}{
		"names that are patterns": {
			"w[1]d*r", "csv",
			map[string]string{"a.csv": "n\n1\n", "it's [2]{x,y}?*.csv": "n\n2\n", "it's 2.csv": "n\n3\n"},
			[]string{"it's [2]{x,y}?*.csv"},
			[][]any{{int64(2)}},
		},
		"a text that alone would be true or false": {
			"words", "csv",
			map[string]string{"a.csv": "w\ntea\n", "b.csv": "w\nt\n", "c.csv": "w\nf\n"},
			[]string{"b.csv", "c.csv"},
			[][]any{{"t"}, {"f"}},
		},
		"columns in another order": {
			"order", "csv", map[string]string{"1.csv": "n,m\n1,2\n", "2.csv": "m,n\n4,3\n", "3.csv": "n,m\n5,6\n"}, []string{"2.csv"}, [][]any{{int64(3), int64(4)}},
		},
		"columns in another order, first": {
			"first", "csv", map[string]string{"1.csv": "n,m\n1,2\n", "2.csv": "m,n\n4,3\n"}, []string{"1.csv"}, [][]any{{int64(1), int64(2)}},
		},
		"no value at all": {
			"none", "csv", map[string]string{"a.csv": "n,m\n1,2\n", "b.csv": "n,m\n,3\n"}, []string{"b.csv"}, [][]any{{nil, int64(3)}},
		},
		"fields of others": {
			"logs", "json", map[string]string{"1.json": `{"n": 1}`, "2.json": `{"m": 2}`}, []string{"1.json"}, [][]any{{int64(1), nil}},
		},
		"a column of the option's name": {
			"named", "csv",
			map[string]string{"a.csv": "filename,filename_\nx,1\n", "b.csv": "filename,filename_\ny,2\n"},
			[]string{"b.csv"},
			[][]any{{"y", int64(2)}},
		},
		"all": {"all", "csv", map[string]string{"a.csv": "n\n1\n", "b.csv": "n\n2\n"}, []string{"a.csv", "b.csv"}, [][]any{{int64(1)}, {int64(2)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), tc.folder)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for file, text := range tc.files {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := session(t, open(t, nil))
			listed, err := s.Query(t.Context(), d.ListFiles(filepath.Join(d.Pattern(folder), "*."+tc.format)), 0)
			if err != nil {
				t.Fatal(err)
			}
			var all, some []string
			for _, row := range listed.Values {
				all = append(all, row[0].(string))
			}
			for _, file := range tc.some {
				some = append(some, filepath.Join(folder, file))
			}
			if len(all) != len(tc.files) {
				t.Errorf("listed %q", all)
			}
			columns, err := s.Describe(t.Context(), "from "+d.FileScan(filepath.Join(d.Pattern(folder), "*"), tc.format))
			if err != nil {
				t.Fatal(err)
			}
			query := "select * from " + d.SomeFiles(all, some, tc.format, columns)
			rows, err := s.Query(t.Context(), query, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, rows.Values); diff != "" {
				t.Errorf("%s (-want +got):\n%s", query, diff)
			}
			names := func(columns []relation.Column) (out []string) {
				for _, c := range columns {
					out = append(out, c.Name+" "+c.Type)
				}
				return out
			}
			if diff := cmp.Diff(names(columns), names(rows.Columns)); diff != "" {
				t.Errorf("columns (-all +some):\n%s", diff)
			}
		})
	}
}
