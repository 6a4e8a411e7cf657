package project

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/quernsql/quern/compiler/source"
)

// contents is what the files of a project say, each by itself.
type contents struct {
	sql   []*sqlFile
	seeds []string
	yaml  []*yamlEntries
}

// readFiles reads and decodes files in parallel; the results are in the order of the files.
func readFiles(ctx context.Context, fsys fs.FS, files []foundFile) (*contents, error) {
	sql := make([]*sqlFile, len(files))
	yaml := make([]*yamlEntries, len(files))
	workers := max(min(runtime.GOMAXPROCS(0), len(files)), 1)
	errs := make([]error, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			worker := reader{fsys: fsys}
			for {
				at := int(next.Add(1)) - 1
				if at >= len(files) || errs[i] != nil || ctx.Err() != nil {
					return
				}
				sql[at], yaml[at], errs[i] = worker.read(files[at])
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errors.Join(errs...), ctx.Err()); err != nil {
		return nil, err
	}
	out := &contents{}
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

// reader is one worker's tools, used again for every file.
type reader struct {
	fsys   fs.FS
	buf    []byte
	parser fastParser
}

func (r *reader) read(f foundFile) (*sqlFile, *yamlEntries, error) {
	if f.kind == seedFile {
		return nil, nil, nil
	}
	text, err := r.text(f.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", f.path, err)
	}
	file := source.NewFile(f.path, text)
	if f.kind == yamlFile {
		return nil, readYAML(file, &r.parser), nil
	}
	return readSQL(f.kind, file, &r.parser), nil, nil
}

// text reads a file by way of the worker's buffer, so that the text is the only thing allocated.
func (r *reader) text(name string) (string, error) {
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
