package cache

import (
	"path"
	"slices"
	"strings"
	"time"
)

// Written gives the record of files that were written below a folder, as they are now. Their digests
// are those of what they ought to hold. Folders below that one hold nothing else.
func Written(dir string, now time.Time, digests map[string]Digest) *Record {
	r := &Record{Start: now}
	known := map[string]bool{}
	for name, digest := range digests {
		r.Loose = append(r.Loose, Entry{Name: name, Kind: Content, Hash: digest})
		for folder := path.Dir(name); folder != "." && !known[folder]; folder = path.Dir(folder) {
			known[folder] = true
			r.Folders = append(r.Folders, Folder{Path: folder})
		}
	}
	r.sort()
	for i := range r.Folders {
		r.Folders[i].look(dir, nil)
	}
	for i := range r.Loose {
		r.Loose[i].Stat, _ = statFile(absolute(dir, r.Loose[i].Name))
	}
	return r
}

// look notes what a folder and its files are now, only those that are named where names are given.
func (f *Folder) look(dir string, names map[string]Digest) {
	open, err := openFolder(absolute(dir, f.Path))
	if err != nil {
		return
	}
	defer open.close()
	for i := range f.Files {
		e := &f.Files[i]
		if names != nil {
			digest, ok := names[join(f.Path, e.Name)]
			if !ok {
				continue
			}
			e.Hash = digest
		}
		e.Stat, _ = open.stat(e.Name) // one that is gone differs from every other
	}
	// The folder last: what comes after that changes it again.
	if list, err := open.list(make([]byte, 32<<10)); err == nil {
		f.Names = digestOf(list)
	}
	f.Stat, _ = statFile(absolute(dir, f.Path))
}

// Rewritten gives the record after some of its files were written again.
func (r *Record) Rewritten(dir string, now time.Time, digests map[string]Digest) *Record {
	out := *r
	out.Start = now
	out.Folders, out.Loose = slices.Clone(r.Folders), slices.Clone(r.Loose)
	for i := range out.Loose {
		e := &out.Loose[i]
		if digest, ok := digests[e.Name]; ok {
			e.Hash = digest
			e.Stat, _ = statFile(absolute(dir, e.Name))
		}
	}
	folders := map[string]bool{}
	for name := range digests {
		folders[path.Dir(name)] = true
	}
	for i := range out.Folders {
		if f := &out.Folders[i]; folders[f.Path] {
			f.own()
			f.look(dir, digests)
		}
	}
	return &out
}

// WithLong gives the record with a long file that was written, too. It is in no folder of the record.
func (r *Record) WithLong(dir, name string, sum Checksum) *Record {
	out := *r
	e := Entry{Name: name, Kind: Long, Hash: sum.Sum()}
	e.Stat, _ = statFile(absolute(dir, name)) // one that is gone differs from every other
	i, known := slices.BinarySearchFunc(r.Loose, name, func(e Entry, name string) int { return strings.Compare(e.Name, name) })
	if out.Loose = slices.Clone(r.Loose); known {
		out.Loose[i] = e
	} else {
		out.Loose = slices.Insert(out.Loose, i, e)
	}
	return &out
}

// Digests gives the digests of all files whose text was noted, but for long ones.
func (r *Record) Digests() map[string]Digest {
	out := map[string]Digest{}
	for i := range r.Folders {
		folder := r.Folders[i]
		folder.load()
		for _, e := range folder.Files {
			if e.Kind == Content {
				out[join(folder.Path, e.Name)] = e.Hash
			}
		}
	}
	for _, e := range r.Loose {
		if e.Kind == Content {
			out[e.Name] = e.Hash
		}
	}
	return out
}

// The sections of a file of a record alone.
const (
	recordName uint32 = iota + 1
	recordData
	recordMore
)

// Noted is a record of what was written, alone.
type Noted struct {
	// Of is the id of the compile that it was written for.
	Of     Digest
	Record *Record
	// More is what else is to be known of what was written.
	More string
}

// Write writes it to a file.
func (n *Noted) Write(name string, stamp Digest) error {
	var of, data Encoder
	of.Digest(n.Of)
	n.Record.Encode(&data)
	return Write(name, stamp, []Section{
		{ID: recordName, Data: of.Bytes()}, {ID: recordData, Data: data.Bytes()}, {ID: recordMore, Data: []byte(n.More)},
	})
}

// ReadNoted reads what Noted.Write wrote; it is nil where there is none.
func ReadNoted(name string, stamp Digest) *Noted {
	file, err := Open(name, stamp)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }() // it was only read
	of, err1 := file.Section(recordName)
	data, err2 := file.Section(recordData)
	more, err3 := file.Section(recordMore)
	if err1 != nil || err2 != nil || err3 != nil {
		return nil
	}
	id, d := NewDecoder(of), NewDecoder(data)
	n := &Noted{Of: id.Digest(), Record: DecodeRecord(&d), More: more}
	if n.Record == nil {
		return nil
	}
	return n
}
