//go:build cgo

package increment_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/all"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/relation"
)

var (
	stored = relation.Name{Schema: "main", Identifier: `sto"red`}
	delta  = relation.Name{Schema: "main", Identifier: "stored__candidate"}
)

// warehouse is a DuckDB in memory with one session.
type warehouse struct {
	adapters.Session
	adapters.Dialect
	t *testing.T
}

func open(t *testing.T) *warehouse {
	t.Helper()
	adapter := all.Registry()["duckdb"]
	engine, err := adapter.Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": ":memory:"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	session, err := engine.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return &warehouse{Session: session, Dialect: adapter.Dialect, t: t}
}

func (w *warehouse) make(name relation.Name, query string) {
	w.t.Helper()
	if _, err := w.CreateTable(w.t.Context(), name, query); err != nil {
		w.t.Fatalf("%v in %s", err, query)
	}
}

func (w *warehouse) columns(name relation.Name) []relation.Column {
	w.t.Helper()
	columns, err := w.Columns(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return columns
}

// rows gives the rows of a query as texts, sorted.
func (w *warehouse) rows(query string) []string {
	w.t.Helper()
	rows, err := w.Query(w.t.Context(), query, 0)
	if err != nil {
		w.t.Fatalf("%v in %s", err, query)
	}
	out := make([]string, len(rows.Values))
	for i, row := range rows.Values {
		out[i] = strings.TrimSuffix(fmt.Sprintln(row...), "\n")
	}
	slices.Sort(out)
	return out
}

func (w *warehouse) stored() []string { return w.rows("select * from " + w.Relation(stored)) }

// statements gives what brings the delta in.
func (w *warehouse) statements(s increment.Spec) ([]string, error) {
	s.Target, s.Delta = stored, delta
	s.Table, s.Columns = w.columns(stored), w.columns(delta)
	out, err := s.Statements(w)
	return slices.Concat(out.Alter, out.Apply), err
}

// bring brings the delta in, in one transaction, and looks whether the table then is what was told before.
func (w *warehouse) bring(s increment.Spec) {
	w.t.Helper()
	of := s
	of.Target, of.Delta, of.Table, of.Columns = stored, delta, w.columns(stored), w.columns(delta)
	if after := of.After(w); after != "" {
		told := w.rows(after)
		defer func() {
			w.t.Helper()
			if diff := cmp.Diff(told, w.stored()); diff != "" {
				w.t.Errorf("After told something else (-told +is):\n%s", diff)
			}
		}()
	} else if len(increment.Differences(of.Table, of.Columns)) == 0 {
		w.t.Error("After tells nothing")
	}
	statements, err := w.statements(s)
	if err == nil {
		err = w.do(statements)
	}
	if err != nil {
		w.t.Fatalf("%v in %s", err, strings.Join(statements, ";\n"))
	}
}

func (w *warehouse) do(statements []string) error {
	return w.InTransaction(w.t.Context(), func(ctx context.Context) error {
		for _, s := range statements {
			if err := w.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// row is one of the tables of the random histories; a key of 0 is NULL.
type row struct{ a, b, v, w int }

func (r row) literal() string {
	null := func(n int) string {
		if n == 0 {
			return "null"
		}
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("(%s, %s, %d, %d)", null(r.a), null(r.b), r.v, r.w)
}

func query(rows []row) string {
	literals := []string{"(1, 1, 1, 1)"}
	for _, r := range rows {
		literals = append(literals, r.literal())
	}
	return `select a::integer as "key a", b::bigint as "B", v::integer as v, w::integer as "select" from (values ` +
		strings.Join(literals, ", ") + `) as rows(a, b, v, w) offset 1`
}

func (w *warehouse) holds(what string, want []row) {
	w.t.Helper()
	w.make(relation.Name{Identifier: "want"}, query(want))
	if diff := cmp.Diff(w.rows("from want"), w.stored()); diff != "" {
		w.t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// randomRows gives rows of different keys, some of them NULL.
func randomRows(r *rand.Rand, n int) []row {
	seen := map[[2]int]bool{}
	var out []row
	for range n {
		next := row{a: r.IntN(4), b: r.IntN(4), v: r.IntN(100), w: r.IntN(100)}
		if key := [2]int{next.a, next.b}; !seen[key] {
			seen[key] = true
			out = append(out, next)
		}
	}
	return out
}

// bringTogether says what a strategy has to come to.
func bringTogether(s increment.Spec, table, delta []row) []row {
	if s.Strategy == increment.Append {
		return append(slices.Clone(table), delta...)
	}
	out := slices.Clone(table)
	for _, d := range delta {
		same := func(r row) bool { return r.a == d.a && r.b == d.b }
		at := slices.IndexFunc(out, same)
		switch {
		case at < 0:
			out = append(out, d)
		case s.Strategy == increment.DeleteInsert:
			out[at] = d
		default:
			if s.Update == nil && s.Exclude == nil || slices.Contains(s.Update, "V") {
				out[at].v = d.v
			}
			if s.Update == nil {
				out[at].w = d.w
			}
		}
	}
	return out
}

var key = []string{"KEY a", "b"}

// TestStrategies compares random histories with what they have to come to, and every increment of merge and
// delete+insert with itself, done twice.
func TestStrategies(t *testing.T) {
	t.Parallel()
	for name, spec := range map[string]increment.Spec{
		"append":                 {Strategy: increment.Append},
		"delete+insert":          {Strategy: increment.DeleteInsert, Key: key},
		"merge":                  {Strategy: increment.Merge, Key: key},
		"merge of some columns":  {Strategy: increment.Merge, Key: key, Update: []string{"V"}},
		"merge but some columns": {Strategy: increment.Merge, Key: key, Exclude: []string{"v"}},
		"merge of no columns":    {Strategy: increment.Merge, Key: key, Update: []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			r := rand.New(rand.NewPCG(1, uint64(len(name))))
			for range 8 {
				table := randomRows(r, r.IntN(10))
				w.make(stored, query(table))
				for range 4 {
					rows := randomRows(r, r.IntN(8))
					w.make(delta, query(rows))
					w.bring(spec)
					table = bringTogether(spec, table, rows)
					w.holds("after an increment", table)
					if spec.Strategy.HasKey() {
						w.bring(spec)
						w.holds("after the same increment again", table)
					}
				}
			}
		})
	}
}

// TestIncrementsAreAFullBuild splits rows by chance into increments: any way comes to the same.
func TestIncrementsAreAFullBuild(t *testing.T) {
	t.Parallel()
	w := open(t)
	r := rand.New(rand.NewPCG(2, 2))
	for _, spec := range []increment.Spec{
		{Strategy: increment.Append}, {Strategy: increment.DeleteInsert, Key: key}, {Strategy: increment.Merge, Key: key},
	} {
		all := randomRows(r, 30)
		w.make(stored, query(nil))
		for left := all; len(left) > 0; {
			n := 1 + r.IntN(len(left))
			w.make(delta, query(left[:n]))
			w.bring(spec)
			left = left[n:]
		}
		w.holds(spec.Strategy.String(), all)
	}
}

func TestPredicatesNarrowWhatIsFound(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, strategy := range []increment.Strategy{increment.DeleteInsert, increment.Merge} {
		w.make(stored, query([]row{{1, 1, 10, 0}, {1, 2, 20, 0}}))
		w.make(delta, query([]row{{1, 1, 11, 0}, {1, 2, 22, 0}}))
		w.bring(increment.Spec{
			Strategy: strategy, Key: key,
			Predicates: []string{"target.v > 15 -- late ones only", `delta."select" = 0 or delta.v is null`},
		})
		w.holds(strategy.String(), []row{{1, 1, 10, 0}, {1, 1, 11, 0}, {1, 2, 22, 0}})
	}
}

// TestCrashBeforeEachStatement stops the transaction before each statement and after the last one, and then
// does the whole again.
func TestCrashBeforeEachStatement(t *testing.T) {
	t.Parallel()
	w := open(t)
	before, rows := []row{{1, 0, 10, 1}, {0, 0, 20, 2}}, []row{{1, 0, 11, 1}, {2, 2, 30, 3}}
	for _, spec := range []increment.Spec{
		{Strategy: increment.Append, OnSchemaChange: increment.SyncAllColumns},
		{Strategy: increment.DeleteInsert, Key: key, OnSchemaChange: increment.SyncAllColumns},
		{Strategy: increment.Merge, Key: key, OnSchemaChange: increment.SyncAllColumns},
	} {
		w.make(stored, "select *, 7 as gone from ("+query(before)+")")
		w.make(delta, "select *, 'x' as fresh from ("+query(rows)+")")
		start := w.stored()
		statements, err := w.statements(spec)
		if err != nil {
			t.Fatal(err)
		}
		for stop := range len(statements) + 1 {
			err := w.do(append(slices.Clone(statements[:stop]), "select error('crash')"))
			if err == nil || !strings.Contains(err.Error(), "crash") {
				t.Fatalf("the crash gave %v", err)
			}
			if diff := cmp.Diff(start, w.stored()); diff != "" {
				t.Errorf("%s, after a crash before statement %d (-before +after):\n%s", spec.Strategy, stop, diff)
			}
		}
		w.bring(spec)
		if got, want := len(w.stored()), len(bringTogether(spec, before, rows)); got != want {
			t.Errorf("%s: %d rows after it was repeated, want %d", spec.Strategy, got, want)
		}
	}
}

func TestDuplicateKeysAreNamed(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.make(delta, query([]row{{1, 1, 1, 1}, {0, 2, 1, 1}, {0, 2, 2, 2}, {2, 0, 1, 1}, {0, 0, 1, 1}, {2, 0, 1, 1}, {2, 0, 3, 1}}))
	got := w.rows(increment.Spec{Key: key, Delta: delta}.Duplicates(w))
	if diff := cmp.Diff([]string{"2 <nil> 3", "<nil> 2 2"}, got); diff != "" {
		t.Errorf("duplicates (-want +got):\n%s", diff)
	}
}

// TestWindowsReplaceTheirRows does each window of a microbatch by itself, some twice and out of order, for
// every type that an event's time may have.
func TestWindowsReplaceTheirRows(t *testing.T) {
	t.Parallel()
	w := open(t)
	events := `select i, (timestamp '2024-03-30 22:59:59.999999' + interval (i * 37) minute)::%s as "at" from range(150) r(i)`
	begin, end := time.Date(2024, 3, 30, 0, 0, 0, 0, time.UTC), time.Date(2024, 4, 4, 0, 0, 0, 0, time.UTC)
	if err := w.Exec(t.Context(), "set timezone = 'Europe/Berlin'"); err != nil { // where March the 31st has 23 hours
		t.Fatal(err)
	}
	for _, typ := range []string{"timestamp", "date", "timestamp_ns", "timestamp_s"} {
		everything := relation.Name{Identifier: "events"}
		w.make(everything, fmt.Sprintf(events, typ))
		windows(w, everything, begin, end)
	}
	w.make(relation.Name{Identifier: "events"}, `select i, "at" at time zone 'UTC' as "at" from (`+fmt.Sprintf(events, "timestamp")+`)`)
	windows(w, relation.Name{Identifier: "events"}, begin, end)
}

func windows(w *warehouse, events relation.Name, begin, end time.Time) {
	w.t.Helper()
	typ := w.columns(events)[1].Type
	w.make(stored, "from events limit 0")
	due := increment.Day.Cover(begin, end)
	due = append(due, due[2], due[0])
	r := rand.New(rand.NewPCG(3, 3))
	r.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	for _, window := range due {
		w.make(delta, "from events where "+increment.Within(`"AT"`, typ, window))
		w.bring(increment.Spec{Strategy: increment.Microbatch, EventTime: "AT", Window: window})
	}
	if diff := cmp.Diff(w.rows("from events"), w.stored()); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", typ, diff)
	}
}
