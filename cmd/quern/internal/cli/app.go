package cli

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/all"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// App is what every command gets: the streams, the world, the global flags, and the view. Commands
// use View only after their flags were parsed.
type App struct {
	Streams
	Env
	// Args are the arguments of the process.
	Args     []string
	Flags    GlobalFlags
	Registry map[string]adapters.Adapter
	View     *view.View
	// starts says that the command opens the target after it compiled; stop lets go of what was begun for that.
	starts bool
	stop   func()
	// later is left to do when all was shown.
	later []func()
	// fromEnvironment names the flags that were not written and have a value from there.
	fromEnvironment map[string]bool
}

// newApp gives an App whose view knows no flag yet, so that wrong flags can be reported too.
func newApp(streams Streams, env Env) *App {
	a := &App{Streams: streams, Env: env, Registry: all.Registry(), fromEnvironment: make(map[string]bool)}
	a.View = a.newView()
	return a
}

func (a *App) newView() *view.View {
	return view.New(view.Options{
		Out: a.Out, Err: a.Err, LookupEnv: a.LookupEnv, Now: a.Now,
		JSON:  a.Flags.Output == outputJSON,
		Color: a.Flags.Color, Quiet: a.Flags.Quiet, Verbose: a.Flags.Verbose,
	})
}

// close writes what is left to write, the result first.
func (a *App) close() {
	a.View.Close()
	for len(a.later) > 0 {
		do := a.later[0]
		a.later = a.later[1:]
		do()
	}
}

// ProjectDir gives the absolute project folder: the one of --project-dir, else the working folder
// or the nearest parent that has a quern.yml.
func (a *App) ProjectDir() (string, error) {
	if a.Flags.ProjectDir != "" {
		dir := a.Abs(a.Flags.ProjectDir)
		if !hasProject(dir) {
			return "", usagef(diag.NoProject, "no quern.yml in %q", a.Flags.ProjectDir).
				hint(`name the project's folder with --project-dir, or make a new project with "quern init"`)
		}
		return dir, nil
	}
	for dir := a.Dir; dir != ""; dir = filepath.Dir(dir) {
		if hasProject(dir) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return "", usagef(diag.NoProject, "no quern.yml in this folder or above it").
		hint(`go to the project's folder, name it with --project-dir, or make a new project with "quern init"`)
}

// Abs makes a path of the command line absolute.
func (a *App) Abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(a.Dir, path)
}

func hasProject(dir string) bool {
	info, err := fs.Stat(os.DirFS(dir), project.ProjectFile)
	return err == nil && info.Mode().IsRegular()
}
