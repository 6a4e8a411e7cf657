package cache

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/quernsql/quern/compiler/held"
)

// Recorder notes what is asked of files and of the environment. It is safe for concurrent use.
type Recorder struct {
	dir string

	mu     sync.Mutex // guards what follows
	record Record
	// toRead is how much of the data files that were written just before may still be read.
	toRead int64
	known  map[string]bool // variables and folders that are noted
	failed bool
}

// NewRecorder gives a recorder for a project folder, which is absolute, and a compile that begins now.
func NewRecorder(dir string, now time.Time) *Recorder {
	r := &Recorder{dir: dir, record: Record{Start: now}, known: map[string]bool{}}
	_, _ = rand.Read(r.record.Key[:]) // it never fails
	return r
}

// ReadNew lets it read data files that were written just before, up to so many bytes in all: by their text they can be
// told to be the same, by their times they cannot.
func (r *Recorder) ReadNew(bytes int64) { r.toRead = bytes }

// Record gives what was noted; nil where something could not be read, which may change unnoticed. Nothing is
// noted afterwards.
func (r *Recorder) Record(in Inputs) *Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed {
		return nil
	}
	r.record.Options, r.record.Engine = r.record.keyed(in.Options...), r.record.keyed(in.Engine)
	r.record.sort()
	return &r.record
}

// Settled gives a digest of the files that were noted, by their times. It gives false where something could not be
// read, or may have changed shortly before without leaving a trace.
func (r *Recorder) Settled() (Digest, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed {
		return Digest{}, false
	}
	r.record.sort()
	var e Encoder
	settled := true
	add := func(entries []Entry) {
		for _, entry := range entries {
			s := entry.Stat
			settled = settled && !s.racy(r.record.Start)
			e.Text(entry.Name)
			for _, n := range []uint64{uint64(entry.Kind), uint64(s.Size), uint64(s.Mtime), uint64(s.Ctime), s.Inode, uint64(s.Mode)} {
				e.Uint(n)
			}
		}
	}
	for _, folder := range r.record.Folders {
		e.Text(folder.Path)
		e.Text(string(folder.Names[:]))
		add(folder.Files)
	}
	add(r.record.Loose)
	return Sum(e.Bytes()), settled
}

// LookupEnv notes the variables that are asked for.
func (r *Recorder) LookupEnv(lookup func(string) (string, bool)) func(string) (string, bool) {
	if lookup == nil {
		return nil
	}
	return func(name string) (string, bool) {
		value, set := lookup(name)
		r.mu.Lock()
		defer r.mu.Unlock()
		if key := "env " + name; !r.known[key] {
			r.known[key] = true
			r.record.Env = append(r.record.Env, EnvEntry{Name: name, Value: r.record.envValue(value, set)})
		}
		return value, set
	}
}

// FS gives the files of a folder, which is absolute or relative to the project folder.
func (r *Recorder) FS(root string) fs.FS { return &recordedFS{r: r, root: root} }

// Data notes a file that an engine reads, by its path.
func (r *Recorder) Data(name string) {
	stat, err := statFile(absolute(r.dir, name))
	r.noteData(name, stat, err)
}

// noteData notes a data file that was looked at.
func (r *Recorder) noteData(name string, stat Stat, err error) {
	if err != nil || !fs.FileMode(stat.Mode).IsRegular() || stat.Size > min(maxText, r.toRead) || !stat.racy(r.record.Start) {
		r.note(name, Data, stat, Digest{}, err)
		return
	}
	r.toRead -= stat.Size
	full := absolute(r.dir, name)
	var data []byte
	err = held.Read(full, func() (err error) {
		data, stat, err = readFile(full, nil)
		return err
	})
	if errors.Is(err, held.ErrHeld) {
		r.note(name, Data, stat, Digest{}, nil)
		return
	}
	r.note(name, Fresh, stat, Sum(data), err)
}

// note adds a file, or that it is not there.
func (r *Recorder) note(name string, kind EntryKind, stat Stat, hash Digest, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		kind, err = Absent, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = r.failed || err != nil
	r.record.Loose = append(r.record.Loose, Entry{Name: name, Kind: kind, Stat: stat, Hash: hash})
}

func (r *Recorder) noteFolder(name string, names Digest, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = r.failed || err != nil && !errors.Is(err, fs.ErrNotExist)
	if key := "folder " + name; !r.known[key] {
		r.known[key] = true
		r.record.Folders = append(r.record.Folders, Folder{Path: name, Names: names})
	}
}

// recordedFS is a file system whose use is noted.
type recordedFS struct {
	r    *Recorder
	root string
}

var (
	_ fs.ReadFileFS = (*recordedFS)(nil)
	_ fs.ReadDirFS  = (*recordedFS)(nil)
	_ fs.StatFS     = (*recordedFS)(nil)
)

// path gives the path by which a file is noted, and the one by which it is read.
func (f *recordedFS) path(op, name string) (noted, full string, err error) {
	if !fs.ValidPath(name) {
		return "", "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	noted = name
	if f.root != "" && f.root != "." {
		noted = path.Join(f.root, name)
	}
	return noted, absolute(f.r.dir, noted), nil
}

// ReadInto reads a file into a buffer, which grows where it is too small, and gives what was read.
func (f *recordedFS) ReadInto(name string, buf []byte) ([]byte, error) {
	noted, full, err := f.path("open", name)
	if err != nil {
		return nil, err
	}
	data, stat, err := readFile(full, buf)
	if err != nil {
		f.r.note(noted, Content, stat, Digest{}, err)
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f.r.note(noted, Content, stat, Sum(data), nil)
	return data, nil
}

// ReadFile reads a file.
func (f *recordedFS) ReadFile(name string) ([]byte, error) { return f.ReadInto(name, nil) }

// Open reads a file. A folder cannot be opened; ReadDir lists it.
func (f *recordedFS) Open(name string) (fs.File, error) {
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat(name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: bytes.NewReader(data), info: info}, nil
}

// Stat says what a file is.
func (f *recordedFS) Stat(name string) (fs.FileInfo, error) {
	noted, full, err := f.path("stat", name)
	if err != nil {
		return nil, err
	}
	stat, err := statFile(full)
	f.r.note(noted, Type, stat, Digest{}, err)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return fileInfo{name: path.Base(name), stat: stat}, nil
}

// ReadDir lists a folder by name.
func (f *recordedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	noted, full, err := f.path("open", name)
	if err != nil {
		return nil, err
	}
	names, err := listFolder(full)
	f.r.noteFolder(noted, digestOf(names), err)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	entries := make([]fs.DirEntry, len(names))
	own := make([]dirEntry, len(names))
	for i, n := range names {
		own[i] = dirEntry{named: n, fs: f, folder: name}
		entries[i] = &own[i]
	}
	return entries, nil
}

// listFolder lists a folder by name.
func listFolder(full string) ([]named, error) {
	f, err := openFolder(full)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return f.list(make([]byte, 16<<10))
}

// named is a name in a folder and what it is.
type named struct {
	name string
	mode fs.FileMode // the type alone
}

// digestOf gives the digest of a listing, which is sorted; that of a folder that is not there is zero.
func digestOf(names []named) Digest {
	if names == nil {
		return Digest{}
	}
	var e Encoder
	e.Grow(24 * len(names))
	for _, n := range names {
		e.Text(n.name)
		e.Uint(uint64(n.mode))
	}
	return Sum(e.Bytes())
}

func sortNames(names []named) {
	slices.SortFunc(names, func(a, b named) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
}

// dirEntry is an entry of a folder. What is asked of it beyond its type is noted.
type dirEntry struct {
	named
	fs     *recordedFS
	folder string
}

func (e *dirEntry) Name() string      { return e.name }
func (e *dirEntry) IsDir() bool       { return e.mode.IsDir() }
func (e *dirEntry) Type() fs.FileMode { return e.mode }

// Info says what the file is, whose being empty is then noted.
func (e *dirEntry) Info() (fs.FileInfo, error) {
	noted, full, err := e.fs.path("stat", path.Join(e.folder, e.name))
	if err != nil {
		return nil, err
	}
	stat, err := statFile(full)
	e.fs.r.note(noted, Filled, stat, Digest{}, err)
	return fileInfo{name: e.name, stat: stat}, err
}

// fileInfo is what is known of a file.
type fileInfo struct {
	name string
	stat Stat
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.stat.Size }
func (i fileInfo) Mode() fs.FileMode  { return fs.FileMode(i.stat.Mode) }
func (i fileInfo) ModTime() time.Time { return time.Unix(0, i.stat.Mtime) }
func (i fileInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i fileInfo) Sys() any           { return nil }

// openFile is the text of a file that was read.
type openFile struct {
	*bytes.Reader
	info fs.FileInfo
}

var _ io.ReaderAt = (*openFile)(nil)

// Stat says what the file is.
func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close does nothing: the file was read whole.
func (f *openFile) Close() error { return nil }
