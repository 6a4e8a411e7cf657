package cli

import (
	"context"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/project"
)

// depth says how much of a project a command has checked.
type depth uint8

const (
	// renderOnly finds what needs no engine.
	renderOnly depth = iota
	// asNeeded also binds what templates ask for the columns of.
	asNeeded
	// checkAll binds all nodes.
	checkAll
)

// describer is an engine's describer as package check sees it.
type describer struct{ adapters.Describer }

var (
	_ check.Describer = describer{}
	_ check.Files     = describer{}
)

// Scratch opens an empty catalog.
func (d describer) Scratch(ctx context.Context) (check.Scratch, error) {
	s, err := d.Describer.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// describe gives the environment what a check of this depth asks of the engine; the caller closes what
// it gets, which may be nil.
func (a *App) describe(env *check.Env, adapter adapters.Adapter, p *project.Project, d depth) adapters.Describer {
	if _, known := a.Registry[p.Target.Type]; !known || d == renderOnly || adapter.Describer == nil {
		return nil
	}
	config := adapters.Config{Dir: p.Dir, Settings: p.Target.Settings}
	opened := adapter.Describer(config)
	if opened == nil {
		return nil
	}
	opened = a.isolated(opened, p.Target.Type, config)
	env.Describer, env.Files = describer{opened}, describer{opened}
	// What an environment reads of its base is told by what binding tells of all nodes.
	env.OnDemand = d == asNeeded && p.Target.Environment == ""
	return opened
}
