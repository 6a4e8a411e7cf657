package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/held"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// fileVersions are the data versions of what lies in files: sources and seeds, and what external models wrote.
type fileVersions struct {
	sources, seeds, outputs map[project.ID]string
	// at is when somebody began to look at them, stamps are what the file system said of sources and seeds then.
	at     time.Time
	stamps map[project.ID]stamped
}

// stamped are files, and what the file system said of them.
type stamped struct {
	files  files
	digest string
}

// touched reports whether files of a source or a seed were written, or put in the place of others, since their
// versions were read.
func (v fileVersions) touched(id project.ID) bool {
	was, ok := v.stamps[id]
	if !ok {
		return false // it is no file
	}
	was.files.stampsOnly = true
	_, now, err := was.files.digest()
	return err != nil || now != was.digest
}

// fileVersions gives the data versions of what lies in files, as it is now.
func (a *App) fileVersions(p *check.Program) fileVersions {
	dir := p.Graph.Project.Dir
	skipped := []string{filepath.Join(dir, "target")}
	ours, _ := a.targetFiles(p.Graph.Project)
	skipped = append(skipped, ours...)
	environments, _ := a.environmentFiles(p.Graph.Project) // without them a source may count as changed
	for _, e := range environments {
		skipped = append(skipped, e.path, e.path+".wal")
	}
	at := a.Now()
	v := fileVersionsOf(p, skipped)
	v.at = at
	return v
}

// fileVersionsOf reads the files that a program's nodes read or wrote. What cannot be read has no version, so
// that it counts as changed.
func fileVersionsOf(p *check.Program, skipped []string) fileVersions {
	v := fileVersions{sources: map[project.ID]string{}, seeds: map[project.ID]string{}, outputs: map[project.ID]string{}, stamps: map[project.ID]stamped{}}
	dir := p.Graph.Project.Dir
	for i, n := range p.Graph.Nodes {
		of := files{skipped: skipped}
		switch {
		case n.Kind == link.Source && n.Source.Files != "":
			of.pattern = absoluteIn(dir, n.Source.Files)
		case n.Kind == link.Seed:
			of.file = absoluteIn(dir, n.Seed.Path)
		case p.Nodes[i].Location != "":
			of.file = p.Nodes[i].Location
		default:
			continue
		}
		digest, stamps, err := of.digest()
		if err != nil {
			continue
		}
		switch n.Kind {
		case link.Source:
			v.sources[n.ID] = string(fingerprint.Of(n.Source.Format, of.pattern, digest))
		case link.Seed:
			v.seeds[n.ID] = digest
		default:
			v.outputs[n.ID] = digest
			continue
		}
		v.stamps[n.ID] = stamped{of, stamps}
	}
	return v
}

func absoluteIn(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// files are a file, or all below a folder, or those that a pattern may fit. Engines understand patterns in ways of their
// own, and a file too many costs a rebuild at most. What quern itself writes, the skipped paths, is left out.
type files struct {
	file, pattern string
	skipped       []string
	// stampsOnly reads no contents.
	stampsOnly bool
}

// digest gives the digest of the files with their names, and that of what the file system says of them, which was read
// before their contents. Links are followed.
func (f files) digest() (contents, stamps string, err error) {
	t := tree{h: sha256.New(), stamps: sha256.New(), stampsOnly: f.stampsOnly}
	if slashed := filepath.ToSlash(f.pattern); strings.ContainsAny(slashed, "*?[{\\") {
		base, rest := doublestar.SplitPattern(slashed)
		if !strings.Contains(rest, "**") && !strings.ContainsAny(rest, "{\\") {
			t.levels = strings.Split(rest, "/")
		}
		t.skipped = f.skipped
		err = t.folder(filepath.FromSlash(base), nil)
	} else {
		err = t.all(cmp.Or(f.pattern, f.file))
	}
	if err != nil {
		return "", "", diag.Cause(err)
	}
	return hex.EncodeToString(t.h.Sum(nil)[:16]), hex.EncodeToString(t.stamps.Sum(nil)[:16]), nil
}

// wholeFile is how large a file may be whose text is read to see whether it changed. A larger one changed
// when its size or times did.
const wholeFile = 32 << 20

// fileDigest gives the digest of a file, or of all files below a folder with their names.
func fileDigest(name string) (string, error) {
	digest, _, err := files{file: name}.digest()
	return digest, err
}

// tree adds what is below a folder to a hash.
type tree struct {
	h, stamps hash.Hash
	// levels are the patterns of names, folder by folder; nil where all of them count.
	levels     []string
	skipped    []string
	stampsOnly bool
}

// all adds a file, or all below a folder.
func (t *tree) all(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return t.folder(name, nil)
	default:
		return t.file(name, info)
	}
}

// folder adds a folder. Above are the folders it is in, so that a link to one of these ends.
func (t *tree) folder(name string, above []fs.FileInfo) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(other fs.FileInfo) bool { return os.SameFile(other, info) }) {
		_, err := io.WriteString(t.h, "circle\n")
		return err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		full := filepath.Join(name, entry.Name())
		if !t.fits(entry.Name(), len(above)) || slices.Contains(t.skipped, full) {
			continue
		}
		if err := t.entry(full, append(above, info)); err != nil {
			return err
		}
	}
	return nil
}

// fits reports whether a name in a folder of some depth may be meant.
func (t *tree) fits(name string, depth int) bool {
	if t.levels == nil {
		return true
	}
	if depth >= len(t.levels) {
		return false
	}
	ok, err := filepath.Match(t.levels[depth], name)
	return ok || err != nil
}

func (t *tree) entry(full string, above []fs.FileInfo) error {
	info, err := os.Stat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a link that leads nowhere
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.h, "%q ", filepath.Base(full))
	if !info.IsDir() {
		return t.file(full, info)
	}
	_, _ = io.WriteString(t.h, "{\n") // a hash takes everything
	err = t.folder(full, above)
	_, _ = io.WriteString(t.h, "}\n")
	return err
}

func (t *tree) file(name string, info fs.FileInfo) error {
	stamp, err := cache.Look(name)
	if err != nil {
		return err
	}
	says := fmt.Sprintf("%d %d %d %d\n", stamp.Size, stamp.Mtime, stamp.Ctime, stamp.Inode)
	fmt.Fprintf(t.stamps, "%q %s", name, says)
	if info.Size() > wholeFile || !info.Mode().IsRegular() {
		_, err = io.WriteString(t.h, says)
		return err
	}
	if t.stampsOnly {
		return nil
	}
	sum, err := sumOf(name)
	if errors.Is(err, held.ErrHeld) {
		_, err = io.WriteString(t.h, says)
		return err
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.h, "%x\n", sum)
	return err
}
