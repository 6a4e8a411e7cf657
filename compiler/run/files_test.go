//go:build cgo

package run_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

// landing is a project whose model m loads each file of a folder once.
type landing struct {
	*growing
	// meanwhile is called before a build looks at a file.
	meanwhile func(name string)
	// loaded are the rows that m has to hold, by file.
	loaded map[string][]int
	files  map[string][]int
}

func newLanding(t *testing.T, keys string) *landing {
	t.Helper()
	l := &landing{
		growing: newGrowing(t, stagetest.Files{
			"models/s.yml": "sources:\n- {name: landing, tables: [{name: rows, files: \"data/*.csv\"}]}\n",
			"models/m.sql": "/* ---\nmaterialized: incremental\nnew_files_only: true\n" + keys +
				"columns: [{name: id, tests: [not_null, unique]}]\n--- */\nselect id, amount from {{ source \"landing\" \"rows\" }}",
			"models/r.sql": "/* ---\nmaterialized: table\n--- */\nselect count(*) as n from {{ ref \"m\" }}",
		}),
		loaded: map[string][]int{}, files: map[string][]int{},
	}
	if keys != "" {
		l.other = "other"
		l.exec("attach ':memory:' as other")
	}
	return l
}

// arrive writes a file.
func (l *landing) arrive(name string, ids ...int) {
	l.t.Helper()
	l.files[name] = ids
	var b strings.Builder
	b.WriteString("id,amount\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "%d,%d\n", id, id*10)
	}
	path := filepath.Join(l.dir, "data", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// Look lets something happen before it looks.
func (l *landing) Look(name string) (cache.Stat, error) {
	if l.meanwhile != nil {
		l.meanwhile(name)
	}
	return cache.Look(name)
}

// Hash does the same.
func (l *landing) Hash(name string) (string, error) {
	if l.meanwhile != nil {
		l.meanwhile(name)
	}
	data, err := os.ReadFile(name)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), err
}

func (l *landing) listing() *plan.Listing {
	l.t.Helper()
	entries, err := os.ReadDir(filepath.Join(l.dir, "data"))
	if err != nil {
		l.t.Fatal(err)
	}
	out := &plan.Listing{Hashes: map[string]string{}}
	for _, entry := range entries {
		f := plan.Listed{Name: filepath.Join(l.dir, "data", entry.Name())}
		if f.Stamp, err = cache.Look(f.Name); err != nil {
			l.t.Fatal(err)
		}
		f.File = state.File{Path: "data/" + entry.Name(), Size: f.Stamp.Size, Mtime: time.Unix(0, f.Stamp.Mtime).UTC()}
		data, err := os.ReadFile(f.Name)
		if err != nil {
			l.t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		out.Hashes[f.Path] = hex.EncodeToString(sum[:])
		out.Files = append(out.Files, f)
	}
	return out
}

func (l *landing) query(query string) *engine.Rows {
	l.t.Helper()
	session, err := l.engine.Session(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	defer session.Close()
	rows, err := session.Query(l.t.Context(), query, 0)
	if err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	return rows
}

func (l *landing) digest(name relation.Name) string {
	l.t.Helper()
	session, err := l.engine.Session(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	defer session.Close()
	digest, err := session.Digest(l.t.Context(), name)
	if err != nil {
		l.t.Fatal(err)
	}
	return digest.Content
}

// build builds everything. There are no results where the plan is refused.
func (l *landing) build(house run.Warehouse, force string, anyway bool) (*plan.Plan, *run.Results, diag.List) {
	l.t.Helper()
	existing, keeper := l.look()
	keeper.Disk = l
	if !keeper.Missing {
		rows := l.query(keeper.Tables.ReadFiles([]relation.Name{l.table()}))
		keeper.Known.AddFiles(rows)
	}
	contents := map[relation.Name]string{}
	if name := l.table(); l.other != "" && existing[name].Object.Name == name {
		contents[name] = l.digest(name)
	}
	p, diags := plan.Build(l.program, plan.Options{
		Contents: contents,
		Selected: everything(l.program), Dialect: l.engine.Dialect(), Existing: existing, State: keeper.Known,
		Sources: map[project.ID]string{}, Force: force, Anyway: anyway, RunTime: l.at,
		Listings: map[project.ID]*plan.Listing{"source.landing.rows": l.listing()},
	})
	if diags.HasErrors() {
		return p, nil, diags
	}
	results, err := run.Execute(l.t.Context(), p, house, nil, run.Options{ShowRows: 5, Threads: 1, State: keeper})
	if err != nil && !strings.Contains(err.Error(), "crash") {
		l.t.Fatalf("Execute: %v", err)
	}
	return p, results, diags
}

func (l *landing) table() relation.Name {
	return relation.Name{Database: l.other, Schema: "main", Identifier: "m"}
}

// succeeds builds everything, after which m holds the rows of each file once, also those of files that are gone.
func (l *landing) succeeds(what, force string, anyway bool) *plan.Plan {
	l.t.Helper()
	p, results, diags := l.build(warehouse{l.engine}, force, anyway)
	if results == nil {
		l.t.Fatalf("%s: plan: %v", what, stagetest.Lines(diags))
	}
	for _, s := range results.Steps {
		if s.Status != run.Success && s.Status != run.Unchanged {
			l.t.Fatalf("%s: %s: %s: %s %v", what, s.ID, s.Status, s.Reason, s.Tests)
		}
	}
	if force == plan.FullRefresh {
		l.loaded = map[string][]int{}
	}
	maps.Copy(l.loaded, l.files)
	l.holds(what)
	return p
}

func (l *landing) holds(what string) {
	l.t.Helper()
	var want []int
	for _, ids := range l.loaded {
		want = append(want, ids...)
	}
	slices.Sort(want)
	var got []int
	name := l.engine.Dialect().Relation(l.table())
	for _, row := range l.query("select id::bigint, amount::bigint from " + name + " order by id").Values {
		got = append(got, int(row[0].(int64)))
		if row[1].(int64) != row[0].(int64)*10 {
			l.t.Fatalf("%s: a row is %v", what, row)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		l.t.Fatalf("%s (-files +table):\n%s", what, diff)
	}
}

// isDone reports that another build has nothing to do.
func (l *landing) isDone(what string) {
	l.t.Helper()
	for _, s := range l.succeeds(what, "", false).Steps {
		if s.Action != plan.Skip {
			l.t.Fatalf("%s: another build: %s: %s, %s", what, s.ID, s.Action, s.Reason)
		}
	}
}

// TestFilesAreLoadedOnceAfterCrashes lets the process die at each call of a build that loads files, before and after
// it, and then builds again.
func TestFilesAreLoadedOnceAfterCrashes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ keys, force string }{
		"new files":                        {"", ""},
		"all files":                        {"", plan.FullRefresh},
		"new files, in another database":   {"database: other\n", ""},
		"all files, in another database":   {"database: other\n", plan.FullRefresh},
		"new files without a state so far": {"", "reset"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLanding(t, tc.keys)
			at := 1
			l.arrive("0.csv", 0)
			l.succeeds("at first", "", false)
			for _, after := range []bool{false, true} {
				done := false
				for call := int64(1); !done; call++ {
					l.arrive(fmt.Sprintf("%d.csv", at), 2*at, 2*at+1)
					at++
					force := tc.force
					if force == "reset" {
						l.exec("drop schema quern cascade", "drop table m", "drop table r")
						force, l.loaded = "", map[string][]int{}
					}
					c := &crash{warehouse: warehouse{l.engine}, after: after}
					c.left.Store(call)
					l.build(c, force, false)
					done = c.left.Load() > 0
					l.succeeds(fmt.Sprintf("after a crash at call %d", call), "", false)
					if call > 100 {
						t.Fatal("the build never ends")
					}
				}
				l.isDone("in the end")
			}
		})
	}
}

// TestFilesThatComeAndGo compares random arrivals, losses, failures and repetitions with what came.
func TestFilesThatComeAndGo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 3))
			l := newLanding(t, "")
			l.arrive("first.csv", 1)
			l.succeeds("at first", "", false)
			for id := 2; id < 18; id++ {
				what := fmt.Sprintf("round %d", id)
				switch r.IntN(8) {
				case 0: // written again, as it was
					name := slices.Sorted(maps.Keys(l.files))[r.IntN(len(l.files))]
					l.arrive(name, l.files[name]...)
				case 1:
					l.arrive(fmt.Sprintf("%d.csv", r.IntN(1000)+1000*id)) // without rows
				default:
					l.arrive(fmt.Sprintf("%d.csv", r.IntN(1000)+1000*id), id*10, id*10+1+r.IntN(9))
				}
				if r.IntN(2) == 0 {
					c := &crash{warehouse: warehouse{l.engine}, after: r.IntN(2) == 0}
					c.left.Store(1 + r.Int64N(20))
					l.build(c, "", false)
				}
				if r.IntN(4) == 0 {
					continue
				}
				gone := len(l.loaded) > 0 && slices.ContainsFunc(slices.Collect(maps.Keys(l.loaded)), func(name string) bool { _, ok := l.files[name]; return !ok })
				force := ""
				if r.IntN(6) == 0 {
					force = plan.FullRefresh
				}
				if _, results, diags := l.build(warehouse{l.engine}, force, false); force != "" && gone != (results == nil) {
					t.Fatalf("%s: a full refresh, with files gone: %t: %v", what, gone, stagetest.Lines(diags))
				} else if force != "" && results != nil {
					l.loaded = map[string][]int{}
				}
				l.succeeds(what, force, true)
				l.isDone(what)
				if r.IntN(3) == 0 && len(l.files) > 1 {
					name := slices.Sorted(maps.Keys(l.files))[r.IntN(len(l.files))]
					delete(l.files, name)
					if err := os.Remove(filepath.Join(l.dir, "data", name)); err != nil {
						t.Fatal(err)
					}
				}
			}
			l.succeeds("in the end", "", false)
		})
	}
}

// TestAFileThatChangesMeanwhile lets a file change at each look that a build takes at it.
func TestAFileThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, force := range map[string]string{"new": "", "all": plan.FullRefresh} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLanding(t, "")
			l.arrive("0.csv", 1)
			l.succeeds("at first", "", false)
			for at := 2; ; at++ {
				name := fmt.Sprintf("%d.csv", at)
				l.arrive(name, at*10)
				looks := 0
				l.meanwhile = func(looked string) {
					if filepath.Base(looked) != name {
						return
					}
					if looks++; looks == at-1 {
						l.arrive(name, at*10+1)
					}
				}
				_, results, _ := l.build(warehouse{l.engine}, force, false)
				l.meanwhile = nil
				if looks < at-1 {
					if at < 5 {
						t.Errorf("a build looks at a file %d times", looks)
					}
					break
				}
				s := results.Steps[0]
				if s.Status != run.Failed || s.Diagnostic == nil || s.Diagnostic.Code != diag.FileChanged {
					t.Fatalf("a file changed at look %d, and it is %s: %s", at-1, s.Status, s.Reason)
				}
				l.holds("after it was refused")
				l.succeeds("built again", force, false)
				l.isDone("built again")
			}
		})
	}
}
