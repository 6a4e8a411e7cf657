//go:build !unix

package cache

import (
	"io/fs"
	"os"
	"path/filepath"
)

// statFile looks at a file, or at the one that a link leads to.
func statFile(full string) (Stat, error) {
	info, err := os.Stat(full)
	if err != nil {
		return Stat{}, err
	}
	return statOf(info), nil
}

func statOf(info fs.FileInfo) Stat {
	return Stat{Size: info.Size(), Mtime: info.ModTime().UnixNano(), Mode: uint32(info.Mode().Type())}
}

// readFile reads a file and gives what it was before it was read.
func readFile(full string, _ []byte) ([]byte, Stat, error) {
	stat, err := statFile(full)
	if err != nil {
		return nil, stat, err
	}
	data, err := os.ReadFile(full)
	return data, stat, err
}

// folder is an open folder. This system opens files by their path.
type folder struct{ full string }

func openFolder(full string) (folder, error) {
	_, err := os.Stat(full)
	return folder{full}, err
}

func (f folder) close() {}

func (f folder) stat(name string) (Stat, error) { return statFile(filepath.Join(f.full, name)) }

func (f folder) read(name string, buf []byte) ([]byte, Stat, error) {
	return readFile(filepath.Join(f.full, name), buf)
}
