package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/snapshot"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
)

// compile compiles for a build. Where an earlier command found that there is nothing to do, and all that it looked at is
// as it was, it gives that plan instead of a program.
func (f *buildFlags) compile(ctx context.Context, a *App) (compiler.Result, diag.List, *plan.Plan, error) {
	dir, err := a.ProjectDir()
	if err != nil {
		return compiler.Result{}, nil, nil, err
	}
	var idle *plan.Plan
	if kept := f.keptIdle(a, dir); kept != nil {
		result, diags, err := a.CompileFor(ctx, checkAll, &compiler.Want{Summary: true, OnlyKnown: true, Accept: func(facts snapshot.Facts) bool {
			if kept.noted.Of == facts.ID && kept.holds(ctx, a, dir, false) {
				idle = decodeIdle(kept.idle, dir)
			}
			return idle != nil
		}})
		if err != nil || idle != nil && result.Summary != nil {
			return result, diags, idle, err
		}
	}
	a.starts = true
	result, diags, err := a.Compile(ctx, checkAll)
	return result, diags, nil, err
}

// keptIdle gives the plan that was kept for the same flags, where there is nothing to do and nothing else was asked for.
func (f *buildFlags) keptIdle(a *App, dir string) *keptPlan {
	if f.command != "build" || f.again || f.planFile != "" || f.verify || f.junit != "" || f.timings {
		return nil
	}
	words := planFlags{selectFlags: f.selectFlags, planningFlags: f.planningFlags, noTests: f.noTests}
	if kept := a.kept(dir, words.words()); kept != nil && kept.idle != "" {
		return kept
	}
	return nil
}

// idle reports a build that has nothing to do.
func (b *build) idle(p *plan.Plan) error {
	if _, err := b.Flags.runTime(b.Now()); err != nil {
		return err
	}
	if err := b.checkDefer(b.Project); err != nil {
		return err
	}
	shown := b.shown(p)
	shown.Idle = true
	b.View.Detail("all is as the last command left it; the target was not opened")
	report := b.View.Run(shown)
	defer report.Close()
	return b.outcome(run.Idle(p, report, b.Now))
}

// encodeIdle writes what a build tells of a plan in which there is nothing to do; it gives "" for others.
func encodeIdle(p *plan.Plan) string {
	if !run.IsIdle(p) {
		return ""
	}
	var e cache.Encoder
	e.Uint(uint64(len(p.Steps)))
	for _, s := range p.Steps {
		e.Text(string(s.ID))
		e.Byte(byte(s.Kind))
		e.Byte(byte(s.Materialized))
		for _, part := range []string{s.Relation.Database, s.Relation.Schema, s.Relation.Identifier} {
			e.Text(part)
		}
		e.Uint(uint64(len(s.Audits)))
		for _, a := range s.Audits {
			e.Bool(a.Known.Warned != nil)
			if a.Known.Warned != nil {
				encodeWarned(&e, a)
			}
		}
	}
	return string(e.Bytes())
}

// encodeWarned writes what is said again of a test that warned.
func encodeWarned(e *cache.Encoder, a *plan.Audit) {
	for _, text := range []string{string(a.ID), a.Name, string(a.Tested), a.Column, a.Of, a.Hint, a.Span.Path()} {
		e.Text(text)
	}
	for _, n := range []int{a.Span.Start, a.Span.End, int(a.Known.Warned.Rows), int(a.Known.Warned.Total)} {
		e.Int(n)
	}
}

// decodeIdle reads what encodeIdle wrote: the plan as far as it is told of. It is nil where the text is damaged.
func decodeIdle(text, dir string) *plan.Plan {
	d := cache.NewDecoder(text)
	p := &plan.Plan{}
	passed := &plan.Audit{Passed: true, Known: &state.Test{}}
	steps := make([]plan.Step, d.Count(7))
	for i := range steps {
		s := &steps[i]
		s.Action, s.ID, s.Kind, s.Materialized = plan.Skip, project.ID(d.Text()), link.Kind(d.Byte()), project.Materialization(d.Byte())
		s.Relation = relation.Name{Database: d.Text(), Schema: d.Text(), Identifier: d.Text()}
		for range d.Count(1) {
			audit := passed
			if d.Bool() {
				audit = decodeWarned(&d, dir)
			}
			s.Audits = append(s.Audits, audit)
		}
		p.Steps = append(p.Steps, s)
	}
	if !d.Done() {
		return nil
	}
	return p
}

func decodeWarned(d *cache.Decoder, dir string) *plan.Audit {
	a := &plan.Audit{
		Passed: true, ID: project.ID(d.Text()), Name: d.Text(), Tested: project.ID(d.Text()), Column: d.Text(), Of: d.Text(), Hint: d.Text(),
	}
	if path := d.Text(); path != "" {
		a.Span.File = source.Later(path, func(path string) string {
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, filepath.FromSlash(path))
			}
			text, _ := os.ReadFile(path) // without the text its place is at its start
			return string(text)
		})
	}
	a.Span.Start, a.Span.End = d.Int(), d.Int()
	a.Known = &state.Test{Warned: &state.Wrong{Rows: int64(d.Int()), Total: int64(d.Int())}}
	return a
}
