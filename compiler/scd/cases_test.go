//go:build cgo

package scd_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/scd"
)

var update = flag.Bool("update", false, "write what the cases came to")

// TestCases runs the archives of testdata. Each has the settings, and by turns what a run reads, as
// CSV below the run's instant, and what is in the table after it.
func TestCases(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d cases, error %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			runCase(t, archive)
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func runCase(t *testing.T, archive *txtar.Archive) {
	t.Helper()
	k := keeper{session: open(t)}
	for i := 0; i < len(archive.Files); i++ {
		file := &archive.Files[i]
		if file.Name == "settings" {
			k.Settings = settings(t, string(file.Data))
			continue
		}
		if i+1 == len(archive.Files) || archive.Files[i+1].Name != "then" {
			t.Fatalf("nothing is expected of %q", file.Name)
		}
		at, err := time.Parse("2006-01-02 15:04:05", strings.TrimPrefix(file.Name, "at "))
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.run(t.Context(), at, query(t, file.Data))
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		i++
		text := say(got) + content(t, &k)
		if *update {
			archive.Files[i].Data = []byte(text)
		}
		if diff := cmp.Diff(string(archive.Files[i].Data), text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file.Name, diff)
		}
	}
}

// say puts what a run came to into lines, which begin with #.
func say(o *outcome) string {
	var b strings.Builder
	for _, line := range o.refused {
		fmt.Fprintf(&b, "# refused: %s\n", line)
	}
	for _, note := range o.notes {
		fmt.Fprintf(&b, "# %s\n", note)
	}
	if o.refused == nil {
		fmt.Fprintf(&b, "# %d added, %d changed, %d removed, %d late\n", o.added, o.changed, o.removed, o.late)
	}
	if o.warning != "" {
		fmt.Fprintf(&b, "# %s\n", o.warning)
	}
	return b.String()
}

// content writes the rows of the table as CSV, with NULL as a dot.
func content(t *testing.T, k *keeper) string {
	t.Helper()
	if !k.exists {
		return ""
	}
	rows, err := k.session.Query(t.Context(), "select * from main.kept", 0)
	if err != nil {
		t.Fatal(err)
	}
	header := make([]string, len(rows.Columns))
	for i, c := range rows.Columns {
		header[i] = c.Name + ":" + strings.ReplaceAll(strings.ToLower(c.Type), "timestamp with time zone", "timestamptz")
	}
	lines := make([][]string, len(rows.Values))
	for i, row := range rows.Values {
		for _, value := range row {
			cell := fmt.Sprint(value)
			if value == nil {
				cell = "."
			}
			lines[i] = append(lines[i], strings.TrimSuffix(strings.TrimSuffix(cell, "+00"), " 00:00:00"))
		}
	}
	slices.SortFunc(lines, slices.Compare)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{header}, lines...)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// query makes a query of rows in CSV, whose header has name:type. A dot is NULL.
func query(t *testing.T, data []byte) string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("rows %v, error %v", rows, err)
	}
	var parts []string
	for n, row := range rows {
		var columns []string
		for i, cell := range row {
			name, kind, _ := strings.Cut(rows[0][i], ":")
			value := "'" + strings.ReplaceAll(cell, "'", "''") + "'"
			if n == 0 || cell == "." {
				value = "null"
			}
			columns = append(columns, "cast("+value+" as "+kind+") as "+duckdb.Dialect{}.Quote(name))
		}
		where := ""
		if n == 0 {
			where = " where false"
		}
		parts = append(parts, "select "+strings.Join(columns, ", ")+where)
	}
	return strings.Join(parts, "\nunion all ") + " -- the end"
}

func settings(t *testing.T, text string) scd.Settings {
	t.Helper()
	s := scd.Settings{Deletes: scd.Ignore, ValidFrom: "valid_from", ValidTo: "valid_to", IsDeleted: "is_deleted"}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		list := strings.Split(value, ", ")
		switch key {
		case "unique_key":
			s.Key = list
		case "strategy":
			s.Strategy = map[string]scd.Strategy{"timestamp": scd.Timestamp, "check": scd.Check}[value]
		case "updated_at":
			s.UpdatedAt = value
		case "check_cols":
			if value != "all" {
				s.Check = list
			}
		case "hard_deletes":
			s.Deletes = map[string]scd.Deletes{"ignore": scd.Ignore, "invalidate": scd.Invalidate, "new_record": scd.NewRecord}[value]
		case "valid_from":
			s.ValidFrom = value
		case "valid_to":
			s.ValidTo = value
		case "is_deleted":
			s.IsDeleted = value
		default:
			b, _ := json.Marshal(line)
			t.Fatalf("unknown setting %s", b)
		}
	}
	return s
}
