//go:build unix

package cache

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// again does a system call until no signal ends it.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR { //nolint:errorlint // a system call gives the number itself
			return err
		}
	}
}

func statOf(s *unix.Stat_t) Stat {
	return Stat{
		Size: s.Size, Mtime: unix.TimespecToNsec(s.Mtim), Ctime: unix.TimespecToNsec(s.Ctim), Inode: s.Ino,
		Mode: uint32(modeOf(uint32(s.Mode) & unix.S_IFMT)), //nolint:unconvert // some systems have other widths
	}
}

func modeOf(kind uint32) fs.FileMode {
	switch kind {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	default:
		return fs.ModeIrregular
	}
}

// statFile looks at a file, or at the one that a link leads to.
func statFile(full string) (Stat, error) { return statAt(unix.AT_FDCWD, full) }

// statAt looks at a file of an open folder.
func statAt(folder int, name string) (Stat, error) {
	var s unix.Stat_t
	err := again(func() error { return unix.Fstatat(folder, name, &s, 0) })
	if err != nil {
		return Stat{}, err
	}
	return statOf(&s), nil
}

// readFile reads a file and gives what it was before it was read.
func readFile(full string, buf []byte) ([]byte, Stat, error) {
	return readAt(unix.AT_FDCWD, full, buf)
}

// readAt reads a file of an open folder. The os package would ask the system's poller to watch it,
// which is a call for nothing.
func readAt(folder int, name string, buf []byte) ([]byte, Stat, error) {
	var fd int
	err := again(func() (err error) {
		fd, err = unix.Openat(folder, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, Stat{}, err
	}
	defer func() { _ = unix.Close(fd) }() // it was only read
	var s unix.Stat_t
	if err := again(func() error { return unix.Fstat(fd, &s) }); err != nil {
		return nil, Stat{}, err
	}
	buf = buf[:cap(buf)]
	if want := int(min(s.Size, 1<<30)) + 1; len(buf) < want {
		buf = make([]byte, want)
	}
	size := 0
	for {
		if size == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		var n int
		err := again(func() (err error) {
			n, err = unix.Read(fd, buf[size:])
			return err
		})
		if err != nil {
			return nil, statOf(&s), err
		}
		size += n
		if n == 0 || size == int(s.Size) && s.Mode&unix.S_IFMT == unix.S_IFREG {
			return buf[:size], statOf(&s), nil
		}
	}
}

// folder is an open folder: what is in it is found without walking the path again.
type folder struct {
	fd   int
	full string
}

func openFolder(full string) (folder, error) {
	var fd int
	err := again(func() (err error) {
		fd, err = unix.Open(full, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		return err
	})
	return folder{fd, full}, err
}

func (f folder) close()                         { _ = unix.Close(f.fd) } // it was only read
func (f folder) stat(name string) (Stat, error) { return statAt(f.fd, name) }

func (f folder) read(name string, buf []byte) ([]byte, Stat, error) {
	return readAt(f.fd, name, buf)
}
