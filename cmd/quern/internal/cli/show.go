package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/holder"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/project"
)

type showFlags struct {
	name, inline, test string
	limit              int
}

func newShowCmd(a *App) *cobra.Command {
	var f showFlags
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Run one model's query, or --inline SQL, and print rows",
		Long: `Run one query and print its rows: that of a model, or the wrong rows of a test, or all rows of a
seed or a source. Refs are what was built last; nothing is built or changed.`,
		Example: `  quern show orders
  quern show raw.orders --limit 3
  quern show --test unique_orders_id
  quern show --inline 'select count(*) from {{ ref "orders" }}'`,
		Args: func(cmd *cobra.Command, args []string) error { return f.arguments(cmd, args) },
		RunE: func(cmd *cobra.Command, _ []string) error { return runShow(cmd.Context(), a, f) },
	}
	complete := completing{a}
	cmd.ValidArgsFunction = complete.nodes
	a.lockFlag(cmd)
	cmd.Flags().StringVar(&f.inline, "inline", "", "run this `SQL` instead; its templates are expanded")
	cmd.Flags().StringVar(&f.test, "test", "", "show the wrong rows of the test of this `name`")
	cmd.Flags().IntVar(&f.limit, "limit", 10, "print at most this `number` of rows; 0 prints all")
	return cmd
}

// arguments takes the one thing to show.
func (f *showFlags) arguments(cmd *cobra.Command, args []string) error {
	given := len(args)
	for _, name := range []string{"inline", "test"} {
		if cmd.Flags().Changed(name) {
			given++
		}
	}
	switch {
	case given == 0:
		return usagef(diag.WrongArguments, "%q needs a name", cmd.CommandPath()).
			hint(`name a model, a seed, a source or a test, as "quern ls" lists them`)
	case given > 1:
		return usagef(diag.WrongArguments, "%q shows one thing at a time", cmd.CommandPath()).
			hint("give one name, or --test NAME, or --inline SQL")
	case f.limit < 0:
		return usagef(diag.BadFlagValue, "--limit takes no %d", f.limit).hint("use a number from 1 up, or 0 for all rows")
	case len(args) == 1:
		f.name = args[0]
	}
	return nil
}

func runShow(ctx context.Context, a *App, f showFlags) error {
	result, err := a.MustCompile(ctx, asNeeded)
	if err != nil {
		return err
	}
	q, err := a.queryToShow(ctx, result, f)
	if err != nil {
		return err
	}
	q.limit = f.limit
	var rows *engine.Rows
	use := func(target adapters.Engine) (err error) {
		rows, err = q.rows(ctx, a, result, target)
		return err
	}
	err = a.reading(ctx, result.Project, use)
	if errors.Is(err, fs.ErrNotExist) && !q.readsTarget(result) {
		err = a.onScratch(ctx, result.Project, use)
	}
	if err != nil {
		return err
	}
	switch {
	case len(rows.Values) > 0:
	case q.test:
		a.View.Note("%s finds no wrong rows", q.name)
	default:
		a.View.Note("no rows")
	}
	return a.View.Rows(rows, sensitive(result.Project))
}

// rows gives the rows to show.
func (q *shown) rows(ctx context.Context, a *App, r compiler.Result, target adapters.Engine) (rows *engine.Rows, err error) {
	session, err := target.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	q.building = isAsked(target)
	if r.Program, err = a.readingBase(ctx, target, r.Program); err != nil {
		return nil, err
	}
	filled, err := q.fill(ctx, a, r, session)
	if err != nil {
		return nil, err
	}
	rows, err = session.Query(ctx, filled.SQL, q.limit)
	if err != nil {
		return nil, a.queryFailed(ctx, err, explain.Error(err, filled, q.span))
	}
	return rows, nil
}

// onScratch gives a function an empty database, where a query reads nothing of a target that is not there.
func (a *App) onScratch(ctx context.Context, p *project.Project, use func(adapters.Engine) error) error {
	opened, err := a.openScratch(ctx, p)
	if err != nil {
		return err
	}
	return errors.Join(use(opened), closed(opened))
}

// openScratch opens an empty database with the settings of a project's target.
func (a *App) openScratch(ctx context.Context, p *project.Project) (adapters.Engine, error) {
	return a.Registry[p.Target.Type].Open(ctx, adapters.Config{
		Dir: p.Dir, Settings: p.Target.Settings, Threads: a.Threads(p), Scratch: true,
	})
}

// queryFailed shows what the engine says of a query, at its place in the template.
func (a *App) queryFailed(ctx context.Context, err error, d *diag.Diagnostic) error {
	if ctx.Err() != nil || d == nil || errors.Is(err, holder.ErrNotServed) || engine.ClassOf(err) == engine.Cancelled {
		return err
	}
	a.View.Diagnostics(diag.List{d})
	return exitError(exitCode(engine.ClassOf(err)))
}
