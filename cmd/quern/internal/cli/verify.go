package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
)

func newVerifyCmd(a *App) *cobra.Command {
	var sample int
	cmd := &cobra.Command{
		Use:   "verify NAME",
		Short: "Compare an incremental table with a full build",
		Long: `Build an incremental model whole, beside its table, and compare the two: their columns, the number of their
rows, and the rows that one of them alone has. The table stays as it is. The exit code is 1 where they differ.`,
		Example: `  quern verify daily
  quern verify daily --limit 100 --output json`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usagef(diag.WrongArguments, "%q needs the name of one model", cmd.CommandPath()).
					hint(`see the incremental ones with "quern ls -s config.materialized:incremental"`)
			case sample < 0:
				return usagef(diag.BadFlagValue, "--limit takes no %d", sample).hint("use a whole number from 0 up")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runVerify(cmd.Context(), a, args[0], sample) },
	}
	cmd.ValidArgsFunction = completing{a}.nodes
	a.lockFlag(cmd)
	cmd.Flags().IntVar(&sample, "limit", 10, "show at most this `number` of rows that one side alone has")
	return cmd
}

func runVerify(ctx context.Context, a *App, name string, sample int) (err error) {
	result, err := a.MustCompile(ctx, checkAll)
	if err != nil {
		return err
	}
	n, err := toVerify(result, name)
	if err != nil {
		return err
	}
	at, err := a.Flags.runTime(a.Now())
	if err != nil {
		return err
	}
	target, err := a.Open(ctx, result.Project, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closed(target)) }()
	session, err := target.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if result.Program, err = a.readingBase(ctx, target, result.Program); err != nil {
		return err
	}
	table := result.Program.Nodes[n.Index].Relation
	if base := result.Program.BaseDatabase(); base != "" && table.Database == base {
		return usagef(diag.NoRows, "%q is not in the environment: it is read from the base", n.Name).hint("verify it without the environment")
	}
	if err := isBuilt(ctx, session, table); err != nil {
		return err
	}
	opts, err := loadedFiles(ctx, session, target.Dialect(), result.Program, n)
	if err != nil {
		return err
	}
	opts.RunTime = at
	filled := result.Program.Query(n.ID, opts)
	whole := table
	whole.Identifier += "__verify" + check.CandidateSuffix
	queries := []string{filled.SQL}
	if batches := n.Model.Incremental.Batches; n.Model.Incremental.Strategy == increment.Microbatch {
		begin, err := beginning(ctx, session, target.Dialect(), result.Project, plannedAs{n.ID, table})
		if err != nil {
			return err
		}
		windows := batches.From(begin).All(at)
		if len(windows) == 0 {
			windows = []increment.Window{batches.Size.Window(batches.Begin)}
		}
		queries = nil
		for _, window := range windows {
			queries = append(queries, result.Program.BatchQuery(n.ID, true, check.FillOptions{RunTime: at, Window: window}).SQL)
		}
	}
	of := run.Verification{Table: table, Whole: whole, Queries: queries, Dialect: target.Dialect(), Sample: sample}
	if n.Model.Incremental.Strategy == increment.Microbatch {
		of.EventTime = n.Model.Incremental.EventTime.Name
		of.Outside = result.Program.OutsideQuery(n.ID, check.FillOptions{RunTime: at}).SQL
	}
	verified, err := run.Verify(ctx, session, of)
	if err != nil {
		return a.queryFailed(ctx, err, explain.Error(err, filled, n.Properties().NameSpan))
	}
	shown := view.Verified{
		ID: n.ID, Relation: table, Result: verified, Sensitive: sensitive(result.Project),
		Late: lateWindows(n.Model.Incremental, verified), Incremental: n.Model.Incremental,
	}
	if err := a.View.Verified(shown); err != nil {
		return err
	}
	if !verified.Same() {
		return exitError(ExitFailed)
	}
	return nil
}

// plannedAs is a node and its relation.
type plannedAs struct {
	id    project.ID
	table relation.Name
}

// beginning gives where the windows of a table begin, as far as that is later than its model says.
func beginning(ctx context.Context, s adapters.Session, d adapters.Dialect, p *project.Project, of plannedAs) (time.Time, error) {
	keeper, err := remembered(ctx, s, d, p)
	if err != nil {
		return time.Time{}, err
	}
	if known := keeper.Known.Find(of.id, of.table); known != nil && known.Growth != nil {
		return known.Growth.Batches.Beginning(), nil
	}
	return time.Time{}, nil
}

// toVerify finds the incremental model of a name.
func toVerify(r compiler.Result, name string) (*link.Node, error) {
	n, names := findNode(r.Graph, name, []link.Kind{link.Model})
	switch {
	case n == nil:
		return nil, usagef(diag.UnknownNode, "there is no model %q", name).hint(`see what there is with "quern ls"`).nearest(name, names)
	case n.Model.Materialized != project.Incremental:
		return nil, usagef(diag.NoRows, "%q is kept as %s, and only incremental models can be verified", n.Name, project.Noun(n.Model.Materialized.String())).
			hint(`see them with "quern ls -s config.materialized:incremental"`)
	case !r.Program.Nodes[n.Index].Enabled:
		return nil, usagef(diag.NoRows, "%q is disabled", n.Name).hint("set enabled: true to build it")
	}
	return n, nil
}

// isBuilt refuses a table that is not there.
func isBuilt(ctx context.Context, s adapters.Session, table relation.Name) error {
	objects, err := s.List(ctx, table.Database, table.Schema)
	if err != nil {
		return fmt.Errorf("look for %s: %w", table, err)
	}
	for _, o := range objects {
		if o.Name.Fold().Identifier == table.Fold().Identifier && o.Kind == relation.Table {
			return nil
		}
	}
	return engine.Errorf("Catalog", "%s is not built yet", table).WithHint(`run "quern build" first`)
}

// lateWindows gives the span of the windows in which a microbatch is not what a full build gives; nil where nothing
// differs, or nobody can tell.
func lateWindows(c project.IncrementalConfig, v *run.Verified) *increment.Window {
	first, ok := eventTime(v.First)
	last, too := eventTime(v.Last)
	if !ok || !too {
		return nil
	}
	size := c.Batches.Size
	return &increment.Window{Start: size.Start(first), End: size.Window(last).End}
}

// eventTime reads a time as an engine writes it, in UTC.
func eventTime(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
