//go:build cgo

package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/all"
	"github.com/quernsql/quern/cmd/quern/internal/cli"
	"github.com/quernsql/quern/compiler/relation"
)

// past is a project with a history: its models and data change, and it is built now and then.
type past struct {
	t    *testing.T
	r    *rand.Rand
	dir  string
	done []string // for messages

	models []pastModel
	seeds  [2][]int
	files  map[string][]int
	limit  int // of a test that may fail
	schema string
	// grouped says that models may be published together.
	grouped bool
	// compared is how many builds were compared with one from scratch.
	compared int
}

// pastModel is a model of whole numbers.
type pastModel struct {
	reads        []string
	kind         string
	add, modulus int
	layout       int
	star, alias  bool
	// together says that it is in the publish group, if it can be.
	together bool
}

func newPast(t *testing.T, seed uint64) *past {
	p := &past{
		t: t, r: rand.New(rand.NewPCG(seed, 2)), dir: t.TempDir(), limit: 1 << 20, schema: "main",
		grouped: seed%2 == 1, seeds: [2][]int{{1, 2, 3}, {5, 8}}, files: map[string][]int{"a": {1, 4}, "b": {9}},
	}
	for range 7 {
		p.models = append(p.models, p.model(len(p.models)))
	}
	p.write("models/sources.yml", "sources: [{name: raw, tables: [{name: numbers, files: \"data/*.csv\", format: csv}]}]\n")
	p.save()
	return p
}

// model makes up the model of a number, which reads what comes before it.
func (p *past) model(at int) pastModel {
	m := pastModel{kind: p.pick("table", "table", "table", "view", "view", "ephemeral", "external"), add: p.r.IntN(4), modulus: 2 + p.r.IntN(4), star: p.r.IntN(3) == 0}
	m.together = p.grouped && p.r.IntN(3) > 0
	for range 1 + p.r.IntN(2) {
		m.reads = append(m.reads, p.input(at))
	}
	return m
}

func (p *past) input(at int) string {
	switch n := p.r.IntN(at + 3); {
	case n < at:
		return fmt.Sprintf("{{ ref \"m%d\" }}", n)
	case n == at:
		return "{{ source \"raw\" \"numbers\" }}"
	default:
		return fmt.Sprintf("{{ ref \"s%d\" }}", n-at-1)
	}
}

func (p *past) pick(words ...string) string { return words[p.r.IntN(len(words))] }

func (p *past) write(name, text string) {
	p.t.Helper()
	full := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// save writes the project as it is now.
func (p *past) save() {
	p.write("quern.yml", fmt.Sprintf("name: past\ntarget: dev\ntargets:\n  dev: {type: duckdb, path: dev.duckdb, schema: %s}\n"+
		"  clean: {type: duckdb, path: clean.duckdb, schema: %[1]s}\n", p.schema))
	grouped := p.inGroup()
	for i, m := range p.models {
		var parts []string
		for _, read := range m.reads {
			columns := fmt.Sprintf("v + %d as v", m.add)
			if m.star {
				// No count(*) over (): DuckDB 1.5 now and then fails inside when no row reaches a window (its issue 22352).
				columns = fmt.Sprintf("v + %d as v, (select count(*) from %s) as n", m.add, read)
			}
			parts = append(parts, fmt.Sprintf("select %s from %s as x where v %% %d <> 1", columns, read, m.modulus))
		}
		text := strings.Join(parts, "\nunion all by name\n")
		switch m.layout % 4 {
		case 1:
			text = "-- a comment\n" + strings.ReplaceAll(text, " as v", "\n  AS v")
		case 2:
			text = strings.ReplaceAll(text, "select ", "SELECT /* all */ ")
		case 3:
			text = "{{/* nothing */}}" + text + " -- end\n"
		}
		p.write(fmt.Sprintf("models/m%d.sql", i), fmt.Sprintf("/* ---\nmaterialized: %s\n%s--- */\n%s\n", m.kind, p.more(i)+grouped[i], text))
	}
	for i, rows := range p.seeds {
		p.write(fmt.Sprintf("seeds/s%d.csv", i), csvOf(rows))
	}
	for name, rows := range p.files {
		p.write("data/"+name+".csv", csvOf(rows))
	}
	var described strings.Builder
	described.WriteString("models:\n")
	for i, m := range p.models {
		if m.kind != "ephemeral" {
			fmt.Fprintf(&described, "  - name: m%d\n    columns: [{name: v, tests: [not_null, {between: {max: %d, config: {severity: %s}}}]}]\n",
				i, p.limit, []string{"error", "warn"}[i%2])
		}
	}
	p.write("models/models.yml", described.String())
}

// more gives the other settings of a model.
func (p *past) more(i int) string {
	out := ""
	if m := p.models[i]; m.alias {
		out = fmt.Sprintf("alias: m%dx\n", i)
		if before := i - 1; before >= 0 && p.models[before].alias { // the two have each other's names
			out = fmt.Sprintf("alias: m%dx\n", before)
		} else if i+1 < len(p.models) && p.models[i+1].alias {
			out = fmt.Sprintf("alias: m%dx\n", i+1)
		}
	}
	if p.models[i].kind == "external" {
		out += fmt.Sprintf("format: csv\nlocation: '{{ target \"name\" }}/m%d.csv'\n", i)
	}
	return out
}

func csvOf(rows []int) string {
	var b strings.Builder
	b.WriteString("v\n")
	for _, v := range rows {
		fmt.Fprintln(&b, v)
	}
	return b.String()
}

// nodeEdits is how many kinds of edits there are.
const nodeEdits = 7

// editNode changes the code of a model, or the rows of a seed.
func (p *past) editNode(what, i int) {
	m := &p.models[i]
	switch what {
	case 0:
		m.add = p.r.IntN(6)
	case 1:
		m.modulus = 2 + p.r.IntN(4)
	case 2:
		*m = p.model(i)
	case 3:
		m.layout++
	case 4:
		m.kind = p.pick("table", "view", "ephemeral", "external")
	case 5:
		m.star = !m.star
	case 6:
		s := p.r.IntN(2)
		p.seeds[s] = append(p.seeds[s], p.r.IntN(20))
	}
	p.done = append(p.done, fmt.Sprintf("edit %d of m%d", what, i))
}

// change lets something happen: an edit, new data, another hand on the target.
func (p *past) change() {
	i := p.r.IntN(len(p.models))
	m := &p.models[i]
	changes := nodeEdits + 11
	if p.grouped {
		changes++
	}
	what := p.r.IntN(changes)
	switch what - nodeEdits {
	default:
		p.editNode(what, i)
		p.save()
		return
	case 10:
		m.layout++
	case 11:
		m.together = !m.together
	case 0:
		s := p.r.IntN(2)
		slices.Reverse(p.seeds[s]) // the same rows
	case 1:
		p.files[p.pick("a", "b", "c")] = []int{p.r.IntN(20), p.r.IntN(20)}
	case 2:
		p.limit = []int{1 << 20, 15, 1 << 20}[p.r.IntN(3)]
	case 3:
		p.alter(fmt.Sprintf("delete from %s.m%d where v %% 2 = 0", p.schema, i))
	case 4:
		p.alter(fmt.Sprintf("drop table if exists %s.m%d cascade", p.schema, i))
	case 5:
		m.alias = !m.alias
	case 6:
		p.alter(fmt.Sprintf("create or replace view %s.m%d as select %d as v", p.schema, i, p.r.IntN(9)))
	case 7:
		p.schema = p.pick("main", "other")
	case 8:
		_ = os.WriteFile(filepath.Join(p.dir, "dev", fmt.Sprintf("m%d.csv", i)), []byte("v\n3\n"), 0o600) // if it is there
	case 9:
		p.alter(fmt.Sprintf("insert into %s.s%d values (3)", p.schema, p.r.IntN(2)))
	}
	p.done = append(p.done, fmt.Sprintf("change %d of m%d", what, i))
	p.save()
}

// alter changes the target behind the project's back. A statement that fails changes nothing.
func (p *past) alter(statement string) {
	p.session("dev", func(s adapters.Session) { _ = s.Exec(context.Background(), statement) })
}

func (p *past) session(target string, do func(s adapters.Session)) {
	p.t.Helper()
	ctx := context.Background()
	e, err := all.Registry()["duckdb"].Open(ctx, adapters.Config{Dir: p.dir, Settings: map[string]any{"path": target + ".duckdb"}})
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := e.Session(ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		p.t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// interrupted begins a build that is ended after a while.
func (p *past) interrupted() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(p.r.IntN(80))*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	cli.Main(ctx, []string{"build"}, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, cli.Env{
		LookupEnv: func(string) (string, bool) { return "", false }, Now: time.Now, Dir: p.dir,
	})
	p.done = append(p.done, "interrupted build")
}

// quern runs a command and gives its exit code and what it says.
func (p *past) quern(args ...string) (int, string) {
	var out bytes.Buffer
	code := cli.Main(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, cli.Env{
		LookupEnv: func(string) (string, bool) { return "", false }, Now: time.Now, Dir: p.dir,
	})
	p.done = append(p.done, strings.Join(args, " "))
	return code, out.String()
}

// relations gives the rows of all relations of a target.
func (p *past) relations(target string) map[string]string {
	out := map[string]string{}
	p.session(target, func(s adapters.Session) {
		ctx := context.Background()
		objects, err := s.List(ctx, "", p.schema)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, o := range objects {
			if strings.HasSuffix(o.Name.Identifier, "__candidate") {
				continue
			}
			rows, err := s.Query(ctx, "select * from "+p.schema+"."+o.Name.Identifier+" order by all", 0)
			if err != nil {
				out[o.Name.Identifier] = err.Error()
				continue
			}
			out[o.Name.Identifier] = fmt.Sprint(kindOf(o), rows.Columns, rows.Values)
		}
	})
	return out
}

func kindOf(o relation.Object) string { return o.Kind.String() }

// TestSkippingIsBuildingAnew changes projects and data at random, builds now and then, the whole project or a
// part of it, and compares with a build from scratch: whatever was left out has the rows it would have had.
func TestSkippingIsBuildingAnew(t *testing.T) {
	t.Parallel()
	for seed := range howMany(histories) {
		t.Run(fmt.Sprint("history ", seed), func(t *testing.T) {
			t.Parallel()
			p := newPast(t, seed)
			for range 5 {
				for range 1 + p.r.IntN(2) {
					p.change()
				}
				if p.r.IntN(3) == 0 {
					p.quern("build", "-q", "-s", fmt.Sprintf("%sm%d%s", p.pick("", "+"), p.r.IntN(len(p.models)), p.pick("", "+")))
					if p.r.IntN(2) == 0 {
						p.change()
					}
				}
				if p.r.IntN(4) == 0 {
					p.interrupted()
					if p.r.IntN(2) == 0 {
						p.change()
					}
				}
				p.compare()
				if t.Failed() {
					t.Fatalf("after %q", p.done)
				}
			}
			if p.compared == 0 {
				t.Errorf("no build of this history succeeded, so that nothing was compared: %q", p.done)
			}
		})
	}
}

// howMany gives the number of histories to try: n, or QUERN_TEST_HISTORIES.
func howMany(n uint64) uint64 {
	if more, err := strconv.ParseUint(os.Getenv("QUERN_TEST_HISTORIES"), 10, 32); err == nil {
		return more
	}
	return n
}

// histories is how many histories are tried; "make soak" tries 500.
const histories = 12

// compare builds on the target, and from scratch on another one.
func (p *past) compare() {
	code, said := p.quern("build")
	if err := os.RemoveAll(filepath.Join(p.dir, "clean.duckdb")); err != nil {
		p.t.Fatal(err)
	}
	cleanCode, cleanSaid := p.quern("build", "--target", "clean")
	if code != cleanCode {
		p.t.Errorf("exit code %d, from scratch %d:\n%s\n%s", code, cleanCode, said, cleanSaid)
		return
	}
	got, scratch := p.relations("dev"), p.relations("clean")
	for name, want := range scratch { // after a failure: what does not depend on what failed
		if diff := cmp.Diff(want, got[name]); diff != "" {
			p.t.Errorf("%s (-scratch +skipping), exit code %d:\n%s\n%s", name, code, diff, said)
		}
	}
	if len(scratch) > 0 {
		p.compared++
	}
	if code != cli.ExitOK {
		return
	}
	if _, said := p.quern("build"); !strings.HasPrefix(said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:], "built 0, unchanged ") {
		p.t.Errorf("another build does something:\n%s", said)
	}
}
