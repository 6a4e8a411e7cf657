package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
)

type doctorFlags struct{ bundle string }

func newDoctorCmd(a *App) *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at versions, project, target, and a real connection",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), a, f) },
	}
	cmd.Flags().StringVar(&f.bundle, "bundle", "", "also write a report without secrets into this new zip `file`")
	return cmd
}

func runDoctor(ctx context.Context, a *App, f doctorFlags) error {
	d := &doctor{app: a}
	d.examine(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.bundle != "" {
		if err := d.writeBundle(f.bundle); err != nil {
			return err
		}
	}
	if err := a.View.Health(d.health); err != nil {
		return err
	}
	if f.bundle != "" {
		a.View.Note("wrote %s", f.bundle)
	}
	if d.code != ExitOK {
		return exitError(d.code)
	}
	return nil
}

// errNotLooked says that a check builds on something that failed.
var errNotLooked = errors.New("not looked at: a line above failed")

// doctor looks at one thing after the other; what builds on something that failed is skipped. A
// project with errors in its models still has a target to look at.
type doctor struct {
	app    *App
	health view.Health
	result compiler.Result
	diags  diag.List
	engine adapters.Engine
	// missing says that the target does not exist yet, so that an empty one stands in for it.
	missing bool
	code    int
}

func (d *doctor) examine(ctx context.Context) {
	d.health.Versions = versions(d.app)
	for _, c := range []struct {
		name string
		look func(context.Context) (string, error)
	}{
		{"quern", func(context.Context) (string, error) { return d.health.Versions.String(), nil }},
		{"project", d.project},
		{"target", d.target},
		{"connection", d.connect},
		{"query", d.query},
		{"relations", d.relations},
	} {
		d.check(ctx, c.name, c.look)
	}
	if d.engine == nil {
		return
	}
	if err := d.engine.Close(); err != nil {
		d.check(ctx, "close", func(context.Context) (string, error) { return "", err })
	}
}

// check notes how a look ended.
func (d *doctor) check(ctx context.Context, name string, look func(context.Context) (string, error)) {
	start := d.app.Now()
	detail, err := look(ctx)
	c := view.Check{Name: name, Status: view.CheckOK, Detail: detail}
	c.Seconds = d.app.Now().Sub(start).Round(100 * time.Microsecond).Seconds()
	switch {
	case errors.Is(err, errNotLooked):
		c.Status, c.Detail, c.Seconds = view.CheckSkipped, err.Error(), 0
	case err != nil:
		c.Status, c.Detail, c.Hint = view.CheckFailed, err.Error(), hintOf(err)
		if code := exitCode(engine.ClassOf(err)); d.code != ExitFailed {
			d.code = code
		}
	}
	d.health.Checks = append(d.health.Checks, c)
}

// hintOf gives what an error says should be done.
func hintOf(err error) string {
	if e, ok := errors.AsType[*usageError](err); ok {
		return e.diagnostic.Hint
	}
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e.Hint
	}
	return ""
}

func (d *doctor) project(ctx context.Context) (string, error) {
	var err error
	if d.result, d.diags, err = d.app.Compile(ctx, renderOnly); err != nil {
		return "", err
	}
	problems := 0
	var first *diag.Diagnostic
	for _, problem := range d.diags {
		if problem.Severity == diag.Error {
			first = cmp.Or(first, problem)
			problems++
		}
	}
	p := d.result.Project
	if problems > 0 {
		return "", usagef("", "%s; the first: %s", view.Count(problems, "error"), first.Message).hint(`see all with "quern compile"`)
	}
	return fmt.Sprintf("%s in %s: %s, %s, %s, %s", p.Name, p.Dir,
		view.Count(len(p.Models), "model"), view.Count(len(p.Seeds), "seed"),
		view.Count(len(p.Sources), "source"), view.Count(countTests(d.result.Graph), "test")), nil
}
