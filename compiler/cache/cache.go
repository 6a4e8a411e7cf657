// Package cache keeps what a compile found, so that the next one need not find it again.
//
// It takes values in a flat encoding and writes them to files below target/cache; it gives them back
// while all they were made from is as it was. A Recorder notes what a compile asks of the files and the
// environment, a Record of that is compared with what is there now. A Store keeps what an engine said
// of single queries. It refuses nothing: a file that is missing, damaged or of another version is as
// good as none, and a file that cannot be written is left out.
package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"unsafe"

	"github.com/quernsql/quern/compiler/internal/huge"
	"github.com/quernsql/quern/compiler/replace"
)

// Digest is the first half of a SHA-256.
type Digest [16]byte

// Sum gives the digest of data.
func Sum(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest(sum[:16])
}

// format is the version of the files' layout. Whoever changes what is written raises it.
const format = 4

// magic begins every file.
const magic = "quern\x00c\x01"

// headerSize is that of the magic, the format, the stamp, and length and checksum of the table.
const headerSize = len(magic) + 4 + len(Digest{}) + 4 + 4

// maxSections bounds the table of a file, so that a damaged length asks for no memory.
const maxSections = 64

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Section is a part of a file that is read by itself.
type Section struct {
	ID   uint32
	Data []byte

	// from is the open file whose section is to be copied, nil where Data is all.
	from *File
	old  place
}

func (s *Section) size() uint32 {
	if s.from != nil {
		return s.old.size
	}
	return uint32(len(s.Data))
}

func (s *Section) sum() uint32 {
	if s.from != nil {
		return s.old.sum
	}
	return crc32.Checksum(s.Data, castagnoli)
}

func (s *Section) write(to io.Writer) error {
	if s.from == nil {
		_, err := to.Write(s.Data)
		return err
	}
	// The system copies from file to file where it can.
	if _, err := s.from.file.Seek(s.old.at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyN(to, s.from.file, int64(s.old.size))
	return err
}

// Write makes a file of sections in the place of the one that is there. The stamp says who can read
// it. Others see the old file or the new one; of two that write at once the last one wins.
func Write(name string, stamp Digest, sections []Section) error {
	head := make([]byte, headerSize, headerSize+20*len(sections))
	copy(head, magic)
	at := uint64(headerSize + 20*len(sections))
	for i := range sections {
		s := &sections[i]
		head = binary.LittleEndian.AppendUint32(head, s.ID)
		head = binary.LittleEndian.AppendUint64(head, at)
		head = binary.LittleEndian.AppendUint32(head, s.size())
		head = binary.LittleEndian.AppendUint32(head, s.sum())
		at += uint64(s.size())
	}
	fixed := head[len(magic):headerSize]
	binary.LittleEndian.PutUint32(fixed, format)
	copy(fixed[4:], stamp[:])
	binary.LittleEndian.PutUint32(fixed[20:], uint32(len(sections)))
	binary.LittleEndian.PutUint32(fixed[24:], crc32.Checksum(head[headerSize:], castagnoli))
	return replace.Derived(name, 0o600, func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		for i := range sections {
			if err := sections[i].write(w); err != nil {
				return err
			}
		}
		return nil
	})
}

// File is an open file of sections. It is safe for concurrent use.
type File struct {
	file     *os.File
	sections []place
}

type place struct {
	id, size, sum uint32
	at            int64
}

// Open opens a file that has the stamp. The caller closes it.
func Open(name string, stamp Digest) (*File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	f := &File{file: file}
	if err := f.readTable(stamp); err != nil {
		_ = file.Close() // it was only read
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return f, nil
}

func (f *File) readTable(stamp Digest) error {
	head := make([]byte, headerSize)
	if _, err := f.file.ReadAt(head, 0); err != nil {
		return err
	}
	fixed := head[len(magic):]
	if string(head[:len(magic)]) != magic || binary.LittleEndian.Uint32(fixed) != format || Digest(fixed[4:20]) != stamp {
		return errForeign
	}
	count := binary.LittleEndian.Uint32(fixed[20:])
	if count > maxSections {
		return errDamaged
	}
	table := make([]byte, 20*count)
	if _, err := f.file.ReadAt(table, int64(headerSize)); err != nil {
		return err
	}
	if crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(fixed[24:]) {
		return errDamaged
	}
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	for ; len(table) > 0; table = table[20:] {
		p := place{
			id: binary.LittleEndian.Uint32(table), at: int64(binary.LittleEndian.Uint64(table[4:])),
			size: binary.LittleEndian.Uint32(table[12:]), sum: binary.LittleEndian.Uint32(table[16:]),
		}
		if p.at < 0 || p.at+int64(p.size) > info.Size() {
			return errDamaged
		}
		f.sections = append(f.sections, p)
	}
	return nil
}

// Section reads a section. Its data is never changed, and texts may be parts of it.
func (f *File) Section(id uint32) (string, error) {
	for _, p := range f.sections {
		if p.id != id {
			continue
		}
		data := huge.Slice[byte](int(p.size))
		if _, err := f.file.ReadAt(data, p.at); err != nil {
			return "", fmt.Errorf("read section %d: %w", id, err)
		}
		if crc32.Checksum(data, castagnoli) != p.sum {
			return "", errDamaged
		}
		return unsafe.String(unsafe.SliceData(data), len(data)), nil
	}
	return "", errDamaged
}

// Sections gives all sections, to be written into another file while this one is open. Their data is not
// read.
func (f *File) Sections() []Section {
	out := make([]Section, len(f.sections))
	for i, p := range f.sections {
		out[i] = Section{ID: p.id, from: f, old: p}
	}
	return out
}

// Replace puts data in the place of that of a section.
func (s *Section) Replace(data []byte) { s.Data, s.from = data, nil }

// Close closes the file; what was read from it stays.
func (f *File) Close() error { return f.file.Close() }
