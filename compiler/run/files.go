package run

import (
	"context"
	"fmt"
	"time"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// Disk looks at files.
type Disk interface {
	// Look gives what the file system says of a file.
	Look(name string) (cache.Stat, error)
	// Hash gives that of the contents of a file.
	Hash(name string) (string, error)
}

// read are the files of a step, as they were before their rows were read.
type read struct {
	at    time.Time
	files []state.File
}

func loading(s *plan.Step) *plan.Loading {
	if s.Growth == nil {
		return nil
	}
	return s.Growth.Loading
}

// load brings the rows of new files into a table.
func (w *worker) load(ctx context.Context, s *plan.Step, r *StepResult) {
	if len(s.Growth.Loading.New) > 0 {
		w.bring(ctx, s, r, func(*state.Relation) {})
		return
	}
	u := updating{worker: w, step: s, result: r, dialect: s.Growth.Dialect, tests: make([]TestResult, len(s.Audits))}
	r.Rows = 0
	u.ended(ctx, u.nothingNew(ctx))
}

// beforeLoad hashes the files that a step is about to read, if it loads files. Those that are not as they were
// listed are refused.
func (w *worker) beforeLoad(s *plan.Step) error {
	l := loading(s)
	if l == nil || w.opts.State == nil {
		return nil
	}
	if !l.IsListed() {
		return fmt.Errorf("load the files of %s: nobody listed them", l.Source.Name())
	}
	reading := read{at: w.now()}
	for _, f := range l.New {
		hash, err := w.opts.State.Disk.Hash(f.Name)
		if err != nil || !w.isAsListed(f) {
			return changedMeanwhile(s, f)
		}
		file := f.File
		file.Hash = hash
		reading.files = append(reading.files, file)
	}
	w.versionsMu.Lock()
	defer w.versionsMu.Unlock()
	w.reading[s.ID] = reading
	return nil
}

func (w *worker) isAsListed(f plan.Listed) bool {
	stamp, err := w.opts.State.Disk.Look(f.Name)
	return err == nil && stamp == f.Stamp
}

// coarsest is the coarsest step in which times of files are kept.
const coarsest = 2 * time.Second

// loaded notes in what is to be known of a relation which files its rows came from, and gives the statements that keep
// this, for the same transaction. A file that changed while it was read is refused.
func (w *worker) loaded(s *plan.Step, made *state.Relation) ([]string, error) {
	l := loading(s)
	if l == nil {
		return nil, nil
	}
	w.versionsMu.Lock()
	reading := w.reading[s.ID]
	w.versionsMu.Unlock()
	for i, f := range l.New {
		if !w.isAsListed(f) {
			return nil, changedMeanwhile(s, f)
		}
		// Its times may be the same although it changed since it was hashed.
		if from := reading.at.Add(-coarsest).UnixNano(); f.Stamp.Mtime >= from || f.Stamp.Ctime >= from {
			if hash, err := w.opts.State.Disk.Hash(f.Name); err != nil || hash != reading.files[i].Hash {
				return nil, changedMeanwhile(s, f)
			}
		}
	}
	growth := *made.Growth
	growth.Loaded = &state.Loaded{Load: l.Before.Load, Files: l.Before.Files + len(l.New)}
	made.Growth = &growth
	tables := w.opts.State.Tables
	var statements []string
	if l.Before.Load == "" {
		growth.Loaded.Load = w.runID
		statements = append(statements, tables.ForgetFiles(s.Relation))
	}
	return append(statements, tables.KeepFiles(w.opts.State.Known, made, reading.files)...), nil
}

// record notes what is known of a table and of the files that were loaded into it, in the transaction that changes it.
func (u *updating) record(ctx context.Context, made *state.Relation) (err error) {
	if u.files, err = u.loaded(u.step, made); err != nil || u.apart() {
		return err
	}
	keep, err := u.opts.State.Tables.Keep(u.opts.State.Known, made)
	if err != nil {
		return err
	}
	for _, statement := range append(u.files, keep) {
		if err := u.session.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// same gives the statements that note files that are not as they were and hold what they held, so that they are not
// hashed again. Of those that were just written that is not sure yet.
func (e *executor) same() []string {
	var statements []string
	from := e.opts.State.Looked.Add(-coarsest).UnixNano()
	for _, s := range e.plan.Steps {
		l := loading(s)
		if l == nil || l.Before.Load == "" {
			continue
		}
		var files []state.File
		for _, f := range l.Same {
			if f.Stamp.Mtime < from && f.Stamp.Ctime < from {
				files = append(files, f.File)
			}
		}
		of := &state.Relation{ID: s.ID, Name: s.Relation, Run: e.runID, Growth: &state.Growth{Loaded: &l.Before}}
		statements = append(statements, e.opts.State.Tables.RenewFiles(e.opts.State.Known, of, files)...)
	}
	return statements
}

func changedMeanwhile(s *plan.Step, f plan.Listed) error {
	return refuse(diag.FileChanged, s.Growth.Loading.At, "build again when it is whole: write a file elsewhere and rename it when it is",
		fmt.Sprintf("a file changed while %q loads it: %s", s.ID.Name(), f.Path))
}

// keepLoaded keeps what is known of a table in a database that is not the state's, with its files, after it changed.
// Where that fails nothing is known of it, so that it is built whole.
func (w *worker) keepLoaded(ctx context.Context, made *state.Relation, files []string) {
	cleanup(ctx, func(ctx context.Context) {
		digests, err := w.session.Digests(ctx, []relation.Name{made.Name})
		if err == nil {
			made.Digest = digests[0]
			err = w.keepWith(ctx, made, files)
		}
		if err != nil {
			w.emit(Log{Time: w.now(), Message: fmt.Sprintf("what was built is not kept: %s", err)})
		}
	})
}

// keepWith keeps what is known of a relation and of its files.
func (w *worker) keepWith(ctx context.Context, made *state.Relation, files []string) error {
	statements, err := w.kept([]*state.Relation{made})
	if err != nil {
		return err
	}
	return w.session.Publish(ctx, nil, append(files, statements...)...)
}
