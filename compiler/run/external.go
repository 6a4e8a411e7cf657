package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// external writes the rows beside the published file, audits them there through a candidate view,
// renames and points the published view at the file.
func (w *worker) external(ctx context.Context, s *plan.Step, r *StepResult) {
	w.dropLeftover(ctx, s)
	export := *s.Export
	if err := w.makeRoom(s); err != nil {
		w.fail(ctx, s, r, err)
		return
	}
	rows, err := w.stage(ctx, s, &export)
	if err != nil {
		w.fail(ctx, s, r, err)
		w.remove(export.Path)
		return
	}
	r.Rows = rows
	switch r.Tests = w.audit(ctx, s); {
	case ctx.Err() != nil:
		err = ctx.Err()
	case blocked(s, r):
		r.Kept = s.Candidate
		return
	default:
		err = w.replace(s)
	}
	w.drop(ctx, s.Candidate)
	if err != nil {
		w.fail(ctx, s, r, err)
		w.remove(export.Path)
		return
	}
	// The view belongs to the file that is published now, whatever comes.
	export.Path = s.Location
	made := w.madeFiles(s, export.Columns)
	cleanup(ctx, func(ctx context.Context) { w.publishView(ctx, s, r, made, w.session.ExportScan(export, rows)) })
}

// stage writes the rows and makes the candidate view over them.
func (w *worker) stage(ctx context.Context, s *plan.Step, export *engine.Export) (int64, error) {
	var err error
	if export.Columns, err = w.session.Describe(ctx, export.Query); err != nil {
		return 0, err
	}
	if err := checkPartitions(s, export.Columns); err != nil {
		return 0, err
	}
	rows, err := w.session.Export(ctx, *export)
	if err != nil {
		return 0, err
	}
	if err := w.session.CreateView(ctx, s.Candidate, w.session.ExportScan(*export, rows)); err != nil {
		return 0, unplaced(err)
	}
	return rows, nil
}

// refusal is an error whose place in the project and hint are known.
type refusal struct{ diagnostic *diag.Diagnostic }

func (r *refusal) Error() string { return r.diagnostic.Message }

func refuse(code diag.Code, at source.Span, hint, message string) error {
	var list diag.List
	return &refusal{list.Errorf(code, at, "%s", message).Hintf("%s", hint)}
}

// checkPartitions refuses columns of partition_by that the model does not have, or that leave nothing
// to write.
func checkPartitions(s *plan.Step, columns []relation.Column) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	for i, column := range s.Export.PartitionBy {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, column) }) {
			return refuse(diag.BadPartition, s.PartitionAt[i], "its columns are "+strings.Join(names, ", "),
				fmt.Sprintf("%q has no column %q to be partitioned by", s.ID.Name(), column))
		}
	}
	if n := len(s.Export.PartitionBy); n > 0 && n == len(names) {
		return refuse(diag.BadPartition, s.PartitionAt[0], "leave one column out, so that the files have something to hold",
			fmt.Sprintf("%q is partitioned by all its columns", s.ID.Name()))
	}
	return nil
}

// asideOf is where a published file or folder waits until the new one has taken its place.
func asideOf(staged string) string { return staged + ".old" }

// makeRoom makes the folder, and takes away or mends what an interrupted run left. It refuses a place
// that holds something else than an earlier result, before anything is touched.
func (w *worker) makeRoom(s *plan.Step) error {
	staged, location := s.Export.Path, s.Location
	if err := checkReplaceable(s); err != nil {
		return err
	}
	folder := filepath.Dir(staged)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Base(folder), diag.Cause(err))
	}
	if err := os.RemoveAll(staged); err != nil {
		return fmt.Errorf("remove %s: %w", filepath.Base(staged), diag.Cause(err))
	}
	aside := asideOf(staged)
	if _, err := os.Lstat(location); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(aside, location); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("bring %s back: %w", filepath.Base(location), diag.Cause(err))
		}
	}
	w.remove(aside)
	return nil
}

// checkReplaceable refuses to put a file in the place of anything but a file, and a folder in the place
// of anything but a folder of partitions as this model writes them: the rest would be lost.
func checkReplaceable(s *plan.Step) error {
	info, err := os.Lstat(s.Location)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // making the folder says more
		return nil
	case err != nil:
		return fmt.Errorf("look at %s: %w", filepath.Base(s.Location), diag.Cause(err))
	}
	base := filepath.Base(s.Location)
	var what string
	switch partitioned := len(s.Export.PartitionBy) > 0; {
	case partitioned && info.IsDir():
		foreign, err := notPartitions(s.Location, s.Export.PartitionBy, s.Export.Format)
		if err != nil {
			return fmt.Errorf("read the folder %s: %w", base, diag.Cause(err))
		}
		if foreign == "" {
			return nil
		}
		what = fmt.Sprintf("the folder %s holds %s, which is no partition of it", base, foreign)
	case !partitioned && info.Mode().IsRegular():
		return nil
	case info.IsDir():
		what = base + " is a folder, and the model is written as one file"
	case info.Mode().IsRegular():
		what = base + " is a file, and a partitioned model is written as a folder"
	default:
		what = base + " is neither a file nor a folder"
	}
	return refuse(diag.StepFailed, s.LocationAt, "choose another location, or remove what is there",
		fmt.Sprintf("%q could not be built: %s", s.ID.Name(), what))
}

// notPartitions gives the first thing in a folder that is no partition by the columns.
func notPartitions(folder string, columns []string, format string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		name := entry.Name()
		if len(columns) == 0 {
			if !entry.Type().IsRegular() || !strings.Contains(name, "."+format) {
				return name, nil
			}
			continue
		}
		column, _, found := strings.Cut(name, "=")
		if plain, err := url.PathUnescape(column); err == nil {
			column = plain
		}
		if !found || !entry.IsDir() || !strings.EqualFold(column, columns[0]) {
			return name, nil
		}
		foreign, err := notPartitions(filepath.Join(folder, name), columns[1:], format)
		if err != nil {
			return "", err
		}
		if foreign != "" {
			return name + "/" + foreign, nil
		}
	}
	return "", nil
}

// replace puts a file, or a folder of files, in the place of another one. A folder cannot be replaced
// in one step: the old one moves aside first, and comes back if the new one cannot take its place.
func (w *worker) replace(s *plan.Step) error {
	staged, location := s.Export.Path, s.Location
	if err := checkReplaceable(s); err != nil {
		return err
	}
	info, err := os.Lstat(location)
	if err != nil || !info.IsDir() {
		return rename(staged, location)
	}
	aside := asideOf(staged)
	if err := os.Rename(location, aside); err != nil {
		return fmt.Errorf("move %s aside: %w", filepath.Base(location), diag.Cause(err))
	}
	if err := rename(staged, location); err != nil {
		return errors.Join(err, rename(aside, location))
	}
	w.remove(aside)
	return nil
}

func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("rename to %s: %w", filepath.Base(to), diag.Cause(err))
	}
	return nil
}

func (w *worker) remove(path string) {
	if err := os.RemoveAll(path); err != nil {
		w.emit(Log{Time: w.now(), Message: fmt.Sprintf("%s stays: %s", filepath.Base(path), diag.Cause(err))})
	}
}
