package cli

import (
	"context"
	"os"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/run"
)

// Version is this Quern's own; the release build sets it.
const Version = "0.1.0"

// Compile compiles the project and gives what it found, without showing it. The view masks the
// target's secrets from here on.
func (a *App) Compile(ctx context.Context) (compiler.Result, diag.List, error) {
	dir, err := a.ProjectDir()
	if err != nil {
		return compiler.Result{}, nil, err
	}
	types := make(map[string][]string, len(a.Registry))
	for name, adapter := range a.Registry {
		types[name] = adapter.Settings
	}
	result, diags, err := compiler.Compile(ctx, compiler.Options{
		FS: os.DirFS(dir),
		Project: project.Options{
			Dir: dir, Target: a.Flags.Target, Vars: a.Flags.vars(),
			LookupEnv: a.LookupEnv, Version: Version, TargetTypes: types,
		},
		Check: func(p *project.Project) (check.Env, error) {
			a.View.Mask(p.Target.Secrets)
			adapter := a.Registry[p.Target.Type]
			return check.Env{
				Dialect: adapter.Dialect, DefaultSchema: adapter.DefaultSchema, LookupEnv: a.LookupEnv,
			}, nil
		},
	})
	if result.Project != nil {
		a.View.Mask(result.Project.Target.Secrets)
	}
	return result, diags, err
}

// MustCompile compiles the project and shows what it found. It gives an error where the project has
// one, so that what it gives can be built.
func (a *App) MustCompile(ctx context.Context) (compiler.Result, error) {
	result, diags, err := a.Compile(ctx)
	a.View.Diagnostics(diags)
	if err != nil {
		return result, err
	}
	if diags.HasErrors() {
		return result, exitError(ExitFailed)
	}
	return result, nil
}

// Open opens the target of a project; the caller closes it.
func (a *App) Open(ctx context.Context, p *project.Project, readOnly bool) (adapters.Engine, error) {
	return a.Registry[p.Target.Type].Open(ctx, adapters.Config{
		Dir: p.Dir, Settings: p.Target.Settings, Threads: a.Threads(p), ReadOnly: readOnly,
	})
}

// Threads is the number of statements at work at once: that of the flag, else of the target.
func (a *App) Threads(p *project.Project) int {
	if a.Flags.Threads > 0 {
		return a.Flags.Threads
	}
	return p.Target.Threads
}

// warehouse is an opened engine as package run sees it.
type warehouse struct{ adapters.Engine }

var _ run.Warehouse = warehouse{}

// Session opens a session.
func (w warehouse) Session(ctx context.Context) (run.Session, error) {
	s, err := w.Engine.Session(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}
