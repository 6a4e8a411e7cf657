package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// puller reads columns of sources. The target is opened when the first source needs it.
type puller struct {
	app     *App
	result  compiler.Result
	engines []adapters.Engine
	// target and scratch are sessions, nil until they are needed; noTarget is why there is none.
	target, scratch adapters.Session
	noTarget        error

	pulled view.Pulled
	read   map[project.ID][]project.Column
	diags  diag.List
	// lockErrors are what is wrong with the lock file that is there.
	lockErrors diag.List
	code       int
}

// pull reads the columns of a source. What a source cannot say is a diagnostic; the error is the
// context's.
func (p *puller) pull(ctx context.Context, n *link.Node) error {
	query := p.result.Program.Fill(wholeOf(n.ID), check.FillOptions{Node: n.ID})
	session, err := p.session(ctx, n.Source.Files != "")
	now := []view.NodeColumn{}
	if err == nil {
		columns, e := session.Describe(ctx, query.SQL)
		for _, c := range columns {
			now = append(now, view.NodeColumn{Name: c.Name, Type: c.Type})
		}
		err = e
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	old := nodeColumns(n.Source.Locked)
	if err != nil {
		p.unreadable(n, err)
		s := view.Compare(n.ID.Name(), old, old)
		s.Status = view.PullUnreadable
		p.pulled.Sources = append(p.pulled.Sources, s)
		return nil
	}
	s := view.Compare(n.ID.Name(), old, now)
	p.pulled.Sources = append(p.pulled.Sources, s)
	p.read[n.ID] = make([]project.Column, len(now))
	for i, c := range now {
		p.read[n.ID][i] = project.Column{Name: c.Name, Type: c.Type, Native: true}
	}
	return nil
}

// session gives the target's session. Files are read in an empty database where there is no target.
func (p *puller) session(ctx context.Context, files bool) (adapters.Session, error) {
	if p.target == nil && p.noTarget == nil {
		p.target, p.noTarget = p.open(ctx, true)
	}
	if p.noTarget == nil || !files || !errors.Is(p.noTarget, fs.ErrNotExist) {
		return p.target, p.noTarget
	}
	if p.scratch != nil {
		return p.scratch, nil
	}
	var err error
	p.scratch, err = p.open(ctx, false)
	return p.scratch, err
}

func (p *puller) open(ctx context.Context, target bool) (adapters.Session, error) {
	open := func() (adapters.Engine, error) { return p.app.Open(ctx, p.result.Project, true) }
	if !target {
		open = func() (adapters.Engine, error) { return p.app.openScratch(ctx, p.result.Project) }
	}
	e, err := open()
	if err != nil {
		return nil, err
	}
	p.engines = append(p.engines, e)
	return e.Session(ctx)
}

func (p *puller) unreadable(n *link.Node, err error) {
	d := p.diags.Errorf(diag.UnreadableSource, n.Properties().NameSpan,
		"the columns of source %q cannot be read: %v", n.ID.Name(), err)
	switch hint := hintOf(err); {
	case errors.Is(err, fs.ErrNotExist):
		d.Hintf("load the source first, or correct the path of target %q", p.result.Project.Target.Name)
	case hint != "":
		d.Hintf("%s", hint)
	case n.Source.Files != "":
		d.Hintf("look at the files %q", n.Source.Files)
	default:
		d.Hintf("look whether %s is there, and named as in the project", p.result.Program.Nodes[n.Index].Relation)
	}
	if code := exitCode(engine.ClassOf(err)); p.code == ExitOK || code == ExitFailed {
		p.code = code
	}
}
