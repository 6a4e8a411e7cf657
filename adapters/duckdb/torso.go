package duckdb

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// headers is the size of what every DuckDB file begins with. DuckDB writes it before anything else and
// never makes a file smaller than that.
const headers = 3 * 4096

// removeTorso removes what is left of a database file whose making ended at once, as on a full disk: an
// empty file, or a part of the headers. No such file holds data, and DuckDB can open none. It reports
// whether there was one; a file that somebody else holds is none.
func removeTorso(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() >= headers {
		return false
	}
	if _, err := os.Lstat(path + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return false // the log of a database that was more
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer file.Close()
	if lockWhole(file) != nil {
		return false
	}
	head := make([]byte, headers)
	n, err := io.ReadFull(file, head)
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	if n > 0 && (n < 12 || !bytes.Equal(head[8:12], []byte("DUCK"))) {
		return false
	}
	// Somebody may have removed it, and made another, before it was locked.
	mine, err := file.Stat()
	theirs, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(mine, theirs) && os.Remove(path) == nil
}
