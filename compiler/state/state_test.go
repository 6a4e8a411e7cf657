//go:build cgo

package state_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// open opens a database with the tables of a state.
func open(t *testing.T) (adapters.Session, state.Tables) {
	t.Helper()
	e, err := duckdb.Adapter().Open(t.Context(), adapters.Config{Dir: t.TempDir(), Settings: map[string]any{"path": "x.duckdb"}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); e.Close() })
	tables := state.Tables{
		Dialect: e.Dialect(), Schema: relation.Name{Schema: check.StateSchema},
		Key: state.Key{Project: "it's", Target: "dev"},
	}
	if err := s.EnsureSchema(t.Context(), "", check.StateSchema); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time they are there
		exec(t, s, tables.Create()...)
	}
	return s, tables
}

func exec(t *testing.T, s adapters.Session, statements ...string) {
	t.Helper()
	if err := s.Publish(t.Context(), nil, statements...); err != nil {
		t.Fatalf("%q: %v", statements, err)
	}
}

func read(t *testing.T, s adapters.Session, tables state.Tables) *state.Known {
	t.Helper()
	rows, err := s.Query(t.Context(), tables.Read(), 0)
	if err != nil {
		t.Fatal(err)
	}
	k := state.New()
	k.Add(rows)
	return k
}

func orders(data string) *state.Relation {
	return &state.Relation{
		ID: "model.orders", Name: relation.Name{Schema: "main", Identifier: "orders"}, Kind: "table", Code: "c", Algorithm: 1,
		Text: "select 'it''s' as \"x\" -- \\ \n", Config: map[string]string{"materialized": "table"},
		Inputs: map[project.ID]string{"seed.s": "v1"}, Data: state.DataVersion{Rows: data, Build: data}, Digest: engine.Digest{Rows: 3, Columns: "k", Content: "h"},
		Run: "r", At: time.Date(2026, 11, 21, 12, 0, 0, 5, time.UTC),
	}
}

func keep(t *testing.T, s adapters.Session, tables state.Tables, k *state.Known, r *state.Relation) {
	t.Helper()
	statement, err := tables.Keep(k, r)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, statement)
}

func TestWhatIsKeptIsRead(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	k := state.New()
	keep(t, s, tables, k, orders("v1"))
	keep(t, s, tables, k, orders("v2"))
	test := &state.Test{ID: "test.t", Definition: "d", Inputs: map[project.ID]string{"model.orders": "v2"}, Run: "r", At: orders("").At}
	statement, err := tables.KeepTests(k, []*state.Test{test})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, statement)
	other := tables
	other.Key.Environment = "ada"
	elsewhere := orders("v3")
	elsewhere.Name.Schema = "ada"
	keep(t, s, other, read(t, s, other), elsewhere)

	got := read(t, s, tables)
	want := &state.Known{
		Relations: map[state.Place]*state.Relation{{ID: "model.orders", Name: orders("").Name}: orders("v2")},
		Tests:     map[project.ID]*state.Test{"test.t": test},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(state.Known{})); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	if got.Find("model.orders", relation.Name{Schema: "MAIN", Identifier: "Orders"}) == nil || got.Find("model.orders", relation.Name{Schema: "x", Identifier: "orders"}) != nil {
		t.Errorf("orders is not found where it is alone")
	}
}

func TestWhatOthersBuiltLaterIsNotKnown(t *testing.T) {
	t.Parallel()
	later := orders("v2")
	later.At = later.At.Add(-time.Hour) // by a clock that is wrong
	later.Name.Identifier = "ORDERS"
	renamed := *later
	renamed.ID = "model.sales"
	void := *later
	void.Void = true
	for name, tc := range map[string]struct {
		target string
		later  *state.Relation
		mine   int
	}{
		"another target":           {"prod", later, 0},
		"another node":             {"dev", &renamed, 1}, // which is known then
		"a build that did not end": {"dev", &void, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tables := open(t)
			keep(t, s, tables, state.New(), orders("v1"))
			other := tables
			other.Key.Target = tc.target
			keep(t, s, other, read(t, s, other), tc.later)
			got := read(t, s, tables)
			if len(got.Relations) != tc.mine || got.Find("model.orders", orders("").Name) != nil {
				t.Errorf("read %v", got.Relations)
			}
			if !tables.IsClaimed(got, orders("").Name) || tables.IsClaimed(got, relation.Name{Schema: "main", Identifier: "x"}) {
				t.Error("the relation alone must be claimed")
			}
		})
	}
}

func TestDamagedRowsAreNotKnown(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	keep(t, s, tables, state.New(), orders("v1"))
	exec(t, s, "insert into quern.state select project, target, environment, node, subject, 2, run, built_at, payload[:20] from quern.state",
		"insert into quern.tests values ('it''s', 'dev', '', 'test.t', 'test.t', 3, 'r', '', '{}')")
	got := read(t, s, tables)
	if len(got.Relations)+len(got.Tests) != 0 || !cmp.Equal(got.Damaged, []string{"model.orders", "test.t"}) {
		t.Errorf("read %v, %v, damaged %q", got.Relations, got.Tests, got.Damaged)
	}
}

func TestALongLogIsShortened(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	k := state.New()
	var statements []string
	for i := range 1200 {
		r := orders(fmt.Sprint("v", i))
		r.ID = project.ID(fmt.Sprint("model.m", i%7))
		r.Name.Identifier = fmt.Sprint("m", i%7)
		statement, err := tables.Keep(k, r)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, statement)
	}
	exec(t, s, strings.Join(statements, ";\n"))
	long := read(t, s, tables)
	exec(t, s, tables.Shorten(long)...)
	short := read(t, s, tables)
	if diff := cmp.Diff(long, short, cmpopts.IgnoreUnexported(state.Known{})); diff != "" {
		t.Errorf("state (-long +short):\n%s", diff)
	}
	rows, err := s.Query(t.Context(), "select count(*) from quern.state", 1)
	if err != nil || rows.Values[0][0] != int64(7) {
		t.Errorf("%v rows are left, error %v", rows.Values, err)
	}
	if again := tables.Shorten(short); again != nil {
		t.Errorf("a short log is shortened with %q", again)
	}
}

func TestTheMarkOfABuildIsKnown(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	k := read(t, s, tables)
	owed := &state.Owed{Run: "r", Failed: true, Done: []string{"insert into x select 'it''s'"}}
	for _, mark := range []state.Mark{{Open: true}, {Owed: owed}, {}, {Open: true, Owed: &state.Owed{Run: "r"}}, {Open: true}} {
		statement, err := tables.Mark(k, "r", orders("").At, mark)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, s, statement)
		other := tables
		other.Key.Target = "prod"
		got := read(t, s, tables)
		if diff := cmp.Diff(mark, state.Mark{Open: got.Open, Owed: got.Owed}); diff != "" {
			t.Errorf("mark (-want +got):\n%s", diff)
		}
		if got := read(t, s, other); got.Open || got.Owed != nil {
			t.Error("the build of another target counts")
		}
	}
	keep(t, s, tables, read(t, s, tables), orders("v1"))
	if got := read(t, s, tables); !got.Open || len(got.Relations) != 1 || len(got.Damaged) > 0 {
		t.Errorf("read %v, damaged %q", got.Relations, got.Damaged)
	}
	exec(t, s, "update quern.state set payload = '{' where node = ''")
	if got := read(t, s, tables); !got.Open || got.Owed == nil {
		t.Errorf("of a mark that cannot be read is known that it is open: %t, and owes %v", got.Open, got.Owed)
	}
}

func TestFilesOfTheLastLoadAreKnown(t *testing.T) {
	t.Parallel()
	s, tables := open(t)
	k := state.New()
	at := time.Date(2024, 1, 2, 3, 4, 5, 678_901_234, time.UTC)
	a, b := state.File{Path: "data/it's a.csv", Size: 3, Mtime: at, Hash: "x", Seal: "1 2"}, state.File{Path: "data/b.csv", Size: 0, Mtime: at.Add(time.Nanosecond), Hash: "y"}
	load := func(load string, whole bool, files ...state.File) {
		t.Helper()
		r := orders("v1")
		r.Growth = &state.Growth{Loaded: &state.Loaded{Load: load, Files: len(files)}}
		var statements []string
		if whole {
			statements = append(statements, tables.ForgetFiles(r.Name))
		}
		keep, err := tables.Keep(k, r)
		if err != nil {
			t.Fatal(err)
		}
		exec(t, s, append(append(statements, tables.KeepFiles(k, r, files)...), keep)...)
	}
	known := func(load string) map[string]state.File {
		t.Helper()
		rows, err := s.Query(t.Context(), tables.ReadFiles([]relation.Name{{Schema: "MAIN", Identifier: "Orders"}}), 0)
		if err != nil {
			t.Fatal(err)
		}
		k.AddFiles(rows)
		return k.FilesOf("main.orders", load)
	}
	load("first", true, a)
	touched := a
	touched.Mtime = at.Add(time.Hour)
	load("first", false, b, touched)
	want := map[string]state.File{a.Path: touched, b.Path: b}
	if diff := cmp.Diff(want, known("first")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, known("")); diff != "" {
		t.Errorf("files of the last load (-want +got):\n%s", diff)
	}
	other := tables
	other.Key.Project = "other"
	rows, err := s.Query(t.Context(), other.ReadFiles([]relation.Name{orders("").Name}), 0)
	if err != nil || len(rows.Values) > 0 {
		t.Errorf("another project knows %v, %v", rows, err)
	}
	load("second", true, b)
	if diff := cmp.Diff(map[string]state.File{b.Path: b}, known("")); diff != "" {
		t.Errorf("files after all were loaded again (-want +got):\n%s", diff)
	}
	if len(known("first")) > 0 {
		t.Error("files of an earlier load are known")
	}
	if got := read(t, s, tables).Find("model.orders", orders("").Name).Growth.Loaded; *got != (state.Loaded{Load: "second", Files: 1}) {
		t.Errorf("loaded is %+v", got)
	}
}

func TestAStateOfAnEarlierVersionIsWhole(t *testing.T) {
	t.Parallel()
	d := state.Damage{Missing: []string{"files", "tests"}}
	if got := d.Before(1); !cmp.Equal(got.Missing, []string{"tests"}) {
		t.Errorf("version 1 lacks %q", got.Missing)
	}
	if got := d.Before(2); len(got.Missing) != 2 {
		t.Errorf("version 2 lacks %q", got.Missing)
	}
	s, tables := open(t)
	exec(t, s, "alter table quern.files drop column seal")
	look := func() state.Damage {
		t.Helper()
		shapes, err := s.Shapes(t.Context(), "", check.StateSchema)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := tables.Look(shapes)
		return d
	}
	if d := look(); !d.Before(2).IsNone() || !cmp.Equal(d.Before(3).Altered, []string{"files"}) {
		t.Errorf("a state of version 2 has damage %+v, one of version 3 %+v", d.Before(2), d.Before(3))
	}
	exec(t, s, tables.Create()...)
	if d := look(); !d.Before(3).IsNone() {
		t.Errorf("a state that was brought forward has damage %+v", d)
	}
}
