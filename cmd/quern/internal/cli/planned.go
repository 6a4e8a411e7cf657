package cli

import (
	"context"
	"encoding/json"
	"fmt"
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
}

// planFile is where the plan of the whole project is kept.
const planFile = "state"

// fileStamp is a file of the target; a zero stamp is one that is not there.
type fileStamp struct {
	Path  string
	Stamp cache.Stat
}

// stampsOf looks at the files that hold a target; it gives false where these cannot be told.
func (a *App) stampsOf(p *project.Project) ([]fileStamp, bool) {
	adapter, ok := a.Registry[p.Target.Type]
	if !ok || adapter.Files == nil {
		return nil, false
	}
	files, ok := adapter.Files(adapters.Config{Dir: p.Dir, Settings: p.Target.Settings, Environment: p.Target.Environment})
	if !ok {
		return nil, false
	}
	return look(files), true
}

func look(files []string) []fileStamp {
	out := make([]fileStamp, len(files))
	for i, name := range files {
		out[i].Path = name
		out[i].Stamp, _ = cache.Look(name) // what is not there has none
	}
	return out
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
	k := &keptPlan{noted: noted, timed: d.Bool(), brief: d.Text(), full: d.Text()}
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

// holds reports whether the data files are as they were.
func (k *keptPlan) holds(ctx context.Context, a *App, dir string) bool {
	changes, err := k.noted.Record.Check(ctx, cache.CheckOptions{Dir: dir, Now: a.Now()})
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

// keepPlan keeps a plan for the next command. Before are the files of the target as they were when it was looked at.
func (a *App) keepPlan(r compiler.Result, p *plan.Plan, words string, before []fileStamp) {
	if a.Flags.NoCache || r.ID == (cache.Digest{}) {
		return
	}
	if after, ok := a.stampsOf(r.Project); !ok || !slices.Equal(before, after) {
		return
	}
	record := a.dataOf(r)
	if record == nil {
		return
	}
	shown := view.ShownPlan(p)
	stamps, err1 := json.Marshal(before)
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
	noted := &cache.Noted{Of: r.ID, Record: record, More: string(e.Bytes())}
	name := filepath.Join(cacheFolder(r.Project.Dir), planFile)
	// What cannot be kept is made anew.
	a.later = append(a.later, func() { _ = noted.Write(name, stamp()) })
}

// dataOf notes the files that the project's nodes read and wrote; nil where one of them cannot be looked at, or where
// a source in the target could change without them.
func (a *App) dataOf(r compiler.Result) *cache.Record {
	dir := r.Project.Dir
	// All times are trusted, also those of files that were just written: a plan only shows what a build would do.
	const settled = time.Minute
	recorder := cache.NewRecorder(dir, a.Now().Add(settled))
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
			recorder.Data(location)
			if info, err := os.Stat(location); err == nil && info.IsDir() {
				recorder.Pattern(path.Join(filepath.ToSlash(location), "**"))
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
