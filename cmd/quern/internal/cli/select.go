package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/selector"
)

// selectFlags choose nodes.
type selectFlags struct {
	selects, excludes []string
	selector, tests   string
	// last is the last run, where it was read already.
	last *lastRun
	// named are the selected tests that were named themselves, in an environment.
	named []int
}

func (f *selectFlags) register(set *pflag.FlagSet) {
	f.registerNodes(set)
	set.StringVar(&f.tests, "tests", selector.Eager.String(), "`which` tests come along: "+oneOf(selector.Modes()))
}

// registerNodes leaves it to the command which tests come along.
func (f *selectFlags) registerNodes(set *pflag.FlagSet) {
	set.StringArrayVarP(&f.selects, "select", "s", nil, "act on these `nodes` only, such as orders+, tag:nightly or path:models/marts")
	set.StringArrayVar(&f.excludes, "exclude", nil, "leave these `nodes` out")
	set.StringVar(&f.selector, "selector", "", "use the selector of this `name` from the project")
}

// all reports whether no flag narrows the project.
func (f *selectFlags) all() bool {
	return len(f.selects) == 0 && len(f.excludes) == 0 && f.selector == ""
}

// Select gives the indexes of the selected nodes, sorted. A name that exists nowhere is wrong usage;
// a selection of nothing is a warning.
func (a *App) Select(ctx context.Context, r compiler.Result, f *selectFlags) ([]int, error) {
	mode, ok := selector.ParseMode(f.tests)
	if !ok {
		return nil, usagef(diag.BadFlagValue, "--tests takes no %q", f.tests).
			hint("use one of: %s", oneOf(selector.Modes())).nearest(f.tests, selector.Modes())
	}
	for _, flag := range []struct {
		name   string
		values []string
	}{{"select", f.selects}, {"exclude", f.excludes}} {
		if slices.ContainsFunc(flag.values, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			return nil, usagef(diag.BadFlagValue, "--%s is empty", flag.name).
				hint("an empty selection selects nothing; leave --%s out to act on everything", flag.name)
		}
	}
	var noResults error
	opts := selector.Options{
		Select: f.selects, Exclude: f.excludes, Selector: f.selector, Tests: mode,
		Results: func() map[project.ID]string {
			if f.last != nil {
				return f.last.results
			}
			var results map[project.ID]string
			results, noResults = a.lastResults(ctx, r.Project)
			return results
		},
	}
	selected, diags := selector.Select(r.Graph, opts)
	if noResults != nil {
		return nil, noResults
	}
	if err := a.checkDefer(r.Project); err != nil {
		return nil, err
	}
	if r.Project.Target.Environment != "" && !f.all() {
		opts.Tests = selector.None
		alone, _ := selector.Select(r.Graph, opts) // it finds the same mistakes
		f.named = alone.Nodes
	}
	diags = diags.Relevel(r.Project.Levels)
	a.View.Diagnostics(diags)
	if diags.HasErrors() {
		return nil, exitError(ExitUsage)
	}
	return selected.Nodes, nil
}

func oneOf(words []string) string { return strings.Join(words, ", ") }

// everything selects all nodes.
func everything(g *link.Graph) []int {
	all := make([]int, len(g.Nodes))
	for i := range all {
		all[i] = i
	}
	return all
}
