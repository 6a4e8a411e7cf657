package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// lifetime is how long after its last build an environment is worth keeping.
const lifetime = 14 * 24 * time.Hour

func newEnvCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,
		Use:                   "env COMMAND",
		Short:                 "List and drop environments",
		Long: `List and drop the environments of the target, which --env builds beside it. An environment has
a database of its own and reads from the target what it does not build.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	list := &cobra.Command{
		Use: "list", Short: "List the environments of the target", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runEnvList(cmd.Context(), a) },
	}
	drop := &cobra.Command{
		Use: "drop NAME", Short: "Remove the database of an environment",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return usagef(diag.WrongArguments, "%q takes the name of one environment", cmd.CommandPath()).hint(`see them with "quern env list"`)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completing{a}.environments(cmd, nil, "")
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runEnvDrop(cmd.Context(), a, args[0]) },
	}
	a.lockFlag(list)
	a.lockFlag(drop)
	cmd.AddCommand(list, drop)
	return cmd
}

// environments offers the names of environments, by their files.
func (c completing) environments(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c.app.Flags.Env = "" // what is being written is no environment yet
	var out []cobra.Completion
	if p := c.load(cmd); p != nil && p.Target.Type != "" {
		files, _ := c.app.environmentFiles(p) // a shell is no place for errors
		for _, f := range files {
			out = append(out, f.name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// environmentFile is a file that may be that of an environment.
type environmentFile struct{ name, path string }

// environmentFiles finds the files that have the names of a target's environments, by name.
func (a *App) environmentFiles(p *project.Project) ([]environmentFile, error) {
	base, err := a.environmentPath(p, "")
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Dir(base))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the folder %s: %w", filepath.Dir(base), diag.Cause(err))
	}
	ext := filepath.Ext(base)
	start := strings.TrimSuffix(filepath.Base(base), ext) + "__"
	var out []environmentFile
	for _, entry := range entries {
		name, starts := strings.CutPrefix(entry.Name(), start)
		name, ends := strings.CutSuffix(name, ext)
		if starts && ends && !entry.IsDir() && project.IsEnvironment(name) {
			out = append(out, environmentFile{name, filepath.Join(filepath.Dir(base), entry.Name())})
		}
	}
	slices.SortFunc(out, func(a, b environmentFile) int { return cmp.Compare(a.name, b.name) })
	return out, nil
}

// environmentPath gives the file of an environment of the target, or of the target itself.
func (a *App) environmentPath(p *project.Project, name string) (string, error) {
	adapter := a.Registry[p.Target.Type]
	if adapter.EnvironmentFile == nil {
		return "", refused(p, engine.Errorf("Settings", "targets of type %q have no environments in this version", p.Target.Type))
	}
	path, err := adapter.EnvironmentFile(adapters.Config{Dir: p.Dir, Settings: p.Target.Settings, Environment: name})
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return "", refused(p, e)
	}
	return path, err
}

func refused(p *project.Project, e *engine.Error) error {
	return &targetError{diagnostic: targetDiagnostic(p, e), cause: e}
}

// openFile opens a database of the target's type by itself, without what belongs to the target.
func (a *App) openFile(ctx context.Context, p *project.Project, path string, readOnly bool) (adapters.Engine, error) {
	opened, err := a.Registry[p.Target.Type].Open(ctx, adapters.Config{
		Dir: p.Dir, Settings: map[string]any{"path": path}, ReadOnly: readOnly,
	})
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Class != engine.Cancelled {
		return nil, refused(p, e)
	}
	return opened, err
}

// config compiles no more than the target needs.
func (a *App) config(ctx context.Context) (*project.Project, error) {
	result, diags, err := a.Compile(ctx, renderOnly)
	if err != nil || result.Project == nil || result.Project.Target.Type == "" {
		return nil, cmp.Or(a.settled(diags, err), error(exitError(ExitFailed)))
	}
	return result.Project, nil
}

// environmentsOf finds the project and the environments of its target.
func (a *App) environmentsOf(ctx context.Context) (*project.Project, []environmentFile, error) {
	p, err := a.config(ctx)
	if err != nil {
		return nil, nil, err
	}
	files, err := a.environmentFiles(p)
	return p, files, err
}

func runEnvList(ctx context.Context, a *App) error {
	p, files, err := a.environmentsOf(ctx)
	if err != nil {
		return err
	}
	var list []view.Environment
	for _, file := range files {
		found, err := a.environment(ctx, p, file)
		if err != nil {
			return err
		}
		if found != nil {
			list = append(list, *found)
		}
	}
	return a.View.Environments(list)
}

// environment looks into the file of an environment; nil where it is none. Of one that is in use there is no more
// to tell than of its file.
func (a *App) environment(ctx context.Context, p *project.Project, file environmentFile) (out *view.Environment, err error) {
	out = &view.Environment{Name: file.name, Path: shownPath(p, file.path), Relations: -1}
	if info, err := os.Stat(file.path); err == nil {
		out.Bytes = info.Size()
	}
	opened, err := a.openFile(ctx, p, file.path, true)
	if target, ok := errors.AsType[*targetError](err); ok && target.cause.Class == engine.Locked {
		out.InUse = true
		return out, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		a.View.Note("%s cannot be read: %v", out.Path, err)
		return nil, nil
	}
	defer func() { err = errors.Join(err, closed(opened)) }()
	err = inSession(ctx, opened, func(s adapters.Session) error {
		m, _, err := readMark(ctx, s, opened.Dialect(), p)
		if err != nil || m == nil || m.name != file.name || m.project != p.Name {
			out = nil
			return err
		}
		out.BuiltAt, out.Expires = m.builtAt, m.builtAt.Add(lifetime)
		out.Expired = out.Expires.Before(a.Now())
		out.Relations, err = countRelations(ctx, s, opened.Dialect(), stateOf{Project: p, environment: m.name})
		return err
	})
	return out, err
}

// countRelations counts the relations on record that are there.
func countRelations(ctx context.Context, s adapters.Session, d adapters.Dialect, of stateOf) (int, error) {
	keeper, err := rememberedIn(ctx, s, d, of)
	if err != nil {
		return 0, err
	}
	there := map[relation.Name]map[string]bool{}
	n := 0
	for place := range keeper.Known.Relations {
		schema := relation.Name{Database: place.Name.Database, Schema: place.Name.Schema}
		if there[schema] == nil {
			objects, err := s.List(ctx, schema.Database, schema.Schema)
			if err != nil {
				return 0, fmt.Errorf("list the relations of schema %q: %w", schema.Schema, err)
			}
			there[schema] = map[string]bool{}
			for _, o := range objects {
				there[schema][o.Name.Fold().Identifier] = true
			}
		}
		if there[schema][place.Name.Identifier] {
			n++
		}
	}
	return n, nil
}

func shownPath(p *project.Project, path string) string {
	if rel, err := filepath.Rel(p.Dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

func runEnvDrop(ctx context.Context, a *App, name string) error {
	p, files, err := a.environmentsOf(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(files, func(f environmentFile) bool { return f.name == name })
	if i < 0 {
		var names []string
		for _, f := range files {
			names = append(names, f.name)
		}
		return usagef(diag.NoEnvironment, "there is no environment %q", name).hint(`see them with "quern env list"`).nearest(name, names)
	}
	file := files[i]
	if err := a.isDroppable(ctx, p, file); err != nil {
		return err
	}
	dropped := view.DroppedEnvironment{Name: name, Removed: []string{}}
	for _, path := range []string{file.path, file.path + ".wal"} {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			return fmt.Errorf("remove %s: %w", shownPath(p, path), diag.Cause(err))
		}
		dropped.Removed = append(dropped.Removed, shownPath(p, path))
		dropped.Bytes += info.Size()
	}
	return a.View.DroppedEnvironment(dropped)
}

// isDroppable makes sure that nobody is at work in a file and that it says of itself that it is the environment. A
// file that does not is only read.
func (a *App) isDroppable(ctx context.Context, p *project.Project, file environmentFile) error {
	for _, readOnly := range []bool{true, false} {
		opened, err := a.openWhenFree(ctx, p, func() (adapters.Engine, error) { return a.openFile(ctx, p, file.path, readOnly) })
		if err != nil {
			return err
		}
		err = inSession(ctx, opened, func(s adapters.Session) error {
			m, _, err := readMark(ctx, s, opened.Dialect(), p)
			if err == nil && (m == nil || m.name != file.name || m.project != p.Name) {
				return notEnvironment(p, file.name)
			}
			return err
		})
		if err := errors.Join(err, closed(opened)); err != nil {
			return err
		}
	}
	return nil
}
