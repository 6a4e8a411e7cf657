package cli

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/replace"
)

// keptRun is how nodes and tests ended in the last run, as an earlier command read it. It holds as long as the files of
// the target are as they were.
type keptRun struct {
	// Of says which program read it, and of which project and target.
	Of      string
	Stamps  []fileStamp
	Results map[project.ID]string
}

func keptRunFile(p *project.Project) string { return filepath.Join(cacheFolder(p.Dir), "results") }

func ofRun(p *project.Project) string {
	of, _ := json.Marshal([]any{stamp(), p.Name, p.Target.Name, p.Target.Environment, p.Target.StateSchema}) // it can be written
	return string(of)
}

// lastResults says how nodes and tests ended in the last run. It opens the target only where nobody asked before, or
// where its files changed since.
func (a *App) lastResults(ctx context.Context, p *project.Project) (map[project.ID]string, error) {
	before, ok := a.stampsOf(p)
	if ok {
		if results, ok := a.keptResults(p, before); ok {
			return results, nil
		}
	}
	last, err := a.lastRun(ctx, p)
	if err == nil && ok {
		a.keepResults(p, last.results, before)
	}
	return last.results, err
}

func (a *App) keptResults(p *project.Project, now []fileStamp) (map[project.ID]string, bool) {
	if a.Flags.NoCache || a.Flags.NoStatCache {
		return nil, false
	}
	var kept keptRun
	data, err := os.ReadFile(keptRunFile(p))
	if err != nil || json.Unmarshal(data, &kept) != nil || kept.Of != ofRun(p) || !slices.Equal(kept.Stamps, now) {
		return nil, false
	}
	return kept.Results, true
}

// keepResults keeps what was read. Before are the files of the target as they were then.
func (a *App) keepResults(p *project.Project, results map[project.ID]string, before []fileStamp) {
	if after, ok := a.stampsOf(p); a.Flags.NoCache || !ok || !slices.Equal(before, after) {
		return
	}
	data, err := json.Marshal(keptRun{Of: ofRun(p), Stamps: before, Results: results})
	if err != nil {
		return
	}
	a.later = append(a.later, func() { // what cannot be kept is read anew
		_ = replace.Derived(keptRunFile(p), 0o644, func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
	})
}
