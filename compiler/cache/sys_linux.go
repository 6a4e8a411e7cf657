package cache

import (
	"encoding/binary"
	"io/fs"

	"golang.org/x/sys/unix"
)

// list lists the folder by name. The os package would make a value of every entry, which
// takes longer than the system does.
func (f folder) list(buf []byte) ([]named, error) {
	fd := f.fd
	names := make([]named, 0, 32)
	for {
		var n int
		err := again(func() (err error) {
			n, err = unix.Getdents(fd, buf)
			return err
		})
		if err != nil {
			return nil, err
		}
		if n <= 0 {
			sortNames(names)
			return names, nil
		}
		for rest := buf[:n]; len(rest) > 19; {
			// An entry is inode, offset (8 bytes each), length (2), type (1) and a name that ends in 0.
			size := int(binary.NativeEndian.Uint16(rest[16:]))
			if size < 20 || size > len(rest) {
				break
			}
			name := rest[19:size]
			for i, c := range name {
				if c == 0 {
					name = name[:i]
					break
				}
			}
			if s := string(name); s != "." && s != ".." {
				names = append(names, named{s, typeAt(fd, s, rest[18])})
			}
			rest = rest[size:]
		}
	}
}

func typeAt(fd int, name string, kind byte) fs.FileMode {
	if kind != unix.DT_UNKNOWN {
		return modeOf(uint32(kind) << 12)
	}
	var s unix.Stat_t
	if err := again(func() error { return unix.Fstatat(fd, name, &s, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		return fs.ModeIrregular
	}
	return modeOf(uint32(s.Mode) & unix.S_IFMT) //nolint:unconvert // some systems have other widths
}
