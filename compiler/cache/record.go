package cache

import (
	"crypto/hmac"
	"crypto/sha256"
	"path"
	"slices"
	"strings"
	"time"
)

// Record is what a compile asked of the world, and what it was told. What is made from the answers
// holds as long as they are the same.
type Record struct {
	// Start is when the compile began, by the clock. What changed at that time or shortly before may
	// have changed again without leaving a trace in its times.
	Start time.Time
	// Key makes the digests of Env and Options useless to whoever looks for equal values in two files.
	Key Digest
	// Options is the keyed digest of what was asked for, Engine that of the engine that answered.
	Options, Engine Digest
	Env             []EnvEntry // sorted by name
	Folders         []Folder   // sorted by path
	// Hot is the folder in which a file changed last: the next change is likely to be there.
	Hot int
	// Loose are files outside the folders, sorted by path.
	Loose []Entry
}

// EnvEntry is a variable of the environment; of its value there is a keyed digest only.
type EnvEntry struct {
	Name  string
	Value Digest
}

// Folder is a folder that was listed.
type Folder struct {
	// Path is relative to the project folder, or absolute.
	Path string
	// Names is the digest of the names in it and of what they are; zero where there was no folder.
	Names Digest
	// Stat is the folder's own; it is noted only of folders that are written.
	Stat Stat
	// Files are those of the folder itself that were looked at, sorted by name. They are read from encoded
	// when somebody asks for them.
	Files   []Entry
	encoded string // as long as it is true
	loaded  bool
}

// load reads the files of a folder.
func (f *Folder) load() bool {
	if f.encoded == "" || f.loaded {
		return true
	}
	d := NewDecoder(f.encoded)
	f.Files, f.loaded = decodeEntries(&d), true
	return d.Done()
}

// own makes the files of a folder its own, to be changed.
func (f *Folder) own() {
	f.load()
	f.Files, f.encoded = slices.Clone(f.Files), ""
}

// Entry is a file that was looked at.
type Entry struct {
	// Name is relative to the folder; that of a loose file is a path as Folder.Path.
	Name string
	Kind EntryKind
	Stat Stat
	Hash Digest // of the text, for kinds Content, Long and Fresh
}

// EntryKind says what was asked of a file.
type EntryKind uint8

// The kinds of entries.
const (
	Absent  EntryKind = iota + 1 // it was not there
	Content                      // its text was read
	Filled                       // whether it is empty
	Data                         // its text was read by an engine, and may be too long to read again
	Type                         // whether it is a file or a folder
	Long                         // its text was written, and is too long for more than a Checksum
	Fresh                        // as Data, and written just before: its text was read to tell whether it changes once more
)

func (k EntryKind) hashed() bool { return k == Content || k == Long || k == Fresh }

// Stat is what a file system says of a file. What it does not say is 0.
type Stat struct {
	Size         int64
	Mtime, Ctime int64 // in nanoseconds
	Inode        uint64
	Mode         uint32 // the kind of file alone
}

// Look gives what the file system says of a file, or of the one that a link leads to.
func Look(full string) (Stat, error) { return statFile(full) }

// racyWindow is the coarsest step in which times of files are kept.
const racyWindow = 2 * time.Second

// racy reports whether a file may have changed after it was read without another mtime: it changed
// when the reading had begun or shortly before, or in the future.
func (s Stat) racy(start time.Time) bool {
	from := start.Add(-racyWindow).UnixNano()
	return s.Mtime >= from || s.Ctime >= from
}

// keyed gives the digest of a text under the record's key.
func (r *Record) keyed(texts ...string) Digest {
	mac := hmac.New(sha256.New, r.Key[:])
	var e Encoder
	for _, text := range texts {
		e.Text(text)
	}
	mac.Write(e.Bytes())
	return Digest(mac.Sum(nil)[:len(Digest{})])
}

// Hash gives the digest of a file's text; zero where it was not read.
func (r *Record) Hash(name string) Digest {
	dir := path.Dir(name)
	i, ok := slices.BinarySearchFunc(r.Folders, dir, func(f Folder, dir string) int { return strings.Compare(f.Path, dir) })
	if !ok {
		return hashIn(r.Loose, name)
	}
	folder := r.Folders[i]
	folder.load()
	return hashIn(folder.Files, path.Base(name))
}

// hashIn looks among files, which are sorted; one may be there several times.
func hashIn(files []Entry, name string) Digest {
	i, _ := slices.BinarySearchFunc(files, name, func(e Entry, name string) int { return strings.Compare(e.Name, name) })
	for ; i < len(files) && files[i].Name == name; i++ {
		if files[i].Kind == Content {
			return files[i].Hash
		}
	}
	return Digest{}
}

// Inputs are what a compile depends on besides files and the environment.
type Inputs struct {
	Options []string
	// Engine is what answers depend on; empty where no engine was asked.
	Engine string
}

// SameInputs reports whether the options and the environment are as they were, and the engine where
// one would be asked.
func (r *Record) SameInputs(in Inputs, lookup func(string) (string, bool)) bool {
	if r.keyed(in.Options...) != r.Options || in.Engine != "" && r.keyed(in.Engine) != r.Engine {
		return false
	}
	for _, e := range r.Env {
		if lookup == nil || r.envValue(lookup(e.Name)) != e.Value {
			return false
		}
	}
	return true
}

func (r *Record) envValue(value string, set bool) Digest {
	if !set {
		return r.keyed()
	}
	return r.keyed(value)
}

// Same reports whether another record has the same answers to the same questions about files.
func (r *Record) Same(other *Record) bool {
	same := func(a, b Entry) bool {
		switch {
		case a.Name != b.Name || a.Kind != b.Kind:
			return false
		case a.Kind == Fresh:
			return a.Stat == b.Stat && a.Hash == b.Hash
		case a.Kind.hashed():
			return a.Hash == b.Hash
		case a.Kind == Data:
			return a.Stat == b.Stat && !b.Stat.racy(r.Start)
		}
		return a.Stat.Mode == b.Stat.Mode && (a.Stat.Size == 0) == (b.Stat.Size == 0)
	}
	return slices.EqualFunc(r.Env, other.Env, func(a, b EnvEntry) bool { return a.Name == b.Name }) &&
		slices.EqualFunc(r.Loose, other.Loose, same) &&
		slices.EqualFunc(r.Folders, other.Folders, func(a, b Folder) bool {
			return a.load() && b.load() && a.Path == b.Path && a.Names == b.Names && slices.EqualFunc(a.Files, b.Files, same)
		})
}

// Encode writes a record.
func (r *Record) Encode(e *Encoder) {
	e.Int(int(r.Start.UnixNano()))
	e.Digest(r.Key)
	e.Digest(r.Options)
	e.Digest(r.Engine)
	e.Uint(uint64(len(r.Env)))
	for _, v := range r.Env {
		e.Text(v.Name)
		e.Digest(v.Value)
	}
	e.Uint(uint64(r.Hot))
	size := 0
	for i := range r.Folders {
		f := &r.Folders[i]
		size += folderSize + len(f.Path) + len(f.encoded)
	}
	e.Grow(size) // nearly all there is, where few folders changed
	e.Uint(uint64(len(r.Folders)))
	var files Encoder
	for i := range r.Folders {
		f := &r.Folders[i]
		e.Text(f.Path)
		e.Digest(f.Names)
		encodeStat(e, f.Stat)
		if f.encoded != "" {
			e.Text(f.encoded)
			continue
		}
		files.buf = files.buf[:0]
		encodeEntries(&files, f.Files)
		e.Text(string(files.buf))
	}
	encodeEntries(e, r.Loose)
}

// folderSize is about what a folder takes besides its path and its files.
const folderSize = 64

func encodeEntries(e *Encoder, entries []Entry) {
	e.Uint(uint64(len(entries)))
	for i := range entries {
		f := &entries[i]
		e.Text(f.Name)
		e.Byte(byte(f.Kind))
		encodeStat(e, f.Stat)
		if f.Kind.hashed() {
			e.Digest(f.Hash)
		}
	}
}

func encodeStat(e *Encoder, s Stat) {
	e.Int(int(s.Size))
	e.Int(int(s.Mtime))
	e.Int(int(s.Ctime - s.Mtime))
	e.Uint(s.Inode)
	e.Uint(uint64(s.Mode))
}

func decodeStat(d *Decoder) (s Stat) {
	s.Size, s.Mtime = int64(d.Int()), int64(d.Int())
	s.Ctime = s.Mtime + int64(d.Int())
	s.Inode, s.Mode = d.Uint(), uint32(d.Uint())
	return s
}

// DecodeRecord reads what Record.Encode wrote; it is nil where that makes no sense.
func DecodeRecord(d *Decoder) *Record {
	r := &Record{Start: time.Unix(0, int64(d.Int())), Key: d.Digest(), Options: d.Digest(), Engine: d.Digest()}
	r.Env = make([]EnvEntry, d.Count(17))
	for i := range r.Env {
		r.Env[i] = EnvEntry{Name: d.Text(), Value: d.Digest()}
	}
	r.Hot = int(d.Uint() & (1<<32 - 1))
	r.Folders = make([]Folder, d.Count(23))
	for i := range r.Folders {
		r.Folders[i] = Folder{Path: d.Text(), Names: d.Digest(), Stat: decodeStat(d), encoded: d.Text()}
	}
	r.Loose = decodeEntries(d)
	if !d.Done() {
		return nil
	}
	return r
}

func decodeEntries(d *Decoder) []Entry {
	entries := make([]Entry, d.Count(7))
	for i := range entries {
		f := &entries[i]
		f.Name, f.Kind, f.Stat = d.Text(), EntryKind(d.Byte()), decodeStat(d)
		if f.Kind.hashed() {
			f.Hash = d.Digest()
		}
	}
	return entries
}

// sort puts everything in its order and files into their folders.
func (r *Record) sort() {
	slices.SortFunc(r.Env, func(a, b EnvEntry) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Folders, func(a, b Folder) int { return strings.Compare(a.Path, b.Path) })
	at := make(map[string]int, len(r.Folders))
	for i, f := range r.Folders {
		at[f.Path] = i
	}
	files := r.Loose
	r.Loose = nil
	slices.SortStableFunc(files, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range files {
		i, ok := at[path.Dir(f.Name)]
		if !ok {
			r.Loose = append(r.Loose, f)
			continue
		}
		f.Name = path.Base(f.Name)
		r.Folders[i].Files = append(r.Folders[i].Files, f)
	}
}
