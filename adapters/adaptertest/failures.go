package adaptertest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
)

func (x *target) together() bool {
	return slices.Contains(x.engine.Capabilities(), adapters.CapTransactions)
}

func refusedTarget(t *testing.T, x *target) {
	config, secret := x.Refused(t)
	e, err := x.Adapter.Open(t.Context(), config)
	if err == nil {
		e.Close()
		t.Fatal("a target that cannot be opened was opened")
	}
	refused := typed(t, "Open", err)
	text := strings.Join(append(refused.Candidates, err.Error(), refused.Message, refused.Hint), "\n")
	if secret == "" || strings.Contains(text, secret) {
		t.Errorf("the secret %q is in: %s", secret, text)
	}
}

func typedErrors(t *testing.T, x *target) {
	x.table(t, x.name("t"), "select 1 as amount", 1)
	query := "select 'äöü', amout" + x.from(x.name("t"))
	at := strings.Index(query, "amout")
	_, err := x.session.CreateTable(t.Context(), x.name("n"), query)
	_, queryErr := x.session.Query(t.Context(), query, 5)
	_, describeErr := x.session.Describe(t.Context(), query)
	for method, err := range map[string]error{
		"CreateTable": err, "Query": queryErr, "Describe": describeErr,
		"CreateView": x.session.CreateView(t.Context(), x.name("n"), query),
	} {
		e := typed(t, method, err)
		if e.Class != engine.Permanent || e.Position != at && e.Position != -1 {
			t.Errorf("%s: class %d at %d, want %d at %d", method, e.Class, e.Position, engine.Permanent, at)
		}
		if !strings.Contains(e.Message, "amout") || strings.ContainsAny(e.Message, "{\n") {
			t.Errorf("%s: %q", method, e.Message)
		}
	}
	_, err = x.session.CreateTable(t.Context(), x.name("n"), "select 1 as a; select 2")
	typed(t, "two statements", err)
	_, err = x.session.CreateTable(t.Context(), x.name("n"), "")
	typed(t, "no statement", err)
	typed(t, "Exec", x.session.Exec(t.Context(), "selct"))
	if got := x.one(t, "select amount"+x.from(x.name("t"))); got != int64(1) {
		t.Errorf("after the errors: %v", got)
	}
	x.session.Close()
	if err := x.session.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	_, err = x.session.Query(t.Context(), "select 1 as a", 0)
	typed(t, "Query on a closed session", err)
}

func cancel(t *testing.T, x *target) {
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	start := time.Now()
	_, err := x.session.CreateTable(ctx, x.name("t"), x.Endless)
	e := typed(t, "a statement that was cancelled", err)
	if e.Class != engine.Cancelled || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("class %d, %v", e.Class, err)
	}
	const most = 5 * time.Second
	if took := time.Since(start); took > most {
		t.Errorf("it took %s", took)
	}
	if got := x.list(t, x.Adapter.DefaultSchema); len(got) != 0 {
		t.Errorf("the cancelled statement left %v", got)
	}
}

func export(t *testing.T, x *target) {
	dir := t.TempDir()
	x.table(t, x.name("t"), "select 1 as id, 'it''s' as word union all select 2, null", 2)
	for _, format := range []string{"parquet", "csv", "json"} {
		path := filepath.Join(dir, "some folder", "it's."+format)
		query := "select *" + x.from(x.name("t")) + " order by id"
		for range 2 { // a file that is there is replaced
			n, err := x.session.Export(t.Context(), engine.Export{Query: query, Path: path, Format: format})
			if err != nil || n != 2 {
				t.Fatalf("Export %s: %d rows, %v", format, n, err)
			}
		}
		if n, err := x.session.Load(t.Context(), engine.Load{Into: x.name(format), Path: path, Format: format}); err != nil || n != 2 {
			t.Fatalf("Load %s: %d rows, %v", format, n, err)
		}
		want := [][]any{{int64(1), "it's"}, {int64(2), nil}}
		if diff := cmp.Diff(want, x.rows(t, "select id, word"+x.from(x.name(format))+" order by id")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
		scan := x.session.ExportScan(engine.Export{Path: path, Format: format}, 2)
		if diff := cmp.Diff(want, x.rows(t, "select id, word from ("+scan+") as written order by id")); diff != "" {
			t.Errorf("%s in place (-want +got):\n%s", format, diff)
		}
	}
	_, err := x.session.Export(t.Context(), engine.Export{Query: "select nope", Path: filepath.Join(dir, "x.csv"), Format: "csv"})
	typed(t, "Export of a wrong query", err)
	if _, err := os.Stat(filepath.Join(dir, "x.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a failed export left its file: %v", err)
	}
	_, err = x.session.Export(t.Context(), engine.Export{Query: "select 1 as a", Path: filepath.Join(dir, "x"), Format: "xls"})
	typed(t, "Export of an unknown format", err)
}

func refuseExport(t *testing.T, x *target) {
	path := filepath.Join(t.TempDir(), "x.csv")
	_, err := x.session.Export(t.Context(), engine.Export{Query: "select 1 as a", Path: path, Format: "csv"})
	typed(t, "Export", err)
}

func fileSources(t *testing.T, x *target) {
	dir := filepath.Join(t.TempDir(), "a [b] {c}?*")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"it's a.csv": "id,word\n1,a\n", "it's b.csv": "id,word\n2,b\n", "x.json": `{"id":1,"word":"a"}`}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string][][]any{
		"it's *.csv": {{int64(1), "a"}, {int64(2), "b"}},
		"x.json":     {{int64(1), "a"}},
	} {
		format := strings.TrimPrefix(filepath.Ext(pattern), ".")
		scan := x.FileScan(filepath.Join(x.Pattern(dir), pattern), format)
		if diff := cmp.Diff(want, x.rows(t, "select id, word from "+scan+" order by id")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
	}
}

func refuseFileSources(t *testing.T, x *target) {
	if scan := x.FileScan("x.csv", "csv"); scan != "" {
		t.Errorf("FileScan gives %q without %q", scan, adapters.CapFileSources)
	}
}
