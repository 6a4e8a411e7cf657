package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
)

// external writes the rows beside the published file, audits them there, renames and points a view
// at the file.
func (w *worker) external(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	staged := s.Export.Path
	if err := w.makeRoom(staged, s.Location); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	rows, err := w.session.Export(ctx, *s.Export)
	if err == nil {
		err = w.checkWritten(ctx, s)
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
	if err := w.replace(staged, s.Location); err != nil {
		w.fail(ctx, s, r, err)
		w.remove(staged)
		return
	}
	// The view belongs to the file that is published now, whatever comes.
	cleanup(ctx, func(ctx context.Context) { w.publishView(ctx, s, r, s.Scan) })
}

// checkWritten refuses an export that is not what the model gives when it is read back.
func (w *worker) checkWritten(ctx context.Context, s *plan.Step) error {
	if err := checkShape(s.Export); err != nil {
		return err
	}
	given, err := w.columns(ctx, s.Query.SQL)
	if err != nil {
		return err
	}
	read, err := w.columns(ctx, s.StagedScan)
	switch {
	case err != nil && ctx.Err() == nil:
		return errors.New("what was written cannot be read: " + err.Error() + "; its options do not suit it")
	case err != nil:
		return err
	case !slices.Equal(given, read):
		return fmt.Errorf("the file reads back with the columns %s instead of %s; its options or format do not suit the model",
			strings.Join(read, ", "), strings.Join(given, ", "))
	}
	return nil
}

// columns gives the names of a query's columns, in small letters and sorted.
func (w *worker) columns(ctx context.Context, query string) ([]string, error) {
	const before = "select * from (\n"
	rows, err := w.session.Query(ctx, before+query+"\n) limit 0", 0)
	if err != nil {
		return nil, shifted(err, len(before))
	}
	names := make([]string, len(rows.Columns))
	for i, c := range rows.Columns {
		names[i] = strings.ToLower(c.Name)
	}
	slices.Sort(names)
	return names, nil
}

// checkShape refuses a folder where a file should be, which some options make, and a partitioned
// export without rows, which has no file at all.
func checkShape(export *engine.Export) error {
	info, err := os.Stat(export.Path)
	switch {
	case len(export.PartitionBy) == 0 && err == nil && info.IsDir():
		return errors.New("its options make many files; take them out, or name columns under partition_by")
	case len(export.PartitionBy) == 0:
		return withoutPath(err)
	}
	entries, err := os.ReadDir(export.Path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return errors.New("the model has no rows, so that no partition could be written")
	}
	return withoutPath(err)
}

// asideOf is where a published file or folder waits until the new one has taken its place.
func asideOf(staged string) string { return staged + ".old" }

// makeRoom makes the folder, and takes away or mends what an interrupted run left. It refuses a place
// that holds something else than an earlier result, before any work is done.
func (w *worker) makeRoom(staged, location string) error {
	folder := filepath.Dir(staged)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Base(folder), withoutPath(err))
	}
	if err := os.RemoveAll(staged); err != nil {
		return fmt.Errorf("remove %s: %w", filepath.Base(staged), withoutPath(err))
	}
	aside := asideOf(staged)
	if _, err := os.Lstat(location); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(aside, location); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("bring %s back: %w", filepath.Base(location), withoutPath(err))
		}
	}
	w.remove(aside)
	return checkReplaceable(location)
}

// checkReplaceable refuses a folder that holds anything but partitions: it would be lost.
func checkReplaceable(location string) error {
	info, err := os.Lstat(location)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	entries, err := os.ReadDir(location)
	if err != nil {
		return fmt.Errorf("read the folder %s: %w", filepath.Base(location), withoutPath(err))
	}
	for _, entry := range entries {
		partition := entry.IsDir() && strings.Contains(entry.Name(), "=")
		if hidden := !entry.IsDir() && strings.HasPrefix(entry.Name(), "."); !partition && !hidden {
			return fmt.Errorf("the folder %s holds %s, which is no partition of it; choose another location",
				filepath.Base(location), entry.Name())
		}
	}
	return nil
}

// replace puts a file, or a folder of files, in the place of another one. A folder cannot be replaced
// in one step: the old one moves aside first, and comes back if the new one cannot take its place.
func (w *worker) replace(staged, location string) error {
	info, err := os.Lstat(location)
	if err != nil || !info.IsDir() && !isFolder(staged) {
		return rename(staged, location)
	}
	aside := asideOf(staged)
	if err := os.Rename(location, aside); err != nil {
		return fmt.Errorf("move %s aside: %w", filepath.Base(location), withoutPath(err))
	}
	if err := rename(staged, location); err != nil {
		return errors.Join(err, rename(aside, location))
	}
	w.remove(aside)
	return nil
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("rename to %s: %w", filepath.Base(to), withoutPath(err))
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
