//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/relation"
)

// wholeYear are the showcase's tests that know how many flights a year has.
var wholeYear = []string{
	"destinations_not_on_file", "flights_by_month", "flights_by_origin", "flights_by_outcome", "planes_not_on_file", "rows_of_everything",
}

// wholeYearLines are lines of its models that do.
var wholeYearLines = map[string]string{
	"airport_days.sql": "  - row_count: {equals: 1095}\n",
	"daily_delays.sql": "  - count(distinct flight_date) = 365\n",
}

// showcase is the flights project with the months that have arrived so far.
type showcase struct {
	dir string
	// months is how many are there.
	months int
}

// newShowcase copies the project of this repository, without its flights.
func newShowcase(t *testing.T) *showcase {
	t.Helper()
	s := &showcase{dir: t.TempDir()}
	root := filepath.Join("..", "..")
	for _, name := range []string{"models", "tests"} {
		if err := os.CopyFS(filepath.Join(s.dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(filepath.Join(root, "quern.yml"))
	if err != nil {
		t.Fatal(err)
	}
	writeFiles(t, s.dir, map[string]string{"quern.yml": string(config)})
	for _, name := range wholeYear {
		if err := os.Remove(filepath.Join(s.dir, "tests", name+".sql")); err != nil {
			t.Fatal(err)
		}
	}
	for name, line := range wholeYearLines {
		path := filepath.Join("models", "marts", name)
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil || !strings.Contains(string(text), line) {
			t.Fatalf("%s has no line %q: %v", path, line, err)
		}
		writeFiles(t, s.dir, map[string]string{path: strings.Replace(string(text), line, "", 1)})
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "models", "landing", "flights")); err != nil {
		t.Fatal(err)
	}
	return s
}

// arrive lets the flights of another month arrive, whole, as files do that are moved into place.
func (s *showcase) arrive(t *testing.T) {
	t.Helper()
	s.months++
	name := fmt.Sprintf("2013-%02d.parquet", s.months)
	data, err := os.ReadFile(filepath.Join("..", "..", "models", "landing", "flights", name))
	if err != nil {
		t.Fatal(err)
	}
	writeFiles(t, s.dir, map[string]string{"arriving/" + name: string(data)})
	into := filepath.Join(s.dir, "models", "landing", "flights")
	if err := os.MkdirAll(into, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(s.dir, "arriving", name), filepath.Join(into, name)); err != nil {
		t.Fatal(err)
	}
}

// looked is what a reader sees of one relation: how many rows, and a number that stands for what is in them.
type looked struct {
	Rows   float64
	Digest string
}

// look gives the query that looks at relations. Parallel sums of doubles differ in their last digits, so these are
// rounded, away from where many of them lie.
func look(t *testing.T, session adapters.Session, names []relation.Name) string {
	t.Helper()
	d := duckdb.Adapter().Dialect
	var parts []string
	for _, name := range names {
		columns, err := session.Columns(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = d.Quote(c.Name)
			if c.Type == "DOUBLE" {
				values[i] = "round(" + values[i] + " * 1.000003, 7)"
			}
		}
		parts = append(parts, fmt.Sprintf("select %s as name, count(*) as n, coalesce(sum(hash(%s)::hugeint), 0)::varchar as digest from %s",
			d.Literal(name.String()), strings.Join(values, ", "), d.Relation(name)))
	}
	return strings.Join(parts, " union all ")
}

// there looks at all relations of the showcase, as a program that nobody disturbs, and gives the query that looks at its tables.
func (s *showcase) there(t *testing.T) (map[string]looked, string) {
	t.Helper()
	session, done := openDatabase(t, s.dir, "flights.duckdb")
	defer done()
	var all, tables []relation.Name
	for _, schema := range []string{"main", "seeds", "staging", "intermediate", "marts"} {
		objects, err := session.List(t.Context(), "", schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			all = append(all, o.Name)
			if o.Kind == relation.Table {
				tables = append(tables, o.Name)
			}
		}
	}
	rows, err := session.Query(t.Context(), look(t, session, all), 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]looked{}
	for _, row := range rows.Values {
		seen[row[0].(string)] = looked{float64(row[1].(int64)), row[2].(string)}
	}
	return seen, look(t, session, tables)
}

// reader asks for the tables again and again while builds go on. While one has the database its process answers, from
// a thread of its own; else the reader opens the database.
type reader struct {
	*showcase
	query string

	mu sync.Mutex
	// may are the contents that a table may have.
	may   map[string][]looked
	looks int
}

func (r *reader) allow(seen map[string]looked) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, content := range seen {
		r.may[name] = append(r.may[name], content)
	}
}

func (r *reader) read(t *testing.T, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		command := quernCommand(r.dir, "show", "--inline", r.query, "--output", "json", "--limit", "1000")
		var stderr strings.Builder
		command.Stderr = &stderr
		out, err := command.Output()
		var shown struct{ Rows [][]any }
		switch {
		case err != nil && strings.Contains(stderr.String(), "does not answer"):
			continue // the process that was asked was killed meanwhile
		case err != nil:
			t.Errorf("a reader got %v: %s", err, stderr.String())
			return
		}
		if err := json.Unmarshal(out, &shown); err != nil {
			t.Error(err)
			return
		}
		r.check(t, shown.Rows)
	}
}

func (r *reader) check(t *testing.T, rows [][]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looks++
	for _, row := range rows {
		name, content := row[0].(string), looked{row[1].(float64), row[2].(string)}
		if content.Rows == 0 || !slices.Contains(r.may[name], content) {
			t.Errorf("a reader saw %s with %v, which no build comes to", name, content)
		}
	}
}

func quernCommand(dir string, args ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "QUERN_TEST_MAIN=1")
	return command
}

// TestKilledBuildsOfTheShowcase kills builds of this repository's own project at random moments while flights arrive
// month by month and somebody reads. After each the next build ends as a clean one, and the one after it does nothing.
func TestKilledBuildsOfTheShowcase(t *testing.T) {
	t.Parallel()
	kills := 2
	if more, err := strconv.Atoi(os.Getenv("QUERN_TEST_SHOWCASE_KILLS")); err == nil {
		kills = more
	}
	const year = 12
	var clean []map[string]looked // by months, less one
	var whole time.Duration
	random := rand.New(rand.NewPCG(2013, 12))
	for kills > 0 {
		s := newShowcase(t)
		s.arrive(t)
		if took := s.build(t); whole == 0 {
			whole = took
		}
		first, query := s.there(t)
		if len(clean) == 0 {
			clean = append(clean, first)
		}
		r := &reader{showcase: s, query: query, may: map[string][]looked{}}
		r.allow(clean[0])
		stop := make(chan struct{})
		var reading sync.WaitGroup
		reading.Go(func() { r.read(t, stop) })
		for ; s.months < year && kills > 0; kills-- {
			s.arrive(t)
			if len(clean) < s.months {
				clean = append(clean, cleanShowcase(t, s.months))
			}
			r.allow(clean[s.months-1])
			s.killed(t, time.Duration(random.Int64N(int64(whole))))
			s.build(t)
			seen, _ := s.there(t)
			if diff := cmp.Diff(clean[s.months-1], seen); diff != "" {
				t.Fatalf("after the kill in month %d (-clean +there):\n%s", s.months, diff)
			}
			if out, err := quernBuild(s.dir).CombinedOutput(); err != nil || !strings.Contains(string(out), "built 0, unchanged 22") {
				t.Fatalf("another build does something: %v\n%s", err, out)
			}
		}
		close(stop)
		reading.Wait()
		if t.Failed() {
			return
		}
		if r.looks == 0 {
			t.Error("nobody read")
		}
		t.Logf("%d looks while %d months arrived", r.looks, s.months)
	}
}

// cleanShowcase gives what a build from scratch comes to.
func cleanShowcase(t *testing.T, months int) map[string]looked {
	t.Helper()
	s := newShowcase(t)
	for range months {
		s.arrive(t)
	}
	s.build(t)
	seen, _ := s.there(t)
	return seen
}

func (s *showcase) build(t *testing.T) time.Duration {
	t.Helper()
	return buildMonths(t, s.dir)
}

// killed begins a build and kills it after a while.
func (s *showcase) killed(t *testing.T, after time.Duration) {
	t.Helper()
	command := quernBuild(s.dir)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
}
