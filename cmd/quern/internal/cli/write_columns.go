package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

const writeColumnsUsage = "write missing columns and their types into the YAML or front matter"

// writeMissing compiles the project and writes the columns that its files lack of the selected models.
// What could not be written is in the list. It does nothing unless that was asked for.
func (f *compileFlags) writeMissing(ctx context.Context, a *App) ([]view.WrittenColumns, diag.List, error) {
	if !f.writeColumns {
		return nil, nil, nil
	}
	result, diags, err := a.Compile(ctx, checkAll)
	if err != nil || result.Program == nil {
		return nil, nil, err // said by the compile that follows
	}
	selected, err := a.Select(ctx, result, &f.selectFlags)
	if err != nil && !diags.HasErrors() {
		return nil, nil, err
	}
	var list []project.ColumnsOf
	for _, i := range selected {
		n, known := result.Graph.Nodes[i], &result.Program.Nodes[i]
		if n.Kind != link.Model || known.Columns == nil || known.Unchecked != "" {
			continue
		}
		list = append(list, project.ColumnsOf{Model: n.Model, Columns: result.Program.Declare(known.Columns)})
	}
	return a.writeColumns(result, list)
}

// writeColumns writes columns into the files of the project that describe their nodes.
func (a *App) writeColumns(r compiler.Result, list []project.ColumnsOf) ([]view.WrittenColumns, diag.List, error) {
	files, diags := project.WriteColumns(list)
	written := []view.WrittenColumns{}
	for _, file := range files {
		if file.After != file.Before {
			if err := replaceText(filepath.Join(r.Project.Dir, filepath.FromSlash(file.Path)), file.Before, file.After); err != nil {
				return written, diags, err
			}
		}
		for _, n := range file.Nodes {
			written = append(written, view.WrittenColumns{
				File: file.Path, Node: string(n.ID), Added: orEmpty(n.Added), Typed: orEmpty(n.Typed), Gone: orEmpty(n.Gone),
			})
		}
	}
	return written, diags, nil
}

func orEmpty(list []string) []string { return append([]string{}, list...) }

// replaceText writes a file anew that has not been changed since it was read. A link stays one.
func replaceText(at, before, after string) error {
	if target, err := filepath.EvalSymlinks(at); err == nil {
		at = target
	}
	text, err := os.ReadFile(at)
	if err != nil {
		return fmt.Errorf("read %s: %w", at, diag.Cause(err))
	}
	if string(text) != before {
		return fmt.Errorf("write columns into %s: the file was changed at the same time; try again", at)
	}
	return writeWhole(at, []byte(after))
}
