package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
)

// startTarget begins what opening the target takes, where that is what comes next.
func (a *App) startTarget(adapter adapters.Adapter) {
	if a.starts && a.stop == nil && adapter.Start != nil {
		a.stop = adapter.Start()
	}
}

// stopTarget lets go of what was begun and not used.
func (a *App) stopTarget() {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

// openOnce opens the target of a project, unless another process holds it; the caller closes it. What is
// wrong with the target is a *targetError, at its place in quern.yml.
func (a *App) openOnce(ctx context.Context, p *project.Project, readOnly bool) (adapters.Engine, error) {
	opened, err := a.Registry[p.Target.Type].Open(ctx, adapters.Config{
		Dir: p.Dir, Settings: p.Target.Settings, Threads: a.Threads(p), ReadOnly: readOnly,
		Environment: p.Target.Environment,
	})
	if e, ok := errors.AsType[*engine.Error](err); ok && e.Class != engine.Cancelled {
		return nil, &targetError{diagnostic: targetDiagnostic(p, e), cause: e}
	}
	return opened, err
}

// targetError says that the target cannot be used.
type targetError struct {
	diagnostic *diag.Diagnostic
	cause      *engine.Error
}

func (e *targetError) Error() string { return e.diagnostic.Message }
func (e *targetError) Unwrap() error { return e.cause }

// targetDiagnostic points an engine's error at the key of the target that it is about.
func targetDiagnostic(p *project.Project, e *engine.Error) *diag.Diagnostic {
	d := &diag.Diagnostic{
		Code: diag.TargetRefused, Severity: diag.Error, Message: e.Message, Hint: e.Hint, Span: p.Target.Span,
	}
	if span, ok := p.Target.Keys[e.Name]; ok {
		d.Span = span
	}
	switch {
	case e.Class == engine.Locked:
		d.Code = diag.TargetLocked
	case e.Kind == "Settings":
		d.Code = diag.TargetSetting
	}
	return d
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

// existing gives the relations of the schemas that the program's nodes live in.
func existing(ctx context.Context, engine adapters.Engine, p *check.Program) (found map[relation.Name]relation.Kind, err error) {
	session, err := engine.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := session.Close(); err == nil {
			err = e
		}
	}()
	found = make(map[relation.Name]relation.Kind)
	for _, schema := range schemas(p) {
		objects, err := session.List(ctx, schema.Database, schema.Schema)
		if err != nil {
			return nil, fmt.Errorf("list the relations of schema %q: %w", schema.Schema, err)
		}
		for _, o := range objects {
			found[o.Name] = o.Kind
		}
	}
	return found, nil
}

// schemas gives the schemas of a program's relations, sorted.
func schemas(p *check.Program) []relation.Name {
	seen := make(map[relation.Name]bool)
	var out []relation.Name
	for i := range p.Nodes {
		name := p.Nodes[i].Relation
		schema := relation.Name{Database: name.Database, Schema: name.Schema}
		if name.Identifier != "" && !seen[schema] {
			seen[schema] = true
			out = append(out, schema)
		}
	}
	slices.SortFunc(out, relation.Name.Compare)
	return out
}

// sensitive gives the names, in lower case, of the columns that are marked so anywhere in the
// project: a column that is passed on under its name is as sensitive as where it comes from.
func sensitive(p *project.Project) map[string]bool {
	names := make(map[string]bool)
	for _, about := range p.Relations() {
		for _, c := range about.Columns {
			if c.Sensitive {
				names[strings.ToLower(c.Name)] = true
			}
		}
	}
	return names
}
