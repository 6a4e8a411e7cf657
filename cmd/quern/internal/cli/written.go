package cli

import (
	"context"
	"path/filepath"
	"time"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/cache"
)

// written is what compile wrote below target/, as a record says and as it is still there.
type written struct {
	name, dir string
	// noted is nil where there is none, or where something is no longer as it was written. With the record
	// stands the layout of the lineage.
	noted *cache.Noted
	now   time.Time
	later func(func())
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
	noted := cache.ReadNoted(w.name, stamp())
	if noted == nil {
		return w
	}
	changes, err := noted.Record.Check(ctx, cache.CheckOptions{Dir: w.dir, Now: w.now, ReadAll: a.Flags.NoStatCache, TrustFolders: true})
	if err != nil || changes.Any() {
		return w
	}
	noted.Record = changes.Now
	if w.noted = noted; changes.Renewed {
		w.keep(noted)
	}
	return w
}

// isOf reports whether everything that the compile of an id writes is there.
func (w *written) isOf(id cache.Digest) bool { return w.noted != nil && w.noted.Of == id }

// keep writes the record at the end.
func (w *written) keep(noted *cache.Noted) {
	// A cache that cannot be written is none.
	w.later(func() { _ = noted.Write(w.name, stamp()) })
}

// edited writes the models of a result from the cache that were edited.
func (w *written) edited(r compiler.Result, files map[string]string) error {
	if len(r.Edited) == 0 {
		return nil
	}
	if err := writeCompiled(filepath.Join(w.dir, compiledFolder), files, false); err != nil {
		return err
	}
	var lineage *lineageFile
	if r.Traced {
		var err error
		if lineage, err = rewriteLineage(w.dir, w.noted.More, r); err != nil {
			return err
		}
	}
	if len(files) < len(r.Edited) {
		return nil // a selection left some out
	}
	w.later(func() { w.keep(w.rewritten(r.ID, digestsOf(files), lineage)) })
	return nil
}

// rewritten gives what is noted after some files were written again, and the lineage where it is not nil.
func (w *written) rewritten(id cache.Digest, digests map[string]cache.Digest, lineage *lineageFile) *cache.Noted {
	out := &cache.Noted{Of: id, Record: w.noted.Record.Rewritten(w.dir, w.now, digests), More: w.noted.More}
	if lineage != nil {
		lineage.note(out, w.dir)
	}
	return out
}

// note adds what was written to what is noted.
func (f *lineageFile) note(n *cache.Noted, dir string) {
	n.Record, n.More = n.Record.WithLong(dir, artifact.LineageFile, f.sum), f.layout.Encode()
}

// compiledFolder holds the rendered SQL.
const compiledFolder = "compiled"

func digestsOf(files map[string]string) map[string]cache.Digest {
	digests := make(map[string]cache.Digest, len(files))
	for name, text := range files {
		digests[compiledFolder+"/"+name] = cache.Sum([]byte(text))
	}
	return digests
}

// all writes the SQL of a whole project, of which it looks at what is not known to be there alone.
func (w *written) all(files map[string]string) (*rewriting, error) {
	r := &rewriting{digests: digestsOf(files)}
	dir := filepath.Join(w.dir, compiledFolder)
	if w.noted == nil {
		return r, writeCompiled(dir, files, true)
	}
	known := w.noted.Record.Digests()
	r.changed = map[string]cache.Digest{}
	changed := map[string]string{}
	same := len(known) == len(files)
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
func (w *written) keepAll(r compiler.Result, of *rewriting, lineage *lineageFile) {
	if r.ID == (cache.Digest{}) {
		return
	}
	w.later(func() {
		if of.changed != nil {
			w.keep(w.rewritten(r.ID, of.changed, lineage))
			return
		}
		noted := &cache.Noted{Of: r.ID, Record: cache.Written(w.dir, w.now, of.digests)}
		lineage.note(noted, w.dir)
		w.keep(noted)
	})
}
