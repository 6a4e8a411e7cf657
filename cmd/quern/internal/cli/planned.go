package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/held"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
)

// keptPlan is a plan that an earlier command made. It holds as long as the project, the data files and the files of the
// target are as they were, and then nobody has to open the target.
type keptPlan struct {
	noted *cache.Noted
	// brief and full are what is shown of it, as JSON.
	brief, full string
	timed       bool
	// idle is what a build does of it, as idle.go writes it; "" where there is something to do.
	idle string
}

// planFile is where the plan of the whole project is kept.
const planFile = "state"

// newData is how much of the data files that changed just now is read, so that they can be told to be the same.
const newData = 32 << 20

// fileStamp is a file of the target; a zero stamp is one that is not there.
type fileStamp struct {
	Path  string
	Stamp cache.Stat
	// Head is the digest of how the file begins. An engine that writes into its file in place counts there how often
	// it did; so what no clock can tell apart is told apart.
	Head cache.Digest
}

// headSize is how much of a file is its head.
const headSize = 16 << 10

// stampsOf looks at the files that hold a target; it gives false where these cannot be told.
func (a *App) stampsOf(p *project.Project) ([]fileStamp, bool) {
	files, ok := a.targetFiles(p)
	if !ok {
		return nil, false
	}
	return look(files), true
}

// targetFiles gives the paths of the files of a target, as far as they are known, and whether these are all.
func (a *App) targetFiles(p *project.Project) (paths []string, all bool) {
	adapter, ok := a.Registry[p.Target.Type]
	if !ok || adapter.Files == nil {
		return nil, false
	}
	return adapter.Files(adapters.Config{Dir: p.Dir, Settings: p.Target.Settings, Environment: p.Target.Environment})
}

func look(files []string) []fileStamp {
	out := stampsOnly(files)
	for i := range out {
		out[i].Head = headOf(out[i].Path)
	}
	return out
}

// stampsOnly leaves the heads out, which nobody can read of a file that is held.
func stampsOnly(files []string) []fileStamp {
	out := make([]fileStamp, len(files))
	for i, name := range files {
		out[i].Path = name
		out[i].Stamp, _ = cache.Look(name) // what is not there has none
	}
	return out
}

func headOf(name string) (head cache.Digest) {
	_ = held.Read(name, func() error { // what cannot be read has no head
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		text, err := io.ReadAll(io.LimitReader(file, headSize))
		if err == nil {
			head = cache.Sum(text)
		}
		return err
	})
	return head
}

// isSame reports whether two looks at the files of a target found the same; one of them may be without heads.
func isSame(a, b []fileStamp) bool {
	return slices.EqualFunc(a, b, func(a, b fileStamp) bool {
		heads := a.Head != cache.Digest{} && b.Head != cache.Digest{}
		return a.Path == b.Path && a.Stamp == b.Stamp && (!heads || a.Head == b.Head)
	})
}

// kept reads the plan that is kept for the same words of the command line; nil where there is none.
func (a *App) kept(dir, words string) *keptPlan {
	if a.Flags.NoCache || a.Flags.NoStatCache {
		return nil
	}
	noted := cache.ReadNoted(filepath.Join(cacheFolder(dir), planFile), stamp())
	if noted == nil {
		return nil
	}
	d := cache.NewDecoder(noted.More)
	of, stamps := d.Text(), d.Text()
	k := &keptPlan{noted: noted, timed: d.Bool(), brief: d.Text(), full: d.Text(), idle: d.Text()}
	var was []fileStamp
	if !d.Done() || of != words || json.Unmarshal([]byte(stamps), &was) != nil {
		return nil
	}
	for _, f := range was {
		if now := look([]string{f.Path})[0]; now != f {
			return nil
		}
	}
	return k
}

// holds reports whether the data files are as they were. Trusting takes the times of files for true that were written
// just before they were looked at: that does for a plan, which only shows what a build would do.
func (k *keptPlan) holds(ctx context.Context, a *App, dir string, trusting bool) bool {
	record := *k.noted.Record
	if trusting {
		record.Start = a.Now().Add(time.Minute)
	}
	changes, err := record.Check(ctx, cache.CheckOptions{Dir: dir, Now: a.Now()})
	return err == nil && !changes.Any()
}

// shown decodes what is shown.
func (k *keptPlan) shown(all bool) (out view.Planned, err error) {
	text := k.brief
	if all {
		text = k.full
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return out, fmt.Errorf("read the plan that is kept: %w", err)
	}
	return out, nil
}

// planned is a plan with what was looked at before it was made.
type planned struct {
	plan *plan.Plan
	// stamps are the files of the target, data the files that are read and written.
	stamps []fileStamp
	data   *cache.Record
}

// before looks at what a plan is made from; the plan is set later.
func (a *App) before(r compiler.Result) *planned {
	stamps, ok := a.stampsOf(r.Project)
	if !ok || a.Flags.NoCache {
		return nil
	}
	return &planned{stamps: stamps, data: a.dataOf(r, a.Now())}
}

// keepPlan keeps a plan for the next command, unless what it was made from changed meanwhile.
func (a *App) keepPlan(r compiler.Result, p *planned, words string) {
	if p == nil || p.plan == nil || p.data == nil || a.Flags.NoCache || r.ID == (cache.Digest{}) {
		return
	}
	after, ok := a.stampsOf(r.Project)
	if !ok || !isSame(p.stamps, after) {
		return
	}
	if now := a.dataOf(r, p.data.Start); now == nil || !p.data.Same(now) {
		return
	}
	shown := view.ShownPlan(p.plan)
	stamps, err1 := json.Marshal(after)
	brief, err2 := json.Marshal(shown.Brief())
	full, err3 := json.Marshal(shown)
	if err1 != nil || err2 != nil || err3 != nil {
		return
	}
	var e cache.Encoder
	e.Text(words)
	e.Text(string(stamps))
	e.Bool(r.Program.Timed() && slices.ContainsFunc(shown.Steps, func(s view.PlannedStep) bool { return len(s.Statements) > 0 }))
	e.Text(string(brief))
	e.Text(string(full))
	e.Text(encodeIdle(p.plan))
	noted := &cache.Noted{Of: r.ID, Record: p.data, More: string(e.Bytes())}
	name := filepath.Join(cacheFolder(r.Project.Dir), planFile)
	// What cannot be kept is made anew.
	a.later = append(a.later, func() { _ = noted.Write(name, stamp()) })
}

// dataOf notes the files that the project's nodes read and wrote, by a look that began at start; nil where one of them cannot be looked at, or where
// a source in the target could change without them.
func (a *App) dataOf(r compiler.Result, start time.Time) *cache.Record {
	dir := r.Project.Dir
	recorder := cache.NewRecorder(dir, start)
	recorder.ReadNew(newData)
	for i, n := range r.Graph.Nodes {
		switch location := r.Program.Nodes[i].Location; {
		case n.Kind == link.Source && strings.Contains(n.Source.Files, "://"):
			return nil
		case n.Kind == link.Model && n.Model.Incremental.Strategy == increment.Microbatch:
			return nil // there is something to do when the next window begins
		case n.Kind == link.Source && n.Source.Files != "":
			recorder.Pattern(n.Source.Files)
		case n.Kind == link.Seed:
			recorder.Seed(n.Seed.Path)
		case location != "":
			if info, err := os.Stat(location); err == nil && info.IsDir() {
				recorder.Pattern(path.Join(filepath.ToSlash(location), "**"))
			} else {
				recorder.Data(location)
			}
		}
	}
	return recorder.Record(cache.Inputs{})
}

// words are the flags that a plan depends on.
func (f *planFlags) words() string {
	flags := []any{
		f.selects, f.excludes, f.selector, f.tests, f.noTests, f.force, f.fullRefresh, f.dropOrphans, f.start, f.end,
	}
	text, _ := json.Marshal(flags) // it has no value that fails
	return string(text)
}
