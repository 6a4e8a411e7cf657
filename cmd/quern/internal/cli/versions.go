package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// fileVersions are the data versions of what lies in files: sources and seeds, and what external models wrote.
type fileVersions struct {
	sources, seeds, outputs map[project.ID]string
	// at is when somebody began to look at them.
	at time.Time
}

// fileVersions gives the data versions of what lies in files, as it is now.
func (a *App) fileVersions(p *check.Program) fileVersions {
	dir := p.Graph.Project.Dir
	skipped := []string{filepath.Join(dir, "target")}
	if stamps, ok := a.stampsOf(p.Graph.Project); ok {
		for _, s := range stamps {
			skipped = append(skipped, s.Path)
		}
	}
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
	v := fileVersions{sources: map[project.ID]string{}, seeds: map[project.ID]string{}, outputs: map[project.ID]string{}}
	dir := p.Graph.Project.Dir
	for i, n := range p.Graph.Nodes {
		var into map[project.ID]string
		var digest string
		var err error
		switch {
		case n.Kind == link.Source && n.Source.Files != "":
			into = v.sources
			pattern := absoluteIn(dir, n.Source.Files)
			digest, err = patternDigest(pattern, skipped)
			digest = string(fingerprint.Of(n.Source.Format, pattern, digest))
		case n.Kind == link.Seed:
			into = v.seeds
			digest, err = fileDigest(absoluteIn(dir, n.Seed.Path))
		case p.Nodes[i].Location != "":
			into = v.outputs
			digest, err = fileDigest(p.Nodes[i].Location)
		default:
			continue
		}
		if err == nil {
			into[n.ID] = digest
		}
	}
	return v
}

func absoluteIn(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// patternDigest gives the digest of the files a pattern may fit. Engines understand patterns in ways of their own, and a
// file too many costs a rebuild at most. What quern itself writes, the skipped paths, is left out.
func patternDigest(pattern string, skipped []string) (string, error) {
	slashed := filepath.ToSlash(pattern)
	if !strings.ContainsAny(slashed, "*?[{\\") {
		return fileDigest(pattern)
	}
	base, rest := doublestar.SplitPattern(slashed)
	root := filepath.FromSlash(base)
	if _, err := os.Stat(root); err != nil {
		return "", diag.Cause(err)
	}
	h := sha256.New()
	t := tree{h: h, skipped: skipped}
	if !strings.Contains(rest, "**") && !strings.ContainsAny(rest, "{\\") {
		t.levels = strings.Split(rest, "/")
	}
	err := t.folder(root, nil)
	return hex.EncodeToString(h.Sum(nil)[:16]), diag.Cause(err)
}

// wholeFile is how large a file may be whose text is read to see whether it changed. A larger one changed
// when its size or times did.
const wholeFile = 32 << 20

// fileDigest gives the digest of a file, or of all files below a folder with their names. Links are followed.
func fileDigest(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", diag.Cause(err)
	}
	h := sha256.New()
	if info.IsDir() {
		t := tree{h: h}
		err = t.folder(name, nil)
	} else {
		err = addFile(h, name, info)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), diag.Cause(err)
}

// tree adds what is below a folder to a hash.
type tree struct {
	h io.Writer
	// levels are the patterns of names, folder by folder; nil where all of them count.
	levels  []string
	skipped []string
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
		return addFile(t.h, full, info)
	}
	_, _ = io.WriteString(t.h, "{\n") // a hash takes everything
	err = t.folder(full, above)
	_, _ = io.WriteString(t.h, "}\n")
	return err
}

func addFile(h io.Writer, name string, info fs.FileInfo) error {
	if info.Size() > wholeFile || !info.Mode().IsRegular() {
		stamp, err := cache.Look(name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(h, "%d %d %d %d\n", stamp.Size, stamp.Mtime, stamp.Ctime, stamp.Inode)
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(h, "%x\n", sum.Sum(nil))
	return err
}
