package cli

import (
	"crypto/sha256"
	"io"
	"path/filepath"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/trace"
)

// write writes the files below target/: the rendered SQL, and the lineage of the project where it was
// asked for.
func (f *compileFlags) write(to *written, r compiler.Result, files map[string]string) error {
	target := filepath.Join(r.Project.Dir, "target")
	var wrote *rewriting
	var err error
	if f.all() {
		wrote, err = to.all(files)
	} else {
		err = writeCompiled(filepath.Join(target, compiledFolder), files, false)
	}
	if err != nil || f.noCheck {
		return err
	}
	lineage, err := writeLineage(target, r)
	if err == nil && wrote != nil {
		to.keepAll(r, wrote, lineage)
	}
	return err
}

// writeLineage writes where all columns of a project come from, and gives the digest of what it wrote.
func writeLineage(target string, r compiler.Result) (cache.Digest, error) {
	all := trace.New(r.Program).All()
	sum := sha256.New()
	err := artifact.Save(filepath.Join(target, artifact.LineageFile), func(w io.Writer) error {
		sum.Reset() // it is compared first, and written where it differs
		return artifact.WriteLineage(io.MultiWriter(w, sum), all)
	})
	return cache.Digest(sum.Sum(nil)[:len(cache.Digest{})]), err
}
