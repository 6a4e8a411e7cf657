package cli

import (
	"context"
	"maps"
	"path/filepath"
	"time"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/cache"
)

// written is what compile wrote below target/, as a record says and as it is still there.
type written struct {
	name, dir string
	// record is nil where there is none, or where something is no longer as it was written. It was written
	// for the compile of the id.
	record *cache.Record
	id     cache.Digest
	now    time.Time
	later  func(func())
}

// writtenFile is where the record is kept.
const writtenFile = "compiled"

// written looks for what was written for a project.
func (a *App) written(ctx context.Context, project string) *written {
	w := &written{
		name: filepath.Join(cacheFolder(project), writtenFile), dir: filepath.Join(project, "target"),
		now: a.Now(), later: func(do func()) { a.later = append(a.later, do) },
	}
	if a.Flags.NoCache {
		return w
	}
	record, id := cache.ReadRecord(w.name, stamp())
	if record == nil {
		return w
	}
	changes, err := record.Check(ctx, cache.CheckOptions{Dir: w.dir, Now: w.now, ReadAll: a.Flags.NoStatCache, TrustFolders: true})
	if err != nil || changes.Any() {
		return w
	}
	w.record, w.id = changes.Now, id
	if changes.Renewed {
		w.keep(id, changes.Now)
	}
	return w
}

// isOf reports whether everything that the compile of an id writes is there.
func (w *written) isOf(id cache.Digest) bool { return w.record != nil && w.id == id }

// keep writes the record at the end.
func (w *written) keep(id cache.Digest, record *cache.Record) {
	// A cache that cannot be written is none.
	w.later(func() { _ = cache.WriteRecord(w.name, stamp(), id, record) })
}

// edited writes the models of a result from the cache that were edited.
func (w *written) edited(r compiler.Result, files map[string]string) error {
	if len(r.Edited) == 0 {
		return nil
	}
	if err := writeCompiled(filepath.Join(w.dir, compiledFolder), files, false); err != nil {
		return err
	}
	digests := digestsOf(files)
	if r.Traced {
		lineage, err := writeLineage(w.dir, r)
		if err != nil {
			return err
		}
		digests[artifact.LineageFile] = lineage
	}
	if len(files) < len(r.Edited) {
		return nil // a selection left some out
	}
	w.later(func() { w.keep(r.ID, w.record.Rewritten(w.dir, w.now, digests)) })
	return nil
}

// compiledFolder holds the rendered SQL.
const compiledFolder = "compiled"

func digestsOf(files map[string]string) map[string]cache.Digest {
	digests := make(map[string]cache.Digest, len(files)+1)
	for name, text := range files {
		digests[compiledFolder+"/"+name] = cache.Sum([]byte(text))
	}
	return digests
}

// all writes the SQL of a whole project, of which it looks at what is not known to be there alone.
func (w *written) all(files map[string]string) (*rewriting, error) {
	r := &rewriting{digests: digestsOf(files)}
	dir := filepath.Join(w.dir, compiledFolder)
	if w.record == nil {
		return r, writeCompiled(dir, files, true)
	}
	known := w.record.Digests()
	r.changed = map[string]cache.Digest{}
	changed := map[string]string{}
	same := len(known) == len(files)+1 // and the lineage
	for name, digest := range r.digests {
		was, ok := known[name]
		same = same && ok
		if was != digest {
			file := name[len(compiledFolder)+1:]
			r.changed[name], changed[file] = digest, files[file]
		}
	}
	if !same {
		r.changed = nil
		return r, writeCompiled(dir, files, true)
	}
	return r, writeCompiled(dir, changed, false)
}

// rewriting is what was written for a whole project: the digests of all files, and those of the changed
// ones where all others were there.
type rewriting struct{ digests, changed map[string]cache.Digest }

// keepAll records what was written for a whole project.
func (w *written) keepAll(r compiler.Result, of *rewriting, lineage cache.Digest) {
	if r.ID == (cache.Digest{}) {
		return
	}
	w.later(func() {
		if of.changed != nil {
			of.changed[artifact.LineageFile] = lineage
			w.keep(r.ID, w.record.Rewritten(w.dir, w.now, of.changed))
			return
		}
		digests := maps.Clone(of.digests)
		digests[artifact.LineageFile] = lineage
		w.keep(r.ID, cache.Written(w.dir, w.now, digests))
	})
}
