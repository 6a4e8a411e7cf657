//go:build cgo && unix

package isolate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/all"
	"github.com/quernsql/quern/cmd/quern/internal/isolate"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

var orders = lineage.Table{
	Name:    relation.Name{Schema: "main", Identifier: "orders"},
	Columns: []relation.Column{{Name: "id", Type: "INTEGER", Nullable: relation.NeverNull}, {Name: "amount", Type: "DECIMAL(9,2)"}},
}

func open(t *testing.T, child func(context.Context, isolate.Request) (isolate.Answer, error)) adapters.Scratch {
	t.Helper()
	inner := all.Registry()["duckdb"].Describer(adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": "x.duckdb"}})
	d := &isolate.Describer{Describer: inner, Child: child}
	t.Cleanup(func() { d.Close() })
	s, err := d.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Define(t.Context(), []lineage.Table{orders}); err != nil {
		t.Fatal(err)
	}
	return s
}

// served answers a request as a child does, by way of its streams.
func served(asked *int) func(context.Context, isolate.Request) (isolate.Answer, error) {
	return func(ctx context.Context, r isolate.Request) (a isolate.Answer, err error) {
		*asked++
		r.Type, r.Config = "duckdb", adapters.Config{Settings: map[string]any{"path": "x.duckdb"}}
		in, err := json.Marshal(r)
		if err != nil {
			return a, err
		}
		var out bytes.Buffer
		if err := isolate.Serve(ctx, bytes.NewReader(in), &out, all.Registry()); err != nil {
			return a, err
		}
		return a, json.Unmarshal(out.Bytes(), &a)
	}
}

func TestAChildSaysWhatTheProcessSays(t *testing.T) {
	t.Parallel()
	asked := 0
	s := open(t, served(&asked))
	deep := strings.Repeat("(", 80)
	back := strings.Repeat(")", 80)
	for _, tc := range []struct{ inside, apart string }{
		{"select id, sum(amount) as total from orders group by id", "select id, " + deep + "sum(amount)" + back + " as total from orders group by id"},
		{"select idd from orders", "select idd from orders where " + deep + "true" + back},
		{"select 'x' from", "select 'x' from where " + deep + "true" + back + " from"},
	} {
		want, wantErr := s.Describe(t.Context(), tc.inside)
		got, gotErr := s.Describe(t.Context(), tc.apart)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-inside +apart):\n%s", tc.inside, diff)
		}
		var a, b *engine.Error
		if errors.As(wantErr, &a) != errors.As(gotErr, &b) || a != nil && (a.Kind != b.Kind || a.Subtype != b.Subtype || a.Name != b.Name) {
			t.Errorf("%s: inside %v, apart %v", tc.inside, wantErr, gotErr)
		}
	}
	if asked != 3 {
		t.Errorf("%d questions were asked of a child, want 3", asked)
	}
	if _, err := s.Describe(t.Context(), "select idd from orders where "+deep+"true"+back); err == nil || asked != 3 {
		t.Errorf("a child was asked %d times, error %v; want the first answer again", asked, err)
	}
}

func TestSeveralQueriesAreDescribedLikeOne(t *testing.T) {
	t.Parallel()
	asked := 0
	s := open(t, served(&asked))
	queries := []string{
		"select id from orders",
		"select idd from orders",
		"select amount, " + strings.Repeat("(", 80) + "id" + strings.Repeat(")", 80) + " as n from orders",
		"select 'x' from",
		"select sum(amount) as total from orders",
	}
	answers := s.DescribeAll(t.Context(), queries)
	if len(answers) != len(queries) || asked != 1 {
		t.Fatalf("%d answers, %d of a child", len(answers), asked)
	}
	for i, query := range queries {
		want, wantErr := s.Describe(t.Context(), query)
		if diff := cmp.Diff(want, answers[i].Query); diff != "" {
			t.Errorf("%s (-one +all):\n%s", query, diff)
		}
		if (wantErr == nil) != (answers[i].Err == nil) || wantErr != nil && wantErr.Error() != answers[i].Err.Error() {
			t.Errorf("%s: %v, want %v", query, answers[i].Err, wantErr)
		}
	}
}

// slow is an engine's scratch that binds one query for ever.
type slow struct{ adapters.Scratch }

func (s slow) Describe(ctx context.Context, query string) (*lineage.Query, error) {
	if strings.Contains(query, "slow") {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Scratch.Describe(ctx, query)
}

func (s slow) DescribeAll(ctx context.Context, queries []string) []lineage.Answer {
	answers := make([]lineage.Answer, len(queries))
	for i, query := range queries {
		answers[i].Query, answers[i].Err = s.Describe(ctx, query)
	}
	return answers
}

// slowDescriber opens slow scratches.
type slowDescriber struct{ adapters.Describer }

func (d slowDescriber) Scratch(ctx context.Context) (adapters.Scratch, error) {
	s, err := d.Describer.Scratch(ctx)
	return slow{s}, err
}

func TestOneSlowQueryIsFoundAmongSeveral(t *testing.T) {
	t.Parallel()
	inner := all.Registry()["duckdb"].Describer(adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": "x.duckdb"}})
	d := &isolate.Describer{Describer: slowDescriber{inner}, Most: 200 * time.Millisecond}
	t.Cleanup(func() { d.Close() })
	s, err := d.Scratch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	answers := s.DescribeAll(t.Context(), []string{"select 1 as a", "select 'slow' as b", "select 3 as c"})
	for i, answer := range answers {
		var e *engine.Error
		if limited := errors.As(answer.Err, &e) && e.Kind == "Limit"; limited != (i == 1) || i != 1 && answer.Err != nil {
			t.Errorf("query %d: %v", i, answer.Err)
		}
	}
}

func TestHowAChildEnds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ script, want string }{
		{"kill -SEGV $$", "the engine cannot check the query: it ends the process (signal: segmentation fault)"},
		{"echo 'terminate called after throwing std::bad_alloc' >&2; exit 3", "the engine cannot check the query: it needs more memory than there is"},
		{"echo '{'", "the engine cannot check the query: read what a process said: unexpected end of JSON input"},
	} {
		s := open(t, func(ctx context.Context, r isolate.Request) (isolate.Answer, error) {
			return isolate.Start(ctx, exec.CommandContext(ctx, "sh", "-c", tc.script), r)
		})
		_, err := s.Describe(t.Context(), "select "+strings.Repeat("[", 100)+strings.Repeat("]", 100))
		var e *engine.Error
		if !errors.As(err, &e) || e.Kind != "Limit" || !strings.HasPrefix(e.Message, tc.want) {
			t.Errorf("%s: %v, want %s", tc.script, err, tc.want)
		}
		if got, err := s.Describe(t.Context(), "select id from orders"); err != nil || len(got.Columns) != 1 {
			t.Errorf("the scratch is of no use after that: %v", err)
		}
	}
}

func TestACancelledQuestionIsTheContexts(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s := open(t, func(ctx context.Context, r isolate.Request) (isolate.Answer, error) {
		return isolate.Start(ctx, exec.CommandContext(ctx, "sleep", "60"), r)
	})
	if _, err := s.Describe(ctx, "select "+strings.Repeat("[", 100)+strings.Repeat("]", 100)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want the context's", err)
	}
}

func TestAClearedScratchHasNoTables(t *testing.T) {
	t.Parallel()
	asked := 0
	s := open(t, served(&asked))
	if err := s.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"select id from orders",
		"select " + strings.Repeat("(", 80) + "id" + strings.Repeat(")", 80) + " from orders",
	} {
		if _, err := s.Describe(t.Context(), query); err == nil || !strings.Contains(err.Error(), `"orders"`) {
			t.Errorf("%.20s: %v, want that there is no table", query, err)
		}
	}
	if asked != 1 {
		t.Errorf("%d children were asked, want 1", asked)
	}
	if err := s.Define(t.Context(), []lineage.Table{orders}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Describe(t.Context(), "select id from orders"); err != nil {
		t.Error(err)
	}
}
