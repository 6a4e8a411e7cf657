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
	"strings"

	"github.com/bmatcuk/doublestar/v4"

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
			digest, err = patternDigest(absoluteIn(dir, n.Source.Files))
			digest = string(fingerprint.Of(n.Source.Format, digest))
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

// fileDigest gives the digest of a file, or of all files below a folder with their names.
func fileDigest(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", diag.Cause(err)
	}
	h := sha256.New()
	if !info.IsDir() {
		err = addFile(h, name, info)
		return hex.EncodeToString(h.Sum(nil)[:16]), err
	}
	err = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a link that leads nowhere
		}
		if err != nil {
			return err
		}
		below, err := filepath.Rel(name, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q ", filepath.ToSlash(below))
		if info.IsDir() {
			fmt.Fprintf(h, "folder %d\n", info.ModTime().UnixNano())
			return nil
		}
		return addFile(h, path, info)
	})
	return hex.EncodeToString(h.Sum(nil)[:16]), diag.Cause(err)
}

func addFile(h io.Writer, name string, info fs.FileInfo) error {
	if info.Size() > wholeFile || !info.Mode().IsRegular() {
		_, err := fmt.Fprintf(h, "%d %d\n", info.Size(), info.ModTime().UnixNano())
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return diag.Cause(err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return diag.Cause(err)
	}
	_, err = fmt.Fprintf(h, "%x\n", sum.Sum(nil))
	return err
}
