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
}

// fileVersionsOf reads the files that a program's nodes read or wrote. What cannot be read has no version, so
// that it counts as changed.
func fileVersionsOf(p *check.Program) fileVersions {
	v := fileVersions{map[project.ID]string{}, map[project.ID]string{}, map[project.ID]string{}}
	dir := p.Graph.Project.Dir
	for i, n := range p.Graph.Nodes {
		var into map[project.ID]string
		var digest string
		var err error
		switch {
		case n.Kind == link.Source && n.Source.Files != "":
			into = v.sources
			pattern := absoluteIn(dir, n.Source.Files)
			digest, err = patternDigest(pattern)
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

// patternDigest gives the digest of the files a pattern may fit: all below the folder in which it begins.
// Engines understand patterns in ways of their own, and a file too many costs a rebuild at most.
func patternDigest(pattern string) (string, error) {
	slashed := filepath.ToSlash(pattern)
	if !strings.ContainsAny(slashed, "*?[{\\") {
		return fileDigest(pattern)
	}
	base, _ := doublestar.SplitPattern(slashed)
	return fileDigest(filepath.FromSlash(base))
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
		err = addFolder(h, name, nil)
	} else {
		err = addFile(h, name, info)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), diag.Cause(err)
}

// addFolder adds what is below a folder. Above are the folders it is in, so that a link to one of these ends.
func addFolder(h io.Writer, name string, above []fs.FileInfo) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(other fs.FileInfo) bool { return os.SameFile(other, info) }) {
		_, err := io.WriteString(h, "circle\n")
		return err
	}
	above = append(above, info)
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		full := filepath.Join(name, entry.Name())
		info, err := os.Stat(full)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a link that leads nowhere
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q ", entry.Name())
		if info.IsDir() {
			_, _ = io.WriteString(h, "{\n") // a hash takes everything
			err = addFolder(h, full, above)
			_, _ = io.WriteString(h, "}\n")
		} else {
			err = addFile(h, full, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
