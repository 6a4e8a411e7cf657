package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// finish writes the lock file and, where that is asked for, the YAML, and shows what changed.
func (p *puller) finish(writeColumns bool) error {
	if len(p.lockErrors) > 0 && len(p.read) < len(p.result.Project.Sources) {
		// What an old file says of the others would be lost.
		p.app.View.Diagnostics(append(p.diags, p.lockErrors...))
		return exitError(ExitFailed)
	}
	if err := p.write(); err != nil {
		return err
	}
	if writeColumns {
		if err := p.writeColumns(); err != nil {
			return err
		}
	}
	p.app.View.Diagnostics(p.diags)
	if err := p.app.View.Pulled(p.pulled); err != nil {
		return err
	}
	if p.code != ExitOK {
		return exitError(p.code)
	}
	return nil
}

// writeColumns writes the columns that were read into the YAML of their sources.
func (p *puller) writeColumns() error {
	var list []project.ColumnsOf
	for _, s := range p.result.Project.Sources {
		if len(p.read[s.ID]) == 0 {
			continue
		}
		columns := make([]relation.Column, len(p.read[s.ID]))
		for i, c := range p.read[s.ID] {
			columns[i] = relation.Column{Name: c.Name, Type: c.Type}
		}
		list = append(list, project.ColumnsOf{Source: s, Columns: p.result.Program.Declare(columns)})
	}
	written, refused, err := p.app.writeColumns(p.result, list)
	p.pulled.Columns = written
	p.diags = append(p.diags, refused...)
	if refused.HasErrors() {
		p.code = ExitFailed
	}
	return err
}

// write writes the lock file, unless it would be as it is.
func (p *puller) write() error {
	p.pulled.File = project.LockFile
	at := filepath.Join(p.result.Project.Dir, project.LockFile)
	entries := project.BuildLock(p.result.Project, p.read)
	text := project.MarshalLock(entries)
	before, err := os.ReadFile(at)
	switch {
	case err == nil && bytes.Equal(before, text):
		return nil
	case errors.Is(err, fs.ErrNotExist) && len(entries) == 0:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read %s: %w", at, diag.Cause(err))
	}
	p.pulled.Written = true
	return writeWhole(at, text)
}

func (p *puller) close() error {
	var errs []error
	for _, s := range []adapters.Session{p.target, p.scratch} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	for _, e := range p.engines {
		errs = append(errs, closed(e))
	}
	return errors.Join(errs...)
}

// nodeColumns gives columns as outputs have them; nil stays nil.
func nodeColumns(columns []project.Column) []view.NodeColumn {
	if columns == nil {
		return nil
	}
	out := make([]view.NodeColumn, len(columns))
	for i, c := range columns {
		out[i] = view.NodeColumn{Name: c.Name, Type: c.Type}
	}
	return out
}
