package cache

import (
	"path"
	"slices"
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
	for i := range out.Folders {
		f := &out.Folders[i]
		for name := range digests {
			if path.Dir(name) == f.Path {
				f.own()
				f.look(dir, digests)
				break
			}
		}
	}
	return &out
}

// The sections of a file of a record alone.
const (
	recordName uint32 = iota + 1
	recordData
)

// WriteRecord writes a record alone, of what was made from the compile of that id.
func WriteRecord(name string, stamp, id Digest, r *Record) error {
	var of, data Encoder
	of.Digest(id)
	r.Encode(&data)
	return Write(name, stamp, []Section{{ID: recordName, Data: of.Bytes()}, {ID: recordData, Data: data.Bytes()}})
}

// ReadRecord reads a record of what was made from the compile of that id; it is nil where there is none.
func ReadRecord(name string, stamp, id Digest) *Record {
	file, err := Open(name, stamp)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }() // it was only read
	of, err := file.Section(recordName)
	if d := NewDecoder(of); err != nil || d.Digest() != id || !d.Done() {
		return nil
	}
	data, err := file.Section(recordData)
	if err != nil {
		return nil
	}
	d := NewDecoder(data)
	return DecodeRecord(&d)
}
