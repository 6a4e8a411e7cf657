package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

func isTable(s *plan.Step) bool { return s.Materialized == project.Table }

// table builds a table or loads a seed as a candidate, audits the candidate and publishes it.
func (w *worker) table(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	var err error
	if s.Load != nil {
		r.Rows, err = w.session.Load(ctx, *s.Load)
	} else {
		r.Rows, err = w.session.CreateTable(ctx, s.Candidate, s.Query.SQL)
	}
	if err != nil {
		r.Rows = -1
		w.fail(ctx, s, r, err)
		if r.Status == Cancelled {
			w.drop(ctx, s.Candidate)
		}
		return
	}
	switch r.Tests = w.audit(ctx, s); {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
		w.drop(ctx, s.Candidate)
		return
	case blocked(s, r):
		r.Kept = s.Candidate
		return
	}
	publication := engine.Publication{
		To: s.Relation, Kind: relation.Table, From: s.Candidate, Fresh: !w.there[check.Fold(s.Relation)],
	}
	if err := w.session.Publish(ctx, []engine.Publication{publication}); err != nil {
		w.fail(ctx, s, r, err)
		w.drop(ctx, s.Candidate)
		return
	}
	r.Status = Success
}

// blocked reports whether a blocking test failed; it then ends the step, with a reason.
func blocked(s *plan.Step, r *StepResult) bool {
	var failed []string
	for i, a := range s.Audits {
		if a.Blocking && (r.Tests[i].Status == Fail || r.Tests[i].Status == TestError) {
			failed = append(failed, a.Name)
		}
	}
	switch len(failed) {
	case 0:
		return false
	case 1:
		r.Reason = "the test " + failed[0] + " failed"
	default:
		r.Reason = fmt.Sprintf("%d tests failed: %s", len(failed), strings.Join(failed, ", "))
	}
	r.Status = Failed
	return true
}

// view runs the tests against the view's query and then publishes the view. Where the tests stop it,
// a candidate is made for a look.
func (w *worker) view(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	r.Tests = w.audit(ctx, s)
	if ctx.Err() != nil {
		w.fail(ctx, s, r, ctx.Err())
		return
	}
	// A test of a query that is wrong in itself tells nothing about the test.
	errs := anyError(r.Tests)
	stop := blocked(s, r)
	if errs || stop {
		if err := w.session.CreateView(ctx, s.Candidate, s.Query.SQL); err != nil {
			r.Tests = nil
			w.fail(ctx, s, r, err)
			return
		}
		if stop {
			r.Kept = s.Candidate
			return
		}
		w.drop(ctx, s.Candidate)
	}
	w.publishView(ctx, s, r, s.Query.SQL)
}

func anyError(tests []TestResult) bool {
	for i := range tests {
		if tests[i].Status == TestError {
			return true
		}
	}
	return false
}

func (w *worker) publishView(ctx context.Context, s *plan.Step, r *StepResult, query string) {
	publication := engine.Publication{To: s.Relation, Kind: relation.View, Query: query}
	if err := w.session.Publish(ctx, []engine.Publication{publication}); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	r.Status = Success
}

// external writes the rows beside the published file, audits them there, renames and points a view
// at the file.
func (w *worker) external(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	staged := s.Export.Path
	if err := makeRoom(staged); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	rows, err := w.session.Export(ctx, *s.Export)
	if err == nil {
		err = w.wroteFiles(s)
	}
	if err != nil {
		w.fail(ctx, s, r, err)
		w.remove(staged)
		return
	}
	r.Rows = rows
	switch r.Tests = w.audit(ctx, s); {
	case ctx.Err() != nil:
		w.fail(ctx, s, r, ctx.Err())
		w.remove(staged)
		return
	case blocked(s, r):
		if err := w.session.CreateView(ctx, s.Candidate, s.StagedScan); err == nil {
			r.Kept = s.Candidate
		}
		return
	}
	if err := replace(staged, s.Location); err != nil {
		w.fail(ctx, s, r, err)
		w.remove(staged)
		return
	}
	w.publishView(ctx, s, r, s.Scan)
}

// wroteFiles refuses a partitioned export without rows: there is no file that a view could show.
func (w *worker) wroteFiles(s *plan.Step) error {
	if len(s.Export.PartitionBy) == 0 {
		return nil
	}
	entries, err := os.ReadDir(s.Export.Path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return errors.New("the model has no rows, so that no partition could be written")
	}
	return err
}

// makeRoom takes away what an interrupted run left and makes the folder.
func makeRoom(staged string) error {
	folder := filepath.Dir(staged)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Base(folder), withoutPath(err))
	}
	if err := os.RemoveAll(staged); err != nil {
		return fmt.Errorf("remove %s: %w", filepath.Base(staged), withoutPath(err))
	}
	return nil
}

// replace puts a file, or a folder of files, in the place of another one. A folder cannot be replaced
// in one step: the old one moves aside first.
func replace(staged, location string) error {
	info, err := os.Stat(location)
	if err == nil && (info.IsDir() || isFolder(staged)) {
		aside := staged + ".old"
		if err := errors.Join(os.RemoveAll(aside), os.Rename(location, aside)); err != nil {
			return fmt.Errorf("move %s aside: %w", filepath.Base(location), withoutPath(err))
		}
		if err := os.Rename(staged, location); err != nil {
			return fmt.Errorf("rename to %s: %w", filepath.Base(location), withoutPath(err))
		}
		return os.RemoveAll(aside)
	}
	if err := os.Rename(staged, location); err != nil {
		return fmt.Errorf("rename to %s: %w", filepath.Base(location), withoutPath(err))
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// withoutPath leaves the paths out of an error: they are long and mostly temporary.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

func (w *worker) remove(path string) {
	if err := os.RemoveAll(path); err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("%s stays: %s", filepath.Base(path), withoutPath(err))})
	}
}
