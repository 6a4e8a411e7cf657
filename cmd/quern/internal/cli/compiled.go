package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/quernsql/quern/compiler"
	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
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

// lineageFile is what was written of where all columns of a project come from.
type lineageFile struct {
	sum    cache.Checksum
	layout *artifact.Layout
}

func writeLineage(target string, r compiler.Result) (*lineageFile, error) {
	f := &lineageFile{}
	err := artifact.Save(filepath.Join(target, artifact.LineageFile), func(w io.Writer) (err error) {
		f.sum = cache.Checksum{} // it is compared first, and written where it differs
		f.layout, err = artifact.WriteProject(io.MultiWriter(w, &f.sum), r.Program)
		return err
	})
	return f, err
}

// rewriteLineage writes what the edited models changed of a file of that layout, and gives nil where it is
// as it was.
func rewriteLineage(target, layout string, r compiler.Result) (*lineageFile, error) {
	name := filepath.Join(target, artifact.LineageFile)
	rewritten, closeOld, err := openLineage(name, layout, r)
	if err != nil {
		return nil, err
	}
	defer closeOld()
	switch {
	case rewritten == nil: // somebody else wrote it meanwhile
		if err := r.Whole(); err != nil {
			return nil, err
		}
		return writeLineage(target, r)
	case rewritten.Same:
		return nil, nil
	}
	f := &lineageFile{layout: rewritten.Layout}
	return f, artifact.Replace(name, func(w io.Writer) error { return rewritten.Write(io.MultiWriter(w, &f.sum)) })
}

// openLineage finds what changed of a file; nil where that cannot be found.
func openLineage(name, layout string, r compiler.Result) (*artifact.Rewritten, func(), error) {
	old := artifact.DecodeLayout(layout, r.Program)
	file, err := os.Open(name)
	if old == nil || err != nil {
		return nil, func() {}, nil //nolint:nilerr // it is written anew then, which says what is wrong
	}
	closeOld := func() { _ = file.Close() } // it is only read
	info, err := file.Stat()
	if err != nil {
		return nil, closeOld, fmt.Errorf("read %s: %w", name, err)
	}
	rewritten, err := old.Rewrite(file, info.Size(), r.Program, r.Edited)
	return rewritten, closeOld, err
}

// ofSelected leaves warnings out that stand in files of nodes of which none is selected. Errors stay, and
// what is said of no node.
func ofSelected(list diag.List, g *link.Graph, selected []int) diag.List {
	isSelected := make([]bool, len(g.Nodes))
	for _, i := range selected {
		isSelected[i] = true
	}
	shown := make(map[string]bool, len(g.Nodes)) // by file
	for i, n := range g.Nodes {
		about := n.Properties()
		for _, file := range []string{n.Path, about.NameSpan.Path(), about.DescribedAt.Path()} {
			shown[file] = shown[file] || isSelected[i]
		}
	}
	shown[""], shown[project.ProjectFile] = true, true
	return slices.DeleteFunc(slices.Clone(list), func(d *diag.Diagnostic) bool {
		ofSelected, ofNode := shown[d.Span.Path()]
		return d.Severity != diag.Error && ofNode && !ofSelected
	})
}
