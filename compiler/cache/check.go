package cache

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Changes says what is no longer as a record says.
type Changes struct {
	// Files are those whose text differs, by path, sorted.
	Files []string
	// Other says that something else differs: a folder, a file that came or went.
	Other bool
	// Now is the record as it is now, but for what Other is about.
	Now *Record
	// Renewed says that Now saves the next check enough work to be written.
	Renewed bool
}

// Any reports whether anything differs.
func (c *Changes) Any() bool { return c.Other || len(c.Files) > 0 }

// CheckOptions says how a record is compared.
type CheckOptions struct {
	// Dir is the project folder, absolute.
	Dir string
	// Now is the time when the check begins.
	Now time.Time
	// ReadAll compares the text of every file, whatever its times say.
	ReadAll bool
	// TrustFolders takes the files of a folder to be as they were while nothing in it was made, removed
	// or renamed. Who writes into a file in place is not noticed.
	TrustFolders bool
	// Changed is called at the first file that differs, while others are still compared; it may be nil.
	Changed func()
}

// Check compares a record with what is there now. The error is the context's.
func (r *Record) Check(ctx context.Context, opts CheckOptions) (*Changes, error) {
	now := *r
	now.Start = opts.Now
	now.Folders, now.Loose = slices.Clone(r.Folders), slices.Clone(r.Loose)
	c := &Changes{Now: &now}
	changed := sync.OnceFunc(func() {
		if opts.Changed != nil {
			opts.Changed()
		}
	})
	workers := make([]checker, max(min(runtime.GOMAXPROCS(0), len(r.Folders)/4), 1))
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range workers {
		w := &workers[i]
		w.opts, w.was, w.onChange, w.hot = &opts, r, changed, -1
		wg.Go(func() {
			w.list = make([]byte, 64<<10)
			if i == 0 {
				w.loose(now.Loose)
			}
			for ctx.Err() == nil {
				at := int(next.Add(1)) - 1
				if at >= len(now.Folders) {
					return
				}
				if hot := min(r.Hot, len(now.Folders)-1); at == 0 {
					at = hot
				} else if at <= hot {
					at--
				}
				before := len(w.changed)
				if w.folder(&now.Folders[at]); len(w.changed) > before {
					w.hot = at
				}
			}
		})
	}
	wg.Wait()
	read := 0
	for i := range workers {
		if workers[i].hot >= 0 {
			now.Hot = workers[i].hot
		}
		c.Files = append(c.Files, workers[i].changed...)
		c.Other = c.Other || workers[i].other
		read += workers[i].renewed
	}
	slices.Sort(c.Files)
	c.Files = slices.Compact(c.Files)
	c.Renewed = read >= worthWriting
	return c, ctx.Err()
}

// worthWriting is how many files have to be read in vain before a record is written again, and asOneFile
// how much of a long one takes as long as another file.
const (
	worthWriting = 64
	asOneFile    = 64 << 10
)

// checker is one worker of a check.
type checker struct {
	opts    *CheckOptions
	was     *Record
	buf     []byte // for texts
	list    []byte // for listings and pieces of long texts
	changed []string
	other   bool
	// hot is the last folder with a file that differs, or -1.
	hot int
	// onChange is called at every file that differs.
	onChange func()
	// renewed counts the files that were read in vain and need not be read the next time.
	renewed int
}

func (c *checker) folder(f *Folder) {
	full := absolute(c.opts.Dir, f.Path)
	if c.opts.TrustFolders {
		stat, err := statFile(full)
		if err == nil && stat == f.Stat && !stat.racy(c.was.Start) && !c.opts.ReadAll {
			return
		}
		f.Stat = stat
	}
	open, err := openFolder(full)
	if err != nil {
		c.other = c.other || f.Names != Digest{} || !errors.Is(err, fs.ErrNotExist)
		return
	}
	defer open.close()
	if !f.load() {
		c.other = true
		return
	}
	if c.opts.TrustFolders && !f.Stat.racy(c.opts.Now) {
		c.renewed += len(f.Files)
	}
	names, err := open.list(c.list)
	if err != nil || digestOf(names) != f.Names {
		c.other = true
	}
	cloned := false
	for i := range f.Files {
		stat, err := open.stat(f.Files[i].Name)
		e, same := c.entry(f.Files[i], stat, err, func(e *Entry) (Digest, Stat, error) {
			data, stat, err := open.read(e.Name, c.buf)
			return c.sum(data, err), stat, err
		})
		if !same {
			c.changed = append(c.changed, join(f.Path, e.Name))
		}
		if e == f.Files[i] {
			continue
		}
		if !cloned {
			f.own()
			cloned = true
		}
		f.Files[i] = e
	}
}

// sum gives the digest of a text that was read into the buffer.
func (c *checker) sum(data []byte, err error) Digest {
	if err != nil {
		return Digest{}
	}
	c.buf = data[:0]
	return Sum(data)
}

func (c *checker) loose(files []Entry) {
	for i := range files {
		full := absolute(c.opts.Dir, files[i].Name)
		stat, err := statFile(full)
		e, same := c.entry(files[i], stat, err, func(e *Entry) (Digest, Stat, error) {
			if e.Kind == Long {
				return checksumFile(full, c.list)
			}
			data, stat, err := readFile(full, c.buf)
			return c.sum(data, err), stat, err
		})
		if !same {
			c.changed = append(c.changed, e.Name)
		}
		files[i] = e
	}
}

// entry compares a file and gives it as it is now. A file that came or went is something else than
// a changed one.
func (c *checker) entry(e Entry, stat Stat, err error, read func(*Entry) (Digest, Stat, error)) (Entry, bool) {
	if err != nil || e.Kind == Absent {
		gone := errors.Is(err, fs.ErrNotExist)
		c.other = c.other || gone != (e.Kind == Absent)
		return e, true
	}
	switch e.Kind {
	case Content, Long:
		if stat == e.Stat && !c.opts.ReadAll && !stat.racy(c.was.Start) {
			return e, true
		}
		return c.content(e, read)
	case Filled:
		c.other = c.other || (stat.Size == 0) != (e.Stat.Size == 0) || stat.Mode != e.Stat.Mode
	case Data:
		c.other = c.other || stat != e.Stat || stat.racy(c.was.Start)
	case Fresh:
		if c.other = c.other || stat != e.Stat; !c.other && stat.racy(c.was.Start) {
			hash, _, err := read(&e)
			c.other = err != nil || hash != e.Hash
		}
	default:
		c.other = c.other || stat.Mode != e.Stat.Mode
	}
	return e, true
}

func (c *checker) content(e Entry, read func(*Entry) (Digest, Stat, error)) (Entry, bool) {
	hash, stat, err := read(&e)
	if err != nil {
		c.other = true
		return e, true
	}
	same := hash == e.Hash
	e.Hash = hash
	if !same {
		c.onChange()
	}
	if e.Stat = stat; same && !stat.racy(c.opts.Now) {
		c.renewed += 1 + int(stat.Size/asOneFile)
	}
	return e, same
}

func join(folder, name string) string {
	if folder == "." || folder == "" {
		return name
	}
	return folder + "/" + name
}

// absolute gives the path of a file of a project.
func absolute(dir, name string) string {
	if filepath.IsAbs(name) || strings.HasPrefix(name, "/") {
		return name
	}
	return dir + string(filepath.Separator) + filepath.FromSlash(name)
}
