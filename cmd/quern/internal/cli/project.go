package cli

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// Version is this Quern's own; the release build sets it.
const Version = "0.1.0"

// Compile compiles the project and gives what it found, without showing it. The view masks the
// target's secrets from here on.
func (a *App) Compile(ctx context.Context, d depth) (compiler.Result, diag.List, error) {
	return a.CompileFor(ctx, d, nil)
}

// CompileFor is Compile for a command that needs no more than it wants, which may be in the cache.
func (a *App) CompileFor(ctx context.Context, d depth, want *compiler.Want) (compiler.Result, diag.List, error) {
	return a.compile(ctx, d, want, nil)
}

// compile compiles the project and, where there is one, a query of the command line.
func (a *App) compile(ctx context.Context, d depth, want *compiler.Want, inline *string) (r compiler.Result, diags diag.List, err error) {
	dir, err := a.ProjectDir()
	if err != nil {
		return compiler.Result{}, nil, err
	}
	var opened []adapters.Describer
	defer func() {
		for _, o := range opened {
			err = errors.Join(err, o.Close())
		}
	}()
	types := make(map[string][]string, len(a.Registry))
	for name, adapter := range a.Registry {
		types[name] = adapter.Settings
	}
	result, diags, err := compiler.Compile(ctx, compiler.Options{
		FS: os.DirFS(dir),
		Project: project.Options{
			Dir: dir, Target: a.Flags.Target, Environment: a.Flags.Env, Vars: a.Flags.vars(),
			LookupEnv: a.LookupEnv, Version: Version, TargetTypes: types, Outside: outside(dir),
		},
		Check: func(p *project.Project) (check.Env, error) {
			a.View.Mask(p.Target.Secrets)
			adapter, err := a.adapter(p.Target.Type)
			if err != nil {
				return check.Env{}, err
			}
			a.startTarget(adapter)
			env := check.Env{
				Dialect: adapter.Dialect, DefaultSchema: adapter.DefaultSchema, Base: adapter.Base, LookupEnv: a.LookupEnv, Workers: a.Workers,
				Inline: inline,
			}
			if o := a.describe(&env, adapter, p, d); o != nil {
				opened = append(opened, o)
			}
			return env, nil
		},
		Cache: a.cache(dir), Want: want,
	})
	if result.Project != nil {
		a.View.Mask(result.Project.Target.Secrets)
	}
	return result, diags, err
}

// outside opens folders beside the project, for shared macros.
func outside(project string) func(dir string) fs.FS {
	return func(dir string) fs.FS {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(project, dir)
		}
		return os.DirFS(dir)
	}
}

// adapter gives the adapter of a type of target. For a type that does not exist, which package
// project has reported, it gives any other, so that the rest of the project can be checked.
func (a *App) adapter(kind string) (adapters.Adapter, error) {
	if adapter, ok := a.Registry[kind]; ok {
		return adapter, nil
	}
	for _, name := range slices.Sorted(maps.Keys(a.Registry)) {
		return a.Registry[name], nil
	}
	return adapters.Adapter{}, errors.New("this quern was built without adapters")
}

// MustCompile compiles the project and shows what it found. It gives an error where the project has
// one, so that what it gives can be built.
func (a *App) MustCompile(ctx context.Context, d depth) (compiler.Result, error) {
	return a.MustCompileFor(ctx, d, nil)
}

// MustCompileFor is MustCompile for a command that needs no more than it wants.
func (a *App) MustCompileFor(ctx context.Context, d depth, want *compiler.Want) (compiler.Result, error) {
	result, diags, err := a.CompileFor(ctx, d, want)
	return result, a.settled(diags, err)
}

// settled shows what a compile found, and gives the error that ends the command.
func (a *App) settled(diags diag.List, err error) error {
	a.View.Diagnostics(diags)
	if err == nil && diags.HasErrors() {
		return failure(diags)
	}
	return err
}

// failure gives the exit code of errors: wrong usage where one is about the command line.
func failure(diags diag.List) exitError {
	if slices.ContainsFunc(diags, isUsage) {
		return ExitUsage
	}
	return ExitFailed
}

// isUsage reports whether a diagnostic is about the command line and not about the project.
func isUsage(d *diag.Diagnostic) bool {
	return d.Severity == diag.Error && (strings.HasPrefix(string(d.Code), "E08") ||
		d.Code == diag.UnknownTarget && d.Span.IsZero())
}
