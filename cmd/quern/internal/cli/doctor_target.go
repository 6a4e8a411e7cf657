package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/relation"
)

func (d *doctor) target(context.Context) (string, error) {
	if d.result.Project == nil || d.result.Project.Target.Type == "" {
		return "", errNotLooked
	}
	t := d.result.Project.Target
	if _, ok := d.app.Registry[t.Type]; !ok {
		return "", usagef("", "there is no engine of type %q", t.Type)
	}
	place := ""
	if path, ok := t.Settings["path"].(string); ok {
		place = ", " + path
	}
	return fmt.Sprintf("%s: %s%s", t.Name, t.Type, place), nil
}

func (d *doctor) connect(ctx context.Context) (string, error) {
	if d.result.Project == nil {
		return "", errNotLooked
	}
	if _, ok := d.app.Registry[d.result.Project.Target.Type]; !ok {
		return "", errNotLooked
	}
	var err error
	d.engine, err = d.app.openOnce(ctx, d.result.Project, true)
	if errors.Is(err, fs.ErrNotExist) {
		d.missing = true
		if err := d.canMakeTarget(); err != nil {
			return "", err
		}
		d.engine, err = d.app.openScratch(ctx, d.result.Project)
	}
	if err != nil {
		return "", err
	}
	version, err := d.engine.Version(ctx)
	if err != nil {
		return "", err
	}
	what := d.result.Project.Target.Type + " " + version
	if d.missing {
		return what + `; the target is not there yet: "quern build" makes it`, nil
	}
	return what, nil
}

// canMakeTarget finds out whether the first build could write where the target's file is to be.
func (d *doctor) canMakeTarget() error {
	p := d.result.Project
	path, ok := p.Target.Settings["path"].(string)
	if !ok {
		return nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.Dir, path)
	}
	probe, err := os.CreateTemp(filepath.Dir(path), ".quern-*")
	if err != nil {
		return usagef("", "the folder %q cannot be written: %v", filepath.Dir(path), diag.Cause(err)).
			hint("make the folder, or change the path of the target")
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (d *doctor) query(ctx context.Context) (found string, err error) {
	if d.engine == nil {
		return "", errNotLooked
	}
	s, err := d.engine.Session(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	rows, err := s.Query(ctx, "select 1 as one", 1)
	if err != nil {
		return "", err
	}
	if len(rows.Values) != 1 || rows.Values[0][0] != int64(1) {
		return "", fmt.Errorf("select 1 gave %v", rows.Values)
	}
	return "select 1 gave 1", nil
}

// relations counts what of the project is in the target.
func (d *doctor) relations(ctx context.Context) (string, error) {
	if d.engine == nil || d.result.Program == nil {
		return "", errNotLooked
	}
	found, err := existing(ctx, d.engine, d.result.Program)
	if err != nil {
		return "", err
	}
	names := make(map[relation.Name]bool)
	for name := range found {
		names[name.Fold()] = true
	}
	want, have := 0, 0
	for i, n := range d.result.Graph.Nodes {
		node := d.result.Program.Nodes[i]
		if !node.Enabled || node.Relation.Identifier == "" || n.Kind == link.Source {
			continue
		}
		want++
		if names[node.Relation.Fold()] {
			have++
		}
	}
	return fmt.Sprintf("%d of the project's %d are in the target", have, want), nil
}

func countTests(g *link.Graph) int {
	count := 0
	for _, n := range g.Nodes {
		if n.Kind == link.Test {
			count++
		}
	}
	return count
}
