package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	projecttemplate "github.com/quernsql/quern/project-template"
)

func newInitCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a new project, ready to build",
		Long: `Make a new project in DIR, or in this folder: a seed, two models, a macro and tests.
The project is named after its folder. No file is ever overwritten.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef(diag.WrongArguments, "%q takes one folder, not %d", cmd.CommandPath(), len(args)).
					hint("write a name with spaces in quotes")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return runInit(a, dir)
		},
	}
}

func runInit(a *App, dir string) error {
	root := a.Abs(dir)
	name := projectName(filepath.Base(root))
	files, err := projecttemplate.Files(name)
	if err != nil {
		return fmt.Errorf("read the new project's files: %w", err)
	}
	if err := checkFree(root, dir, files); err != nil {
		return err
	}
	made := view.Created{Name: name, Dir: dir, Next: nextCommands(root == a.Dir, dir)}
	for _, file := range files {
		if err := writeNew(filepath.Join(root, filepath.FromSlash(file.Path)), file.Text); err != nil {
			return err
		}
		made.Files = append(made.Files, file.Path)
	}
	return a.View.Created(made)
}

// checkFree refuses a folder in which a file of the project stands already, or something that is no
// folder stands where one has to be.
func checkFree(root, dir string, files []projecttemplate.File) error {
	if hasProject(root) {
		return usagef(diag.FileInTheWay, "there is a project in %q already", dir).
			hint("choose another folder, as in: quern init shop")
	}
	var taken []string
	for _, file := range files {
		at := filepath.Join(root, filepath.FromSlash(file.Path))
		if _, err := os.Lstat(at); err == nil {
			taken = append(taken, file.Path)
			continue
		}
		if parent := notFolder(filepath.Dir(at)); parent != "" {
			return usagef(diag.FileInTheWay, "%q is a file; a folder is needed there", parent).
				hint("choose another folder, as in: quern init shop")
		}
	}
	if len(taken) == 0 {
		return nil
	}
	return usagef(diag.FileInTheWay, "the new project would overwrite %s in %q", strings.Join(taken, ", "), dir).
		hint("move the file away, or choose another folder, as in: quern init shop")
}

// notFolder gives the nearest thing at a path or above it, where that is no folder.
func notFolder(at string) string {
	for {
		info, err := os.Stat(at)
		switch {
		case err == nil && info.IsDir():
			return ""
		case err == nil:
			return at
		case at == filepath.Dir(at):
			return ""
		}
		at = filepath.Dir(at)
	}
}

// writeNew writes a file that must not exist yet, and the folders above it.
func writeNew(at, text string) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Dir(at), diag.Cause(err))
	}
	file, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("write %s: %w", at, diag.Cause(err))
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", at, diag.Cause(err))
	}
	return nil
}
