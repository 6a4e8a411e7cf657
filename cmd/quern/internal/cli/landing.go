package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/held"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// disk is the file system as a build looks at files that it loads once each.
type disk struct{}

var _ run.Disk = disk{}

// Look gives what the file system says of a file.
func (disk) Look(name string) (cache.Stat, error) { return cache.Look(name) }

// Hash gives the hash of all of a file.
func (disk) Hash(name string) (string, error) {
	sum, err := sumOf(name)
	return hex.EncodeToString(sum), err
}

// sumOf gives the SHA-256 of all of a file, unless this process holds it.
func sumOf(name string) (sum []byte, err error) {
	err = held.Read(name, func() error {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		h := sha256.New()
		_, err = io.Copy(h, file)
		sum = h.Sum(nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sum, nil
}

// rememberFiles reads which files were loaded into the tables of a program's models that load each once.
func rememberFiles(ctx context.Context, s adapters.Session, p *check.Program, k *run.Keeper) error {
	var names []relation.Name
	for i, n := range p.Graph.Nodes {
		if p.Landing(n) != nil {
			names = append(names, p.Nodes[i].Relation)
		}
	}
	if len(names) == 0 || k.Missing || !k.Tables.KnowsFiles() {
		return nil
	}
	rows, err := s.Query(ctx, k.Tables.ReadFiles(names), 0)
	if err != nil {
		return fmt.Errorf("read which files were loaded: %w", err)
	}
	k.Known.AddFiles(rows)
	return nil
}

// listFiles reads which files were loaded, and lists those that are there.
func (t *target) listFiles(ctx context.Context, s adapters.Session, d adapters.Dialect, p *check.Program) (err error) {
	if err := rememberFiles(ctx, s, p, t.keeper); err != nil {
		return err
	}
	if t.listings, err = listings(ctx, s, d, p); err != nil {
		return err
	}
	if err := hashTouched(t.listings, p, t.keeper.Known); err != nil || t.base == nil {
		return err
	}
	return hashTouched(t.listings, p.WithoutEnvironment(), t.base.State) // tables may begin as they are there
}

// listings lists the files of sources whose files are loaded once each. It comes after their data versions are read,
// and before anything else is.
func listings(ctx context.Context, s adapters.Session, d adapters.Dialect, p *check.Program) (map[project.ID]*plan.Listing, error) {
	out := map[project.ID]*plan.Listing{}
	for i, n := range p.Graph.Nodes {
		from := p.Landing(n)
		if from == nil || !p.Nodes[i].Enabled || p.Nodes[i].Broken {
			continue
		}
		if out[from.ID] != nil {
			continue
		}
		listing, err := listing(ctx, s, d.ListFiles(p.SourcePattern(from.Index)), p.Graph.Project.Dir)
		if err != nil {
			return nil, fmt.Errorf("list the files of %s: %w", from.ID.Name(), err)
		}
		out[from.ID] = listing
	}
	return out, nil
}

func listing(ctx context.Context, s adapters.Session, query, dir string) (*plan.Listing, error) {
	rows, err := s.Query(ctx, query, 0)
	if err != nil {
		return nil, err
	}
	out := &plan.Listing{Hashes: map[string]string{}}
	for _, row := range rows.Values {
		name, _ := row[0].(string)
		stamp, err := cache.Look(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went away meanwhile
		}
		if err != nil {
			return nil, diag.Cause(err)
		}
		out.Files = append(out.Files, plan.Listed{Name: name, Stamp: stamp, File: state.File{
			Path: inProject(dir, name), Size: stamp.Size, Mtime: time.Unix(0, stamp.Mtime).UTC(), Seal: sealOf(stamp),
		}})
	}
	return out, nil
}

// sealOf gives what tells a file from another one of its size and time; empty where the platform has none.
func sealOf(s cache.Stat) string {
	if s.Ctime == 0 && s.Inode == 0 {
		return ""
	}
	return fmt.Sprintf("%d %d", s.Ctime, s.Inode)
}

// inProject gives the path of a file relative to the project, with slashes; that of one elsewhere is as it was.
func inProject(dir, name string) string {
	if inside, ok := strings.CutPrefix(filepath.Clean(name), filepath.Clean(dir)+string(filepath.Separator)); ok {
		name = inside
	}
	return filepath.ToSlash(name)
}

// hashTouched hashes files that were written since a model loaded them or are others in their place, and may be the same.
func hashTouched(listings map[project.ID]*plan.Listing, p *check.Program, known *state.Known) error {
	for i, n := range p.Graph.Nodes {
		from := p.Landing(n)
		r := known.Find(n.ID, p.Nodes[i].Relation)
		if from == nil || listings[from.ID] == nil || r == nil || r.Growth == nil || r.Growth.Loaded == nil {
			continue
		}
		l, before := listings[from.ID], known.FilesOf(p.Subject(r.Name), r.Growth.Loaded.Load)
		for _, f := range l.Files {
			was, ok := before[f.Path]
			if !ok || was.Size != f.Size || f.IsLike(was) || l.Hashes[f.Path] != "" {
				continue
			}
			hash, err := disk{}.Hash(f.Name)
			if err != nil {
				return fmt.Errorf("look at the files of %s: %w", from.ID.Name(), diag.Cause(err))
			}
			l.Hashes[f.Path] = hash
		}
	}
	return nil
}

// loadedFiles lets the query of a model that loads files once each read those that were loaded, to verify its table.
func loadedFiles(ctx context.Context, s adapters.Session, d adapters.Dialect, p *check.Program, n *link.Node) (opts check.FillOptions, err error) {
	from := p.Landing(n)
	if from == nil {
		return opts, nil
	}
	k, err := remembered(ctx, s, d, p.Graph.Project)
	if err != nil {
		return opts, err
	}
	if err := rememberFiles(ctx, s, p, k); err != nil {
		return opts, err
	}
	name := p.Nodes[n.Index].Relation
	r := k.Known.Find(n.ID, name)
	if r == nil || r.Growth == nil || r.Growth.Loaded == nil {
		return opts, usagef(diag.NoRows, "which files were loaded into %q is not on record", n.Name).hint(`run "quern build" first`)
	}
	there, err := listing(ctx, s, d.ListFiles(p.SourcePattern(from.Index)), p.Graph.Project.Dir)
	if err != nil {
		return opts, fmt.Errorf("list the files of %s: %w", from.ID.Name(), err)
	}
	left := k.Known.FilesOf(p.Subject(name), r.Growth.Loaded.Load)
	var all, some []string
	for _, f := range there.Files {
		all = append(all, f.Name)
		if _, ok := left[f.Path]; ok {
			some = append(some, f.Name)
			delete(left, f.Path)
		}
	}
	if len(left) > 0 {
		return opts, usagef(diag.NoRows, "%q cannot be verified: files that were loaded are gone, %s", n.Name, plan.Some(slices.Sorted(maps.Keys(left)))).
			hint("bring them back to compare")
	}
	opts.Relations = map[project.ID]template.Filling{from.ID: p.SomeFiles(from, all, some)}
	return opts, nil
}
