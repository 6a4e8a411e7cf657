package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/relation"
)

// dropCandidates drops the candidates of the project's own relations in the target and gives their
// names. A relation of another project is left alone, whatever it is called.
func dropCandidates(ctx context.Context, a *App) ([]string, error) {
	result, err := a.MustCompile(ctx, renderOnly)
	if err != nil {
		return nil, err
	}
	// Opened for reading first: a target that does not exist is not made, and one without
	// candidates is not locked.
	found, err := a.candidates(ctx, result.Program)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(found) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	target, err := a.Open(ctx, result.Project, false)
	if err != nil {
		return nil, err
	}
	target = a.tellOthers(ctx, result.Project, target, "clean")
	dropped, err := drop(ctx, target, found)
	if err = errors.Join(err, closed(target)); err != nil {
		return dropped, err
	}
	return dropped, removeStaged(result.Program, found)
}

// removeStaged removes the files of external models that the dropped candidates showed.
func removeStaged(p *check.Program, dropped []relation.Name) error {
	var errs []error
	for i := range p.Nodes {
		n := &p.Nodes[i]
		candidate := candidateOf(n.Relation).Fold()
		if n.Location != "" && slices.ContainsFunc(dropped, func(d relation.Name) bool { return d.Fold() == candidate }) {
			if err := os.RemoveAll(plan.Staged(n.Location)); err != nil {
				errs = append(errs, fmt.Errorf("remove the rows of %s: %w", candidate, diag.Cause(err)))
			}
		}
	}
	return errors.Join(errs...)
}

// candidates gives the candidates of the project's relations that are in the target, by name.
func (a *App) candidates(ctx context.Context, p *check.Program) (out []relation.Name, err error) {
	target, err := a.Open(ctx, p.Graph.Project, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed(target)) }()
	objects, err := existing(ctx, target, p)
	if err != nil {
		return nil, err
	}
	names := make(map[relation.Name]relation.Name)
	for name := range objects {
		names[name.Fold()] = name
	}
	found := make(map[string]relation.Name)
	for i, n := range p.Graph.Nodes {
		if n.Kind == link.Source {
			continue
		}
		if name, ok := names[candidateOf(p.Nodes[i].Relation).Fold()]; ok {
			found[name.String()] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name])
	}
	return out, nil
}

// candidateOf gives the name under which a relation is built before it is published.
func candidateOf(name relation.Name) relation.Name {
	if name.Identifier != "" {
		name.Identifier += check.CandidateSuffix
	}
	return name
}

func drop(ctx context.Context, target adapters.Engine, names []relation.Name) (dropped []string, err error) {
	s, err := target.Session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, name := range names {
		if err := s.Drop(ctx, name); err != nil {
			return dropped, err
		}
		dropped = append(dropped, name.String())
	}
	return dropped, nil
}

// isThere reports whether the target holds a relation of that name.
func isThere(ctx context.Context, s adapters.Session, name relation.Name) (bool, error) {
	objects, err := s.List(ctx, name.Database, name.Schema)
	return slices.ContainsFunc(objects, func(o relation.Object) bool {
		return strings.EqualFold(o.Name.Identifier, name.Identifier)
	}), err
}
