package cli

import (
	"context"
	"path/filepath"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/cache"
)

// written is the record of what compile wrote below target/.
type written struct {
	record *cache.Record
	dir    string
}

// writtenFile is where the record is kept.
const writtenFile = "compiled"

// written gives the record of what was written for the compile of that id; nil where there is none, or
// where something is no longer as it was written.
func (a *App) written(ctx context.Context, id cache.Digest) *written {
	project, err := a.ProjectDir()
	if err != nil {
		return nil
	}
	w := &written{dir: filepath.Join(project, "target")}
	name := filepath.Join(cacheFolder(project), writtenFile)
	if w.record = cache.ReadRecord(name, stamp(), id); w.record == nil {
		return nil
	}
	changes, err := w.record.Check(ctx, cache.CheckOptions{
		Dir: w.dir, Now: a.Now(), ReadAll: a.Flags.NoStatCache, TrustFolders: true,
	})
	if err != nil || changes.Any() {
		return nil
	}
	w.record = changes.Now
	if changes.Renewed {
		// A cache that cannot be written is none.
		a.later = append(a.later, func() { _ = cache.WriteRecord(name, stamp(), id, w.record) })
	}
	return w
}

// rewrite writes the models of a result from the cache that were edited, and records that.
func (a *App) rewrite(kept *written, r compiler.Result, files map[string]string) error {
	if len(r.Edited) == 0 {
		return nil
	}
	now := a.Now()
	if err := writeCompiled(filepath.Join(kept.dir, "compiled"), files, false); err != nil {
		return err
	}
	var lineage []byte
	if r.Traced {
		var err error
		if lineage, err = writeLineage(kept.dir, r); err != nil {
			return err
		}
	}
	if len(files) < len(r.Edited) {
		return nil // a selection left some out
	}
	a.later = append(a.later, func() {
		digests := make(map[string]cache.Digest, len(files))
		for name, text := range files {
			digests["compiled/"+name] = cache.Sum([]byte(text))
		}
		if lineage != nil {
			digests[artifact.LineageFile] = cache.Digest(lineage[:16])
		}
		// A cache that cannot be written is none.
		_ = cache.WriteRecord(filepath.Join(cacheFolder(r.Project.Dir), writtenFile), stamp(), r.ID,
			kept.record.Rewritten(kept.dir, now, digests))
	})
	return nil
}

// keepWritten records what was written for a whole project.
func (a *App) keepWritten(r compiler.Result, files map[string]string, lineage []byte) {
	if r.ID == (cache.Digest{}) {
		return
	}
	now := a.Now()
	a.later = append(a.later, func() {
		digests := make(map[string]cache.Digest, len(files)+1)
		for name, text := range files {
			digests["compiled/"+name] = cache.Sum([]byte(text))
		}
		digests[artifact.LineageFile] = cache.Digest(lineage[:16])
		record := cache.Written(filepath.Join(r.Project.Dir, "target"), now, digests)
		// A cache that cannot be written is none.
		_ = cache.WriteRecord(filepath.Join(cacheFolder(r.Project.Dir), writtenFile), stamp(), r.ID, record)
	})
}
