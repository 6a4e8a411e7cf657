package project

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// contents is what the files of a project say, each by itself.
type contents struct {
	sql   []*sqlFile
	seeds []string
	yaml  []*yamlEntries
	// diags are about files that cannot be read.
	diags diag.List
}

// readFiles reads and decodes files in parallel; the results are in the order of the files.
func readFiles(ctx context.Context, fsys fs.FS, files []foundFile) (*contents, error) {
	sql := make([]*sqlFile, len(files))
	yaml := make([]*yamlEntries, len(files))
	workers := max(min(runtime.GOMAXPROCS(0), len(files)), 1)
	lists := make([]diag.List, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			worker := reader{fsys: fsys, diags: &lists[i]}
			for {
				at := int(next.Add(1)) - 1
				if at >= len(files) || ctx.Err() != nil {
					return
				}
				sql[at], yaml[at] = worker.read(files[at])
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &contents{diags: slices.Concat(lists...)}
	for i, f := range files {
		switch {
		case f.kind == seedFile:
			out.seeds = append(out.seeds, f.path)
		case sql[i] != nil:
			out.sql = append(out.sql, sql[i])
		case yaml[i] != nil:
			out.yaml = append(out.yaml, yaml[i])
		}
	}
	return out, nil
}

// intoFS reads a file into a buffer, or into a larger one where that is too small.
type intoFS interface {
	ReadInto(name string, buf []byte) ([]byte, error)
}

// reader is one worker's tools, used again for every file.
type reader struct {
	fsys   fs.FS
	diags  *diag.List
	buf    []byte
	parser fastParser
}

func (r *reader) read(f foundFile) (*sqlFile, *yamlEntries) {
	if f.kind == seedFile {
		return nil, nil
	}
	text, err := r.text(f.path)
	if err != nil {
		unreadable(r.diags, f.path, err)
		return nil, nil
	}
	file := source.NewFile(f.path, text)
	if f.kind == yamlFile {
		return nil, readYAML(file, &r.parser)
	}
	return readSQL(f.kind, file, &r.parser), nil
}

// unreadable reports a file that is there and cannot be read.
func unreadable(diags *diag.List, name string, err error) {
	hint := "see who may read it, or list it in " + IgnoreFile
	if errors.Is(err, fs.ErrNotExist) {
		hint = "it is a link that leads nowhere: correct it, or remove it"
	}
	diags.Errorf(diag.UnreadableFile, place0(name), "the file cannot be read: %s", diag.Cause(err)).Hintf("%s", hint)
}

// text reads a file by way of the worker's buffer, so that the text is the only thing allocated.
func (r *reader) text(name string) (string, error) {
	if fsys, ok := r.fsys.(intoFS); ok {
		data, err := fsys.ReadInto(name, r.buf)
		if len(data) > len(r.buf) {
			r.buf = data[:cap(data)]
		}
		return string(data), err
	}
	file, err := r.fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	if r.buf == nil {
		r.buf = make([]byte, 64<<10)
	}
	size := 0
	for {
		if size == len(r.buf) {
			r.buf = append(r.buf, make([]byte, len(r.buf))...)
		}
		n, err := file.Read(r.buf[size:])
		size += n
		if errors.Is(err, io.EOF) {
			return string(r.buf[:size]), nil
		}
		if err != nil {
			return "", err
		}
	}
}
