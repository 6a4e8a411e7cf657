package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/selector"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/template"
)

type compileFlags struct {
	selectFlags
	inline    string
	warnError bool
	noCheck   bool
	format    formatFlag
	// writeColumns writes what is missing before everything is compiled again.
	writeColumns bool
}

func (f *compileFlags) depth() depth {
	if f.noCheck {
		return asNeeded
	}
	return checkAll
}

func newCompileCmd(a *App) *cobra.Command {
	var f compileFlags
	cmd := &cobra.Command{
		Use: "compile", Short: "Check everything and write the rendered SQL to target/compiled/", Args: noArgs,
		Long: `Check everything and write the rendered SQL to target/compiled/, and to target/lineage.json where
every column comes from. All errors are shown; where nodes are selected, no warnings about the files of others.

What is wrong is shown as text, or with --format github as annotations of a pull request, with
--format sarif as a document for code scanning. Paths are then those of the repository.`,
		Example: `  quern compile
  quern compile -s orders+ --warn-error
  quern compile --format sarif > quern.sarif
  quern compile --inline '{{ ref "orders" }}'`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.format.settle(a, cmd); err != nil {
				return err
			}
			if cmd.Flags().Changed("inline") {
				return runCompileInline(cmd.Context(), a, f)
			}
			if f.writeColumns && f.noCheck {
				return usagef(diag.BadFlagValue, "--write-columns needs what --no-check leaves out").hint("leave one of them out")
			}
			return runCompile(cmd.Context(), a, f)
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().StringVar(&f.inline, "inline", "", "check this `SQL` and what it reads instead of all models, and print it")
	cmd.Flags().BoolVar(&f.noCheck, "no-check", false, "only render; find no columns, types and lineage")
	f.format.register(cmd)
	cmd.Flags().BoolVar(&f.writeColumns, "write-columns", false, writeColumnsUsage)
	cmd.Flags().BoolVar(&f.warnError, "warn-error", false, "end with exit code 1 where there are warnings")
	return cmd
}

func runCompile(ctx context.Context, a *App, f compileFlags) error {
	begin := a.Now()
	a.openLog()
	columns, refused, err := f.writeMissing(ctx, a)
	if err != nil {
		return err
	}
	var kept *written
	var want *compiler.Want
	if !a.View.IsJSON() { // which shows the SQL
		want = &compiler.Want{Summary: f.all() && f.tests == selector.Eager.String(), Accept: func(s snapshot.Facts) bool {
			if dir, err := a.ProjectDir(); err == nil && !s.Timed {
				kept = a.written(ctx, dir)
			}
			return kept != nil && kept.isOf(s.ID)
		}}
	}
	result, diags, err := a.CompileFor(ctx, f.depth(), want)
	diags = append(diags, refused...).Sorted()
	compiled := view.Compiled{Diagnostics: diags, WarnError: f.warnError, Format: f.format.value, Version: Version, Written: columns}
	if dir, e := a.ProjectDir(); e == nil {
		compiled.Within = a.within(dir)
	}
	if s := result.Summary; s != nil {
		compiled.CountAll(s.Models, s.Tests, func(add func(id, reason string)) {
			for _, u := range s.Unchecked {
				add(u.ID, u.Reason)
			}
		})
		compiled.Seconds = a.Now().Sub(begin).Seconds()
	}
	if err != nil || result.Program == nil {
		return a.endCompile(compiled, err)
	}
	opts, err := a.fillOptions()
	if err != nil {
		return err
	}
	selected, err := a.Select(ctx, result, &f.selectFlags)
	if err != nil && !diags.HasErrors() {
		return err
	}
	if err == nil && !f.all() {
		diags = ofSelected(diags, result.Graph, selected)
		compiled.Diagnostics = diags
	}
	files := queriesOf(&result, selected, opts, &compiled)
	if kept == nil {
		kept = a.written(ctx, result.Project.Dir)
	}
	if result.Warm {
		err = kept.edited(result, files)
	} else {
		err = f.write(kept, result, files)
	}
	if err != nil {
		a.View.Diagnostics(diags)
		return err
	}
	compiled.Seconds = a.Now().Sub(begin).Seconds()
	return a.endCompile(compiled, nil)
}

// queriesOf gives the SQL of nodes by where it is written, without what a result from the cache did not find
// anew, and counts the nodes.
func queriesOf(r *compiler.Result, nodes []int, opts check.FillOptions, compiled *view.Compiled) map[string]string {
	files := make(map[string]string)
	for _, i := range nodes {
		n := r.Graph.Nodes[i]
		if r.Warm && r.HasQuery(i) {
			compiled.Count(n, &r.Program.Nodes[i])
		}
		if r.Warm && !slices.Contains(r.Edited, i) {
			continue
		}
		query := r.Program.Query(n.ID, opts)
		if query == nil {
			continue
		}
		files[compiledPath(n)] = strings.TrimRight(query.SQL, "\n") + "\n"
		switch {
		case r.Warm: // it is counted
		case n.Kind == link.Test:
			compiled.Tests++
		default:
			compiled.Add(n, &r.Program.Nodes[i], query.SQL)
		}
	}
	return files
}

func (a *App) endCompile(c view.Compiled, err error) error {
	ok, e := a.View.Compiled(c)
	switch {
	case err != nil:
		return err
	case e != nil:
		return e
	case !ok:
		return exitError(ExitFailed)
	}
	return nil
}

// fillOptions says how holes are filled in SQL that is shown.
func (a *App) fillOptions() (check.FillOptions, error) {
	at, err := a.Flags.runTime(a.Now())
	return check.FillOptions{RelativePaths: true, RunTime: at}, err
}

func runCompileInline(ctx context.Context, a *App, f compileFlags) error {
	if format := f.format.value; format == view.GitHub || format == view.SARIF {
		return usagef(diag.BadFlagValue, "--inline prints SQL, which cannot be %s", format).hint("leave --format out")
	}
	var asked *string
	if !f.noCheck {
		asked = &f.inline
	}
	result, diags, err := a.compile(ctx, asNeeded, nil, asked)
	if err := a.settled(diags, err); err != nil {
		return err
	}
	if f.noCheck {
		rendered, diags := result.Program.Inline(ctx, f.inline)
		return a.showInline(result, rendered, diags)
	}
	query := result.Program.Inlined
	if reason := query.Unchecked; reason != "" && reason != check.NotAsked {
		a.View.Note("not checked, because %s", reason)
	}
	return a.showInline(result, query.SQL, nil)
}

// showInline shows a query of the command line as it would run.
func (a *App) showInline(r compiler.Result, query *template.Rendered, diags diag.List) error {
	if err := a.settled(diags, nil); err != nil {
		return err
	}
	opts, err := a.fillOptions()
	if err != nil {
		return err
	}
	return a.View.SQL(r.Program.Fill(query, opts).SQL)
}
